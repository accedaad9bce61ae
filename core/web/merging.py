"""What two people changed of one record, put together field by field: only where both changed one is somebody asked."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.i18n import _, format_datetime
from core.web.components import Clash, ConflictView, FormView, marks_of, same_text

TAKE, STORED, TYPED, BEFORE = "lt_take_", "lt_stored_", "lt_typed_", "lt_before"
"""What the form of a conflict brings along: the choice made for a field, the stored text it may be given, and the
marks from before the conflict; what was typed where the stored text was chosen is put aside."""


def chosen(form: dict[str, Any]) -> dict[str, Any]:
    """Return a posted form as its conflict was decided: the stored text stands where it was chosen."""
    fields = {name: value for name, value in form.items() if not name.startswith((STORED, TYPED))}
    for field in [name[len(TAKE) :] for name in form if name.startswith(TAKE) and form[name] == "stored"]:
        fields[TYPED + field] = fields.pop(field, "")
        fields |= {field: form[STORED + field]} if STORED + field in form else {}
    return fields


def merge(
    form: FormView, stored: Mapping[str, str | Sequence[str]], titles: Mapping[str, str], *,
    who: str | None, at: datetime, own: bool,
    shown: Callable[[str, str | Sequence[str]], str] = lambda _name, value: same_text(value),
) -> tuple[FormView, ConflictView | None]:  # fmt: skip
    """Return the form with what only the other changed taken over, and what is to be asked of the rest.

    `stored` is the record as its form holds it, with its version; `shown` says how a value is written for readers;
    `own` says that it was the reader who saved, on another page. Saving the form again means: as it stands here,
    knowing theirs. A form with errors asks once more what its conflict asked, with what was chosen and typed since;
    one that was in none comes back as it is.
    """
    if form.errors and BEFORE not in form.values:
        return form, None
    aside = {name[len(TYPED) :]: mine for name, mine in form.values.items() if name.startswith(TYPED)}
    values, now = {**form.values, **(aside if form.errors else {})}, marks_of(stored)
    before = form.text(BEFORE if form.errors else "lt_read")
    read = dict(mark.split("=", 1) for mark in before.split() if "=" in mark)
    clashes, taken, kept = [], [], []
    for name, title in titles.items():
        theirs, mine = stored.get(name, ""), values.get(name, "")
        if same_text(theirs) == same_text(mine):
            continue
        sides = shown(name, theirs), shown(name, mine)
        if read.get(name) == marks_of({name: mine})[name] and not form.errors:
            values[name] = theirs
            taken.append(title)
        elif read.get(name) == now.get(name) or sides[0] == sides[1]:
            kept.append(title)
        else:
            clashes.append(Clash(name, title, *sides, theirs, form.text(TAKE + name)))
    form = FormView(values | {"version": stored["version"], "lt_read": FormView(stored).read}, form.errors)
    text = _("{name} vừa sửa mục này lúc {time}", name=who or _("Người khác"), time=format_datetime(at))
    if own:
        text = _("Chính bạn vừa lưu bản khác, ở thẻ hoặc máy khác")
    return form, ConflictView(text=text, before=before, clashes=clashes, taken=taken, kept=kept)
