"""Letters: drafted, changed by two, issued once with one number, void with it, and nothing of a killed act left."""

import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from types import SimpleNamespace

import pytest

from core.db import Conflict, db, new_id
from core.declarations import Deny
from core.dispatcher import Dispatcher
from core.settings import installed_settings
from core.text import upper_first
from core.web.errors import Forbidden, Invalid, NotFound
from plugins.casework.api import void_number
from plugins.casework.models import RegisterEntry
from plugins.files.models import File
from plugins.letters import rendering, services
from plugins.letters.api import Of, letter_links, preview
from plugins.letters.models import Letter
from tests.plugins.letters.desk import KIND, WORDS, issue_and_die, text_of

# ---- drafts ------------------------------------------------------------------------------------------------


def test_a_draft_begins_with_the_agencys_own_words(desk):
    letter = desk.draft()
    assert (letter.symbol, letter.signer_mode, letter.signer_name) == ("UBND-VP", "TMKT", "Lê Quang Vinh")
    assert (letter.recipients, letter.state, letter.number) == ("Như trên;\nLưu: VT, VP.", "draft", "")


def test_a_form_sent_twice_drafts_one_letter_and_takes_nobody_elses(desk):
    once = desk.draft(letter_id=new_id())
    assert desk.draft(letter_id=once.id).id == once.id
    with desk.issuer.working() as ctx, pytest.raises(Invalid):
        services.draft_letter(ctx, KIND, letter_id=once.id, **WORDS)


def test_words_are_tidied_and_lines_kept_only_where_there_may_be_several(desk):
    letter = desk.draft(subject=" rà  soát\nhộ\u202e kinh doanh ", body="Một\u200b.\r\n\tHai.")
    assert letter.subject == "rà soát hộ kinh doanh"
    assert letter.body == "Một.\n Hai."


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("subject", "  ", "Chưa nhập"),
        ("subject", "a" * 301, "300"),
        ("body", "a" * 200_001, "200000"),
        ("addressees", "\n".join(["Sở"] * 31), "30 dòng"),
        ("signer_mode", "XX", "chọn lại"),
    ],
)
def test_what_a_letter_does_not_hold_is_told_by_its_field(desk, name, text, words):
    with pytest.raises(Invalid) as refusal:
        desk.draft(**{name: text})
    assert words in refusal.value.errors[name][0]


def test_who_saves_second_gets_a_conflict_and_changes_nothing(desk):
    letter = desk.draft()
    with desk.writer.working() as ctx:
        services.change_letter(ctx, letter.id, version=1, fields={}, body="Bản thứ nhất.")
    with desk.issuer.working() as ctx, pytest.raises(Conflict) as conflict:
        services.change_letter(ctx, letter.id, version=1, fields={}, body="Bản thứ hai.")
    assert conflict.value.current.body == "Bản thứ nhất."
    assert desk.stored(letter.id).body == "Bản thứ nhất."


def test_each_act_needs_its_permission_in_this_agency(desk, ground):
    letter = desk.draft()
    with desk.writer.working() as ctx, pytest.raises(Forbidden):
        services.issue_letter(ctx, letter.id, version=1)
    with desk.agency.officer().working() as ctx, pytest.raises(Forbidden):
        services.draft_letter(ctx, KIND, **WORDS)
    with ground.agency().officer("casework.letter_issuer").working() as ctx, pytest.raises(NotFound):
        services.issue_letter(ctx, letter.id, version=1)


@pytest.mark.parametrize("typed", ["rà soát hộ kinh doanh", "V/v rà soát hộ kinh doanh"])
def test_in_the_register_a_subject_stands_alone_with_a_capital_letter(desk, typed):
    letter = desk.issue(desk.draft(subject=typed))
    assert letter.subject == typed
    assert "V/v rà soát hộ kinh doanh" in text_of(desk.pdf(letter)).replace("\n", " ")
    with desk.agency.at_work():
        assert RegisterEntry.get_by_id(letter.entry_id).title == "Rà soát hộ kinh doanh"


def test_a_module_may_refuse_a_single_letter(desk, monkeypatch):
    letter, other = desk.draft(), desk.draft()

    def check(self, ctx, permission, obj):
        return Deny("Vụ việc này của phòng khác.") if getattr(obj, "id", None) == letter.id else None

    monkeypatch.setattr(Dispatcher, "check_access", check)
    with desk.issuer.working() as ctx:
        with pytest.raises(Forbidden, match="phòng khác"):
            services.issue_letter(ctx, letter.id, version=1)
        assert services.issue_letter(ctx, other.id, version=1).number == "01/UBND-VP"


def test_letters_of_an_object_are_linked_for_those_who_may_read_them(desk):
    case = new_id()
    letter = desk.draft(of=Of("press_issues.case", case))
    desk.draft()
    for officer, found in ((desk.writer, [upper_first(letter.subject)]), (desk.agency.officer(), [])):
        with officer.working() as ctx:
            req = SimpleNamespace(asker=ctx, ctx=ctx, own_origin=True)
            assert [link.title for link in letter_links(req, "press_issues.case", case)] == found
    with desk.writer.working() as ctx:
        assert preview(ctx, letter).startswith(b"%PDF-")
        assert (
            letter_links(SimpleNamespace(asker=ctx, ctx=ctx, own_origin=True), "press_issues.case", new_id())
            == ()
        )


# ---- issuing -----------------------------------------------------------------------------------------------


def test_issuing_takes_number_and_day_and_keeps_the_pdf(desk):
    issued = desk.issue(desk.draft())
    assert (issued.state, issued.number) == ("issued", "01/UBND-VP")
    told = text_of(desk.pdf(issued))
    assert "Số: 01/UBND-VP" in told
    assert f"An Đông, ngày {issued.issued_on.day:02} tháng" in told
    with desk.agency.at_work():
        row = db.execute_sql(
            "SELECT text, title, subject_id, details FROM casework.register_entry WHERE id = %s",
            (issued.entry_id,),
        ).fetchone()
    assert row == (
        "01/UBND-VP",
        upper_first(WORDS["subject"]),
        issued.id,
        {"signatory": "Lê Quang Vinh", "recipients": "Sở Tài chính"},
    )


def test_pressing_twice_gives_one_number_and_one_pdf(desk):
    letter = desk.draft()
    first = desk.issue(letter)
    assert desk.issue(letter).file_id == first.file_id
    assert desk.numbers() == [1]


def test_two_officers_at_once_give_one_number(desk):
    letter = desk.draft()
    with ThreadPoolExecutor(4) as officers:
        numbers = {
            each.result().number for each in [officers.submit(desk.issue, letter) for _each in range(4)]
        }
    assert numbers == {"01/UBND-VP"}
    assert desk.numbers() == [1]


def test_a_draft_that_changed_since_it_was_reviewed_is_not_issued(desk):
    letter = desk.draft()
    with desk.writer.working() as ctx:
        services.change_letter(ctx, letter.id, version=1, fields={}, body="Khác.")
    with pytest.raises(Conflict):
        desk.issue(letter, version=1)
    assert desk.numbers() == []


@pytest.mark.parametrize("name", ["addressees", "body", "signer_name", "signer_title"])
def test_what_is_missing_is_told_by_its_field_and_costs_no_number(desk, name):
    letter = desk.draft(**{name: ""})
    with pytest.raises(Invalid) as refusal:
        desk.issue(letter)
    assert list(refusal.value.errors) == [name]
    assert desk.numbers() == []


def test_without_the_agencys_template_nothing_is_issued(ground):
    agency = ground.agency()
    with agency.officer("casework.letter_issuer").working() as ctx:
        letter = services.draft_letter(
            ctx, KIND, **WORDS, signer_title="Chủ tịch", signer_name="Lan", symbol="VP"
        )
        with pytest.raises(Invalid) as refusal:
            services.issue_letter(ctx, letter.id, version=1)
    assert "mẫu văn bản" in refusal.value.errors[""][0]


def test_a_sign_the_font_lacks_is_told_by_its_field_and_costs_no_number(desk):
    letter = desk.draft(body="Trân trọng 😀")
    with pytest.raises(Invalid) as refusal:
        desk.issue(letter)
    assert "😀" in refusal.value.errors["body"][0]
    assert desk.numbers() == []
    assert desk.issue(desk.draft()).number == "01/UBND-VP", "the refused one left no gap"


def test_an_error_after_the_number_gives_it_back(desk, monkeypatch):
    letter = desk.draft()

    def fail(sheet):
        raise OSError("no room")

    monkeypatch.setattr(rendering, "pdf", fail)
    with pytest.raises(OSError, match="no room"):
        desk.issue(letter)
    monkeypatch.undo()
    assert desk.stored(letter.id).state == "draft"
    assert desk.issue(letter).number == "01/UBND-VP"


@pytest.mark.parametrize("where", ["numbered", "rendered", "stored", "told", "committed"])
def test_killed_anywhere_leaves_no_gap_and_no_double(desk, where):
    letter, ctx = desk.draft(), desk.issuer.ctx
    args = (installed_settings(), ctx, letter.id, letter.version, where)
    process = get_context("spawn").Process(target=issue_and_die, args=args)
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    assert desk.stored(letter.id).state == ("issued" if where == "committed" else "draft")
    assert desk.issue(letter).number == "01/UBND-VP"
    assert desk.issue(desk.draft()).number == "02/UBND-VP"
    assert desk.numbers() == [1, 2]
    with desk.agency.at_work():
        assert File.select().where(File.owner_id == letter.id).count() == 1


def test_an_issued_letter_is_neither_changed_nor_thrown_away(desk):
    issued = desk.issue(desk.draft())
    with desk.writer.working() as ctx:
        with pytest.raises(Invalid) as refusal:
            services.change_letter(ctx, issued.id, version=issued.version, fields={}, body="Khác.")
        assert "01/UBND-VP" in refusal.value.errors[""][0]
        with pytest.raises(Invalid):
            services.discard_letter(ctx, issued.id)


def test_a_later_template_leaves_what_was_issued_as_it_is(desk):
    issued = desk.issue(desk.draft())
    before = desk.pdf(issued)
    with desk.agency.officer("tenants.admin").working() as ctx:
        services.set_template(
            ctx, "", valid_from=services.agency_day(), agency_name="Tên mới", place="Nơi mới", signer_title="Chủ tịch",
            signer_name="Lan", head_title="Chủ tịch", collective="Uỷ ban",
        )  # fmt: skip
    assert desk.pdf(desk.stored(issued.id)) == before
    assert desk.stored(issued.id).template_id == issued.template_id
    later = desk.issue(desk.draft(symbol="VP"))
    assert "TÊN MỚI" in text_of(desk.pdf(later))


def test_a_template_cannot_begin_in_the_past(desk):
    past = desk.today() - timedelta(days=1)
    with desk.agency.officer("tenants.admin").working() as ctx, pytest.raises(Invalid) as refusal:
        services.set_template(ctx, "", valid_from=past, agency_name="A", place="B")
    assert "valid_from" in refusal.value.errors


def test_voiding_the_number_voids_the_letter_with_its_reason(desk):
    issued, other = desk.issue(desk.draft()), desk.issue(desk.draft())
    with desk.agency.at_work():
        void_number(issued.entry_id, reason="Vào sổ trùng")
    void = desk.stored(issued.id)
    assert (void.state, void.void_reason, void.number) == ("void", "Vào sổ trùng", "01/UBND-VP")
    assert desk.pdf(void), "the PDF stays as evidence"
    assert desk.stored(other.id).state == "issued"
    assert desk.issue(issued, version=issued.version).state == "void", "a void letter takes no second number"
    assert desk.numbers() == [1, 2]


def test_a_draft_thrown_away_is_gone(desk):
    letter = desk.draft()
    with desk.writer.working() as ctx:
        services.discard_letter(ctx, letter.id)
    with desk.agency.at_work():
        assert not Letter.select().where(Letter.id == letter.id).exists()
