"""What everybody will read is looked through first: what looks personal is hidden, or somebody says that it may stay."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from core.api import N_, Invalid, _, emit, ngettext
from plugins.casework.cases.events import LeftUnmasked
from plugins.casework.cases.forms import Ask
from plugins.casework.cases.masking import Found, masked, names_in, proposals
from plugins.casework.cases.queries import about
from plugins.casework.models import Case
from plugins.casework.workflows.definition import CaseKind

LEAVE = Ask("leave", N_("Đã xem từng chỗ còn giống thông tin cá nhân, vẫn đăng"), "check")
"""The field of a form that publishes by which somebody says so."""


def hidden_in(
    texts: Mapping[str, str], kind: CaseKind | None = None, *, known: Iterable[str] = ()
) -> dict[str, str]:
    """Return texts that go together with what looks personal hidden, for a form that publishes to begin with.

    The title of a `kind` that is not about persons says where the matter is, as in `told_title`.
    """
    known = [*known, *names_in(*texts.values())]
    return {name: masked(text, known=known, leave=_left_in(name, kind)) for name, text in texts.items()}


def _left_in(name: str, kind: CaseKind | None) -> Collection[str]:
    return ("address",) if name == "title" and kind is not None and not kind.personal else ()


def told_of_hidden(
    texts: Mapping[str, str], kind: CaseKind | None = None, *, known: Iterable[str] = ()
) -> Sequence[str]:
    """Say how many places of such texts are hidden in the form."""
    known = [*known, *names_in(*texts.values())]
    number = sum(
        each.kind not in _left_in(name, kind)
        for name, text in texts.items()
        for each in proposals(text, known=known)
    )
    if not number:
        return [_("Không thấy chỗ nào giống thông tin cá nhân. Đọc lại lần nữa trước khi đăng.")]
    return [
        ngettext(
            "{n} chỗ giống thông tin cá nhân đã che sẵn trong các ô bên dưới, sửa lại được.",
            "{n} chỗ giống thông tin cá nhân đã che sẵn trong các ô bên dưới, sửa lại được.",
            number,
        )
    ]


def look_through(case: Case, texts: Iterable[str], *, confirmed: bool, known: Iterable[str] = ()) -> None:
    """Let texts be published; the audit says how many places that look personal somebody left, in the running transaction.

    Raises Invalid for `leave` while nobody has confirmed them.
    """
    left = _places(texts, known)
    if left and not confirmed:
        places = ", ".join(f"“{each.text}”" for each in left[:8])
        text = _(
            "Còn {n} chỗ giống thông tin cá nhân: {places}. Che đi, hoặc đánh dấu ô này nếu đã xem từng chỗ.",
            n=len(left),
            places=places,
        )
        raise Invalid({"leave": [text]})
    if left:
        emit(LeftUnmasked(**about(case), number=len(left)))


def _places(texts: Iterable[str], known: Iterable[str]) -> list[Found]:
    """Return the places of texts that go together which look personal, names that one of them says in full included."""
    texts = list(texts)
    known = [*known, *names_in(*texts)]
    return [each for text in texts for each in proposals(text, known=known)]
