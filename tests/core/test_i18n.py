from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from core import i18n
from core.i18n import _, format_date, format_datetime, format_number, ngettext, reading_as

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Lưu"
msgstr "{save}"

msgid "Chào {{name}}"
msgstr "Hello {{name}}"

msgid "{{n}} hồ sơ"
msgid_plural "{{n}} hồ sơ"
msgstr[0] "{{n}} dossier"
msgstr[1] "{{n}} dossiers"

#, fuzzy
msgid "Đoán"
msgstr "Guess"
"""


@pytest.fixture(autouse=True)
def catalogues(tmp_path):
    before = dict(i18n._messages)
    for package, save in (("core", "Save"), ("module", "Store")):
        folder = tmp_path / package / "locale/en/LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / f"{package}.po").write_text(PO.format(save=save), "utf-8")
    i18n.load_catalogues([tmp_path / "core", tmp_path / "module", tmp_path / "without"])
    yield
    i18n._messages.clear()
    i18n._messages.update(before)


def test_vietnamese_is_the_source_and_needs_no_catalogue():
    assert _("Lưu") == "Lưu"
    assert _("Chào {name}", name="Lan") == "Chào Lan"


def test_the_readers_language_decides_and_is_restored():
    with reading_as("en"):
        assert _("Chào {name}", name="Lan") == "Hello Lan"
        with reading_as("vi"):
            assert _("Chào {name}", name="Lan") == "Chào Lan"
        assert i18n.current_locale() == "en"
    assert i18n.current_locale() == "vi"


def test_an_unknown_language_reads_vietnamese():
    with reading_as("../fr"):
        assert i18n.current_locale() == "vi"


def test_the_first_package_decides_a_sentence_and_guesses_are_left_out():
    with reading_as("en"):
        assert _("Lưu") == "Save"
        assert _("Đoán") == "Đoán"


def test_a_field_that_an_old_record_lacks_does_not_fail_the_page():
    assert _("Chào {name} ở {unit}", name="Lan") == "Chào Lan ở …"


def test_braces_without_fields_stay_as_they_are():
    assert _("{n} hồ sơ") == "{n} hồ sơ"


def test_counts_have_plurals_in_english_only():
    words = "{n} hồ sơ", "{n} hồ sơ"
    assert ngettext(*words, 1200) == "1.200 hồ sơ"
    with reading_as("en"):
        assert [ngettext(*words, n) for n in (0, 1, 1200)] == ["0 dossiers", "1 dossier", "1,200 dossiers"]


def test_dates_as_officers_write_them():
    assert format_date(date(2019, 9, 4)) == "04/9/2019"
    assert format_date(date(2019, 2, 4)) == "04/02/2019"
    assert format_date(date(2019, 9, 4), year=False, weekday=True) == "thứ Tư 04/9"
    with reading_as("en"):
        assert format_date(date(2019, 9, 4), weekday=True) == "Wed 4 Sep 2019"


def test_the_year_is_left_out_within_the_year():
    today = datetime.now(UTC)
    assert format_date(today).count("/") == 1
    assert format_date(today, year=True).count("/") == 2


def test_today_and_yesterday_in_lists():
    now = datetime.now(UTC)
    assert format_date(now, relative=True) == "Hôm nay"
    assert format_datetime(now - timedelta(days=1), relative=True).startswith("Hôm qua ")


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime.max.replace(tzinfo=UTC), "31/12/9999 23:59"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=7))), "01/01/1 00:00"),
    ],
)
def test_a_moment_at_the_end_of_all_years_is_written_as_it_stands(moment, written):
    with reading_as("vi"):
        assert format_datetime(moment) == written


def test_moments_name_the_year_outside_the_current_one():
    now = datetime.now(UTC)
    assert format_datetime(datetime(2019, 9, 4, 2, 12, tzinfo=UTC)) == "04/9/2019 09:12"
    assert format_datetime(now).count("/") == 1
    assert format_datetime(now, year=True).count("/") == 2
    with reading_as("en"):
        assert format_datetime(datetime(2019, 9, 4, 2, 12, tzinfo=UTC)) == "4 Sep 2019 09:12"


def test_times_are_in_the_agencys_zone():
    late = datetime(2019, 12, 31, 17, 30, tzinfo=UTC)
    assert format_datetime(late) == "01/01/2020 00:30"
    with reading_as("vi", "UTC"):
        assert format_datetime(late) == "31/12/2019 17:30"


@pytest.mark.parametrize(
    ("value", "decimals", "vietnamese", "english"),
    [
        (1234567, None, "1.234.567", "1,234,567"),
        (Decimal("1234567.89"), None, "1.234.567,89", "1,234,567.89"),
        (96.2, 1, "96,2", "96.2"),
        (100, None, "100", "100"),
        (0.5, 2, "0,50", "0.50"),
    ],
)
def test_numbers(value, decimals, vietnamese, english):
    assert format_number(value, decimals) == vietnamese
    with reading_as("en"):
        assert format_number(value, decimals) == english
