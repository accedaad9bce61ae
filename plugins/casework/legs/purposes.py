"""What one agency may ask another to do in a case; modules declare more of their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.api import N_, NotFound, RequestContext, dispatcher
from plugins.casework.models import Case


@dataclass(frozen=True, slots=True)
class LegPurpose:
    """Why a leg is sent; its key begins with the module's.

    `answers` says whether the receiver answers, or whether taking note ends the leg. `kinds` are the kinds of
    cases it is offered in; without any, in all. The receiving agency needs the module that declares it.
    """

    key: str
    title: str
    hint: str
    answers: bool = True
    kinds: tuple[str, ...] = ()
    first: Callable[[Case], Mapping[str, str]] | None = None
    """What stands at first in the form of a case that this is asked in: `ask`, `text`; such a purpose has a button of its own."""


OPINION = LegPurpose(
    "casework.opinion", N_("Xin ý kiến"), N_("Cơ quan nhận góp ý, nơi gửi quyết định")
)  # fmt: skip
PART = LegPurpose(
    "casework.part", N_("Giao một phần"), N_("Cơ quan nhận làm một phần và trả kết quả, vụ việc vẫn của nơi gửi")
)  # fmt: skip
FORWARD = LegPurpose(
    "casework.forward", N_("Chuyển theo thẩm quyền"), N_("Cơ quan nhận giải quyết vì thuộc thẩm quyền của họ")
)  # fmt: skip
NOTIFY = LegPurpose(
    "casework.notify", N_("Gửi để biết"), N_("Cơ quan nhận chỉ xác nhận đã nhận"), answers=False
)  # fmt: skip
BUILT_IN = (OPINION, PART, FORWARD, NOTIFY)


def purpose_of(key: str) -> LegPurpose:
    """Return a declared purpose. Raises NotFound."""
    found = dispatcher().catalogue.of(LegPurpose).get(key)
    if found is None:
        raise NotFound
    return found[1]


def told_only() -> list[str]:
    """Return the purposes of legs that nobody waits for: taking note ends them."""
    found = dispatcher().catalogue.of(LegPurpose)
    return [key for key, (_manifest, purpose) in found.items() if not purpose.answers]


def purposes_for(ctx: RequestContext, kind: str) -> list[LegPurpose]:
    """Return what may be asked in a case of a kind, by the modules in effect.

    The module's own purposes for the kind come first, then those of casework.
    """
    found = dispatcher().catalogue.of(LegPurpose).values()
    here = [purpose for manifest, purpose in found if manifest.key in ctx.modules]
    offered = [each for each in here if not each.kinds or kind in each.kinds]
    return sorted(offered, key=lambda each: (not each.kinds, each not in BUILT_IN))
