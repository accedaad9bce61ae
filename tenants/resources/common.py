"""What the pages share: a command tried for a form, and what the form shows when it was refused."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from core.context import TenantInfo
from core.db import BaseModel, Conflict, db
from core.dispatcher import HookFailed
from core.i18n import _, format_date, reading_as
from core.web.components import ConflictView, FormView
from core.web.errors import Forbidden, Invalid
from core.web.forms import parse_day
from core.web.merging import merge
from core.web.request import Request
from tenants.audit_queries import LastChange, last_change
from tenants.services import Authority


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command did nothing: wrong fields, a missing right, or somebody who saved first."""

    status: int
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stored: BaseModel | None = None
    """After a conflict: the record as it is now."""

    @property
    def texts(self) -> list[str]:
        """Everything that is wrong, for a page without the fields."""
        return [text for texts in self.errors.values() for text in texts]


def agency(req: Request) -> TenantInfo:
    """Return the agency of the address."""
    tenant = req.asker.tenant
    assert tenant is not None
    return tenant


def authority(req: Request) -> Authority:
    """Return whose rights bound what the request changes."""
    return Authority.of(req.asker)


def attempt(command: Callable[[], object]) -> Refusal | None:
    """Run a command for a form; a refusal leaves nothing written and is returned instead of raised."""
    try:
        # The request goes on to show the form again and is committed, so the command needs a savepoint.
        with db.atomic():
            command()
    except Invalid as error:
        return Refusal(422, error.errors)
    except Forbidden as error:
        return Refusal(403, {"": [error.detail or _(error.title)]})
    except Conflict as error:
        return Refusal(409, stored=error.current)
    except HookFailed:
        text = _(
            "Một phân hệ gặp lỗi khi chuẩn bị cho cơ quan nên chưa có gì thay đổi. Báo đơn vị vận hành nền tảng."
        )
        return Refusal(422, {"": [text]})
    return None


def typed(req: Request) -> dict[str, str | list[str]]:
    """Return the posted fields as a form shows them again."""
    return {name: value for name, value in req.form.items() if name != "csrf_token"}


def form_again(req: Request, refusal: Refusal) -> FormView:
    """Return the form with everything typed and what was wrong with it.

    After a conflict it carries the stored version: who has seen both may save over the other.
    """
    values = typed(req)
    if refusal.stored is not None:
        values["version"] = str(refusal.stored.version)
    return FormView(values, refusal.errors)


def version_of(req: Request) -> int:
    """Return the version the form was made from; without one it can only conflict."""
    text = req.form.get("version", "")
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10 else 0


def merged(
    req: Request,
    form: FormView,
    stored: Mapping[str, str | Sequence[str]],
    titles: Mapping[str, str],
    shown: Callable[[str, str | Sequence[str]], str],
    object_type: str,
    object_id: UUID,
) -> tuple[FormView, ConflictView | None]:
    """Return a form after somebody else saved first, and what is to be decided of it."""
    last = last_change(object_type, object_id) or LastChange(None, "", datetime.now(UTC))
    who = last.actor if last.actor_id else _("Hệ thống")
    own = req.asker.person is not None and last.actor_id == req.asker.person.id
    return merge(form, stored, titles, who=who, at=last.at, own=own, shown=shown)


def day_text(day: date | None) -> str:
    """Return a day as a field holds it and `parse_day` reads it, in every language: 04/9/2026."""
    with reading_as("vi"):
        return format_date(day, year=True) if day else ""


def day_asked(req: Request, name: str) -> tuple[date | None, list[str]]:
    """Return the day of a filter, and what is wrong with it."""
    text = (req.get_param(name) or "").strip()
    day = parse_day(text) if text else None
    return day, [_("Ngày “{text}” chưa đúng, ví dụ 14/9/2026.", text=text)] if text and day is None else []


def uuid_asked(req: Request, name: str) -> UUID | None:
    """Return the id of a filter; one that nobody was given chooses nothing."""
    try:
        return UUID(req.get_param(name) or "")
    except ValueError:
        return None
