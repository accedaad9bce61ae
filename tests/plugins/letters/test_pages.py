"""The pages of letters: written, seen beside the form, reviewed, issued, opened; and who may not."""

import io
import re
from urllib.parse import urlsplit

import pytest
from docx import Document
from pypdf import PdfReader

from core.db import db, new_id
from plugins.casework.api import void_number
from tenants import services
from tests.plugins.letters.desk import WORDS

SENT = {**WORDS, "symbol": "UBND-VP", "signer_mode": "TM", "signer_title": "Chủ tịch", "signer_name": "Lan"}


def form(**more):
    return {"id": str(new_id()), **SENT, **more}


def written(desk, **more):
    """Write a letter as a browser does and return its id."""
    answer = desk.writer.post("letters.new", form(**more))
    assert answer.status_code == 303, answer.text
    return urlsplit(answer.headers["location"]).path.rpartition("/")[2]


def test_a_letter_is_written_reviewed_issued_and_opened(desk):
    letter_id = written(desk, recipients="Như trên;\nLưu: VT, VP.")
    page = desk.issuer.get("letters.letter", letter_id=letter_id)
    assert "Dự thảo" in page.text
    assert "Phát hành…" in page.text
    review = desk.issuer.get("letters.issue", letter_id=letter_id)
    assert "Gửi: Sở Tài chính." in review.text
    assert "Đây là số đầu tiên của năm" in review.text
    assert "TM. Uỷ ban nhân dân, Chủ tịch, Lan" in review.text
    version = re.search(r'name="version" value="(\d+)"', review.text)[1]
    assert desk.issuer.post("letters.issue", {"version": version}, letter_id=letter_id).status_code == 303
    issued = desk.issuer.get("letters.letter", letter_id=letter_id)
    assert "01/UBND-VP" in issued.text
    assert "Như trên; Lưu: VT, VP" in issued.text
    assert "Phát hành…" not in issued.text
    pdf = desk.issuer.follow(desk.issuer.get("letters.pdf", letter_id=letter_id).headers["location"])
    told = PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    assert "01/UBND-VP" in told
    assert "UỶ BAN NHÂN DÂN\nPHƯỜNG AN ĐÔNG" in told
    made = desk.issuer.get("letters.word", letter_id=letter_id)
    assert "01/UBND-VP" in Document(io.BytesIO(made.content)).tables[0].rows[0].cells[0].text
    assert "01-UBND-VP" in made.headers["content-disposition"]
    assert "01/UBND-VP" in desk.writer.get("letters.letters", query={"q": "ho kinh doanh"}).text
    assert desk.issuer.get("letters.edit", letter_id=letter_id).status_code == 303, "there is nothing to edit"
    assert desk.issuer.get("letters.issue", letter_id=letter_id).status_code == 303


def test_the_review_says_when_somebody_else_holds_the_post_of_who_signs(desk):
    def review():
        return desk.issuer.get("letters.issue", letter_id=letter_id).text

    letter_id = written(desk, signer_name="Nguyễn Thị Hằng")
    assert "danh bạ" not in review(), "the registry knows of nobody"
    with desk.agency.at_work():
        for name, position in (("Hồ Bảo Thuỷ", "Chủ tịch UBND"), ("Nguyễn Thị Hằng", "Phó Chủ tịch UBND")):
            person = services.register_person(f"ky.{new_id()}", name)
            unit = next(iter(desk.agency.units.values()))
            services.grant_post(services.Authority.operator(), person.id, unit, position, roles=())
    assert "Nguyễn Thị Hằng không giữ chức vụ “Chủ tịch” theo danh bạ; đang giữ là Hồ Bảo Thuỷ." in review()
    letter_id = written(desk, signer_name="hồ bảo thuỷ")
    assert "danh bạ" not in review()


def test_the_preview_shows_what_is_typed_and_stores_nothing(desk):
    answer = desk.writer.post("letters.new", form(act="preview", subject=""))
    assert answer.status_code == 200
    assert answer.text.count('src="data:image/png;base64,') == 1
    assert "Sở Tài chính" in answer.text, "what was typed is still in the form"
    with desk.agency.at_work():
        assert db.execute_sql("SELECT count(*) FROM letters.letter").fetchone() == (0,)
    letter_id = written(desk)
    assert "data:image/png" in desk.writer.post("letters.edit", form(act="preview"), letter_id=letter_id).text
    assert "data:image/png" in desk.writer.get("letters.preview", letter_id=letter_id).text
    draft = desk.writer.get("letters.pdf", letter_id=letter_id)
    assert draft.content.startswith(b"%PDF-")
    assert "sandbox" in draft.headers["content-security-policy"]


@pytest.mark.parametrize("body", ["", "\x07\x00", "😀", "a" * 250_000, "{ground} $x$ #panic()"])
def test_the_preview_stands_whatever_is_typed(desk, body):
    answer = desk.writer.post("letters.new", form(act="preview", body=body, signer_mode="??"))
    assert answer.status_code == 200
    assert ("không in được ký tự" in answer.text) == (body == "😀")


def test_errors_come_back_with_everything_that_was_typed(desk):
    answer = desk.writer.post("letters.new", form(subject="", addressees="<b>Sở</b>\n" * 31))
    assert answer.status_code == 422
    assert "Trích yếu: Chưa nhập." in answer.text
    assert "30 dòng" in answer.text
    assert "&lt;b&gt;Sở&lt;/b&gt;" in answer.text


def test_the_same_form_sent_twice_is_one_letter(desk):
    sent = form()
    first, second = (desk.writer.post("letters.new", sent).headers["location"] for _each in range(2))
    assert first == second


def test_what_is_missing_stands_on_the_review_with_a_way_to_it(desk):
    letter_id = written(desk, addressees="", body="")
    review = desk.issuer.get("letters.issue", letter_id=letter_id)
    assert "Kính gửi: Chưa nhập." in review.text
    assert f"/letters/{letter_id}/edit#f-body" in review.text
    assert re.search(r"<button[^>]* disabled", review.text)
    answer = desk.issuer.post("letters.issue", {"version": "1"}, letter_id=letter_id)
    assert answer.status_code == 422
    assert desk.numbers() == []


def test_a_sign_the_font_lacks_is_told_before_a_number_is_taken(desk):
    review = desk.issuer.get("letters.issue", letter_id=written(desk, body="Kính 😀 gửi"))
    assert "Nội dung: Phông chữ của văn bản không in được ký tự “😀”" in review.text


def test_who_reviewed_an_older_draft_sees_the_new_one_first(desk):
    letter_id = written(desk)
    changed = {**SENT, "version": "1", "addressees": "Sở Nội vụ"}
    assert desk.writer.post("letters.edit", changed, letter_id=letter_id).status_code == 303
    answer = desk.issuer.post("letters.issue", {"version": "1"}, letter_id=letter_id)
    assert answer.status_code == 409
    assert "Sở Nội vụ" in answer.text
    assert 'name="version" value="2"' in answer.text


def test_two_who_change_a_draft_see_both_texts(desk):
    letter_id = written(desk)
    assert (
        desk.writer.post(
            "letters.edit", {**SENT, "version": "1", "body": "Một."}, letter_id=letter_id
        ).status_code
        == 303
    )
    answer = desk.issuer.post("letters.edit", {**SENT, "version": "1", "body": "Hai."}, letter_id=letter_id)
    assert answer.status_code == 409
    assert "Một." in answer.text
    assert "Hai." in answer.text
    again = {**SENT, "version": "2", "body": "Hai."}
    assert desk.issuer.post("letters.edit", again, letter_id=letter_id).status_code == 303


def test_who_may_write_may_not_issue_and_who_may_nothing_sees_nothing(desk, ground):
    letter_id = written(desk)
    assert "Phát hành…" not in desk.writer.get("letters.letter", letter_id=letter_id).text
    assert desk.writer.get("letters.issue", letter_id=letter_id).status_code == 403
    assert desk.writer.post("letters.issue", {"version": "1"}, letter_id=letter_id).status_code == 403
    nobody, elsewhere = desk.agency.officer(), ground.agency().officer("casework.letter_issuer")
    for route in ("letter", "edit", "preview", "pdf", "word", "issue"):
        assert nobody.get(f"letters.{route}", letter_id=letter_id).status_code == 403
        assert elsewhere.get(f"letters.{route}", letter_id=letter_id).status_code == 404
    assert nobody.post("letters.discard", letter_id=letter_id).status_code == 403
    issued = desk.issue(desk.stored(letter_id))
    assert nobody.get("files.file", file_id=issued.file_id).status_code == 404
    assert desk.writer.get("files.file", file_id=issued.file_id).status_code == 200


def test_a_kind_that_belongs_to_objects_is_not_written_from_the_navigation(desk):
    assert desk.writer.get("letters.new", query={"kind": "casework.none"}).status_code == 404
    assert desk.agency.officer("casework.letter_writer").get("letters.new").status_code == 200


def test_a_void_letter_says_why(desk):
    issued = desk.issue(desk.draft())
    with desk.agency.at_work():
        void_number(issued.entry_id, reason="Ký nhầm")
    page = desk.writer.get("letters.letter", letter_id=issued.id)
    assert "Số 01/UBND-VP đã huỷ: Ký nhầm" in page.text


def test_the_number_of_a_letter_leads_to_it_and_voiding_it_says_that_the_letter_falls(desk):
    issued = desk.issue(desk.draft())
    keeper, entry = desk.agency.officer("casework.register_keeper"), {"entry_id": issued.entry_id}
    letter = desk.agency.url("letters.letter", letter_id=issued.id)
    assert (
        letter
        in desk.agency.officer("casework.register_keeper", "casework.letter_writer")
        .get("casework.register_entry", **entry)
        .text
    )
    assert letter not in keeper.get("casework.register_entry", **entry).text, "who reads no letters"
    assert "Văn bản mang số này thành “Đã huỷ” theo" in keeper.get("casework.register_void", **entry).text


def test_a_draft_is_thrown_away(desk):
    letter_id = written(desk)
    assert desk.writer.post("letters.discard", letter_id=letter_id).status_code == 303
    assert desk.writer.get("letters.letter", letter_id=letter_id).status_code == 404


def test_the_list_narrows_by_state_and_words_and_pages_by_key(desk):
    for number in range(51):
        desk.draft(subject=f"văn bản {number:02}")
    desk.issue(desk.draft(subject="rà soát trụ sở"))
    listed = desk.writer.get("letters.letters")
    assert "Rà soát trụ sở" in listed.text
    assert "Văn bản 01" not in listed.text
    following = re.search(r'href="([^"]*after=[^"]*)"', listed.text)[1].replace("&amp;", "&")
    assert "Văn bản 00" in desk.writer.follow(following).text
    found = desk.writer.get("letters.letters", query={"state": "issued"})
    assert "Rà soát trụ sở" in found.text
    assert "Văn bản 50" not in found.text
    assert "Văn bản 07" in desk.writer.get("letters.letters", query={"q": "van ban 07"}).text
    assert "Không có văn bản nào" in desk.writer.get("letters.letters", query={"q": "không hề có"}).text


# ---- the agency's part -------------------------------------------------------------------------------------


def test_the_administrator_keeps_the_agencys_part_and_sees_it_on_paper(desk):
    admin = desk.agency.officer("tenants.admin")
    listed = admin.get("letters.templates")
    assert "Mọi loại văn bản" in listed.text
    assert "Theo mẫu của mọi loại văn bản" in listed.text
    page = admin.get("letters.template", kind="casework.official")
    assert "Uỷ ban nhân dân phường An Đông" in page.text
    sent = {
        "valid_from": f"{desk.today():%d/%m/%Y}", "agency_name": "Ban Quản lý", "place": "Phú Xuân",
        "signer_title": "Trưởng ban", "signer_name": "Mai", "symbol": "BQL",
    }  # fmt: skip
    assert "data:image/png" in admin.post("letters.template", {**sent, "act": "preview"}, kind="all").text
    assert admin.post("letters.template", {**sent, "place": ""}, kind="all").status_code == 422
    assert admin.post("letters.template", sent, kind="casework.official").status_code == 303
    assert "Dùng từ" in admin.get("letters.templates").text
    assert 'value="BQL"' in desk.writer.get("letters.new").text
    assert desk.writer.get("letters.templates").status_code == 403


def test_an_agency_without_a_template_is_told_where_to_make_it(ground):
    agency = ground.agency()
    both = agency.officer("casework.letter_issuer", "tenants.admin")
    answer = both.post("letters.new", form())
    letter_id = urlsplit(answer.headers["location"]).path.rpartition("/")[2]
    review = both.get("letters.issue", letter_id=letter_id)
    assert "Cơ quan chưa lập mẫu văn bản" in review.text
    assert agency.url("letters.templates") in review.text
