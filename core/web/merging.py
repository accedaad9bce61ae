"""What two people changed of one record, put together field by field: only where both changed one is somebody asked."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.i18n import _, format_datetime
from core.web.components import Clash, ConflictView, FormView, marks_of, same_text

TAKE, STORED = "lt_take_", "lt_stored_"
"""The choice made for a field, and the stored text it may be given; the form of a conflict brings both along."""


def chosen(form: dict[str, Any]) -> dict[str, Any]:
    """Return a posted form as its conflict was decided: the stored text stands where it was chosen."""
    fields = {name: value for name, value in form.items() if not name.startswith((TAKE, STORED))}
    for field in [name[len(TAKE) :] for name in form if name.startswith(TAKE) and form[name] == "stored"]:
        fields.pop(field, None)
        fields |= {field: form[STORED + field]} if STORED + field in form else {}
    return fields


def merge(
    form: FormView,
    stored: Mapping[str, str | Sequence[str]],
    titles: Mapping[str, str],
    *,
    who: str | None = "",
    at: datetime | None = None,
    own: bool = False,
    shown: Callable[[str, str | Sequence[str]], str] = lambda _name, value: same_text(value),
) -> tuple[FormView, ConflictView]:
    """Return the form with what only the other changed taken over, and what is to be asked of the rest.

    `stored` is the record as its form holds it, with its version; `shown` says how a value is written for readers.
    Saving the form again means: as it stands here, knowing theirs.
    """
    read = dict(mark.split("=", 1) for mark in form.text("lt_read").split() if "=" in mark)
    values, now = dict(form.values), marks_of(stored)
    clashes, taken, kept = [], [], []
    for name, title in titles.items():
        theirs, mine = stored.get(name, ""), form.values.get(name, "")
        if same_text(theirs) == same_text(mine):
            continue
        if read.get(name) == marks_of({name: mine})[name]:
            values[name] = theirs
            taken.append(title)
        elif read.get(name) == now.get(name) or shown(name, theirs) == shown(name, mine):
            kept.append(title)
        else:
            raw = (theirs,) if isinstance(theirs, str) else tuple(theirs)
            clashes.append(Clash(name, title, shown(name, theirs), shown(name, mine), raw))
    values |= {"version": stored["version"], "lt_read": FormView(stored).read}
    if own:
        text = _("Chính bạn vừa lưu bản khác, ở thẻ hoặc máy khác")
    elif who and at:
        text = _("{name} vừa sửa mục này lúc {time}", name=who, time=format_datetime(at))
    else:
        text = _("Người khác vừa sửa mục này")
    return FormView(values, form.errors), ConflictView(text=text, clashes=clashes, taken=taken, kept=kept)
