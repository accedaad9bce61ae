"""Words, dates and numbers in the reader's language; the source text is Vietnamese.

A message id is the Vietnamese sentence itself, so Vietnamese needs no catalogue. English lives in
`<package>/locale/en/LC_MESSAGES/*.po`, read once at start; a sentence nobody translated stays
Vietnamese (a rule test keeps that from happening in this tree). Declared titles are marked with
`N_` and translated by `_` where they are shown, so that one declaration serves every reader.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

SOURCE = "vi"
LOCALES = (SOURCE, "en")
HOME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""Where the province is; in a statement its name: f"AT TIME ZONE '{HOME_ZONE}'"."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}

log = structlog.get_logger()
_locale: ContextVar[str] = ContextVar("locale", default=SOURCE)
_zone: ContextVar[ZoneInfo] = ContextVar("time_zone", default=HOME_ZONE)
_messages: dict[str, dict[str, tuple[str, ...]]] = {}


class _Fields(dict[str, object]):
    """Fields of a sentence; one that an old record lacks shows as an ellipsis instead of an error."""

    def __missing__(self, key: str) -> str:
        return "…"


def load_catalogues(folders: Iterable[Path]) -> None:
    """Read the translations of these packages, in order; the first translation of a sentence stands."""
    # Commands that print no page need no reader of catalogues, and it is not quickly imported.
    from babel.messages.pofile import read_po

    merged: dict[str, dict[str, tuple[str, ...]]] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("locale/*/LC_MESSAGES/*.po"))):
        known = merged.setdefault(path.parent.parent.name, {})
        with path.open("rb") as file:
            catalogue = read_po(file)
        for message in catalogue:
            if message.id and message.string and not message.fuzzy:
                key = message.id if isinstance(message.id, str) else message.id[0]
                text = (message.string,) if isinstance(message.string, str) else tuple(message.string)
                if known.setdefault(key, text) != text:
                    log.warning("translation.ignored", path=str(path), message=key)
    _messages.clear()
    _day_text.cache_clear()
    _messages.update(merged)


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark a sentence for translation without translating it yet."""
    return message


def gettext(message: str, /, **fields: object) -> str:
    """Return a sentence in the reader's language with `{fields}` filled in."""
    found = _messages.get(_locale.get(), {}).get(message)
    text = found[0] if found else message
    return text.format_map(_Fields(fields)) if fields else text


def ngettext(singular: str, plural: str, n: int, /, **fields: object) -> str:
    """Return the sentence for a count; `{n}` is the count as officers write it."""
    found = _messages.get(_locale.get(), {}).get(singular) or (singular, plural)
    text = found[0] if n == 1 else found[-1]
    return text.format_map(_Fields({"n": format_number(n), **fields}))


_ = gettext


def current_locale() -> str:
    """Return the reader's language: `vi` or `en`."""
    return _locale.get()


@contextmanager
def reading_as(locale: str, time_zone: str | None = None) -> Iterator[None]:
    """Write for a reader of this language, with times of this zone; unknown languages read Vietnamese."""
    language = _locale.set(locale if locale in LOCALES else SOURCE)
    zone = _zone.set(ZoneInfo(time_zone) if time_zone else _zone.get())
    try:
        yield
    finally:
        _zone.reset(zone)
        _locale.reset(language)


def in_both(text: Callable[[], str]) -> tuple[str, str]:
    """Return a text in Vietnamese and English: an operator's terminal says nothing of the language."""
    with reading_as("vi"):
        vietnamese = text()
    with reading_as("en"):
        return vietnamese, text()


def use_locale(locale: str, time_zone: str = HOME_ZONE.key) -> None:
    """Write for this reader until the next call: each request starts by saying for whom it answers."""
    _locale.set(locale if locale in LOCALES else SOURCE)
    _zone.set(ZoneInfo(time_zone))


def local(value: datetime) -> datetime:
    """Return a moment in the reader's time zone; a naive one is taken as local already.

    One of the first or last year of all stays as it is: elsewhere it may be in a year that cannot be written.
    """
    return value.astimezone(_zone.get()) if value.tzinfo and 1 < value.year < 9999 else value


def format_date(
    value: date, *, year: bool | None = None, weekday: bool = False, relative: bool = False
) -> str:
    """Return 04/9, or 04/9/2026 outside the current year; in lists `relative` says today and yesterday."""
    day = local(value).date() if isinstance(value, datetime) else value
    return _day_text(_locale.get(), day, datetime.now(_zone.get()).date(), year, weekday, relative)


# PERF: a list names few days, each many times.
@lru_cache(2000)
def _day_text(locale: str, day: date, today: date, year: bool | None, weekday: bool, relative: bool) -> str:
    if relative and (past := today.toordinal() - day.toordinal()) in (0, 1):
        return gettext("Hôm qua") if past else gettext("Hôm nay")
    with_year = day.year != today.year if year is None else year
    if locale == "en":
        text = f"{day.day} {_MONTHS[day.month - 1]}" + (f" {day.year}" if with_year else "")
    else:
        # The rule for written documents: a zero before days, and before the months 1 and 2 only.
        month = f"{day.month:02}" if day.month <= 2 else str(day.month)
        text = f"{day.day:02}/{month}" + (f"/{day.year}" if with_year else "")
    return f"{_WEEKDAYS[locale][day.weekday()]} {text}" if weekday else text


def format_datetime(
    value: datetime, *, year: bool | None = None, relative: bool = False, inside: bool = False
) -> str:
    """Return 03/9 16:20, or 03/9/2025 16:20 outside the current year, in the reader's time zone.

    Lists are `relative`: today, yesterday, or a day. `inside` a sentence "today" has no capital letter.
    """
    here = local(value)
    day = format_date(here.date(), year=year, relative=relative or inside)
    return f"{day[0].lower() + day[1:] if inside else day} {here.hour:02}:{here.minute:02}"


def format_number(value: float | Decimal, decimals: int | None = None) -> str:
    """Return 1.234.567,89 (English 1,234,567.89); without `decimals` as many as needed, at most two."""
    text = f"{value:,.{2 if decimals is None else decimals}f}"
    if decimals is None:
        text = text.rstrip("0").rstrip(".")
    return text if _locale.get() == "en" else text.translate(str.maketrans(",.", ".,"))
