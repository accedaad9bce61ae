"""What is sent to us: too large, malformed, of another kind, with characters nobody types."""

import pytest

from tests.web.conftest import HERE

NOTES = f"/t/{HERE.code}/trial/"
API = f"/api/v1/t/{HERE.code}/trial/notes"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class TestForms:
    def test_a_form_that_is_too_large_is_refused(self, site):
        answer = site.post(NOTES, body="title=" + "x" * 1_000_000, headers=FORM)
        assert answer.status_code == 413
        assert "Nội dung gửi lên quá lớn" in answer.text
        assert "biểu mẫu chỉ có chữ nhận tối đa 1 MB" in answer.text
        assert "Content Too Large" not in answer.text
        assert site.post(NOTES, body="title=" + "x" * 999_000, headers=FORM).status_code == 303

    def test_a_text_too_large_in_a_form_with_files_leads_back_to_the_form(self, site):
        body = f'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\n{"<p>Word</p>" * 500_000}\r\n--x--\r\n'
        answer = site.post(NOTES, body=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
        assert answer.status_code == 413
        assert "mỗi ô chữ" in answer.text
        assert f'href="{NOTES}"' in answer.text
        assert "Mở lại biểu mẫu" in answer.text
        assert site.stored() == []

    def test_many_fields_are_read_in_reasonable_time(self, site):
        assert site.post(NOTES, body="title=a&" + "b&" * 490_000, headers=FORM).status_code == 303

    def test_text_comes_in_as_it_was_typed(self, site):
        typed = "Nguyễn Thị “Hạnh” & con <b>\U0001f600\r\ndòng hai"
        site.post(NOTES, {"title": typed})
        assert site.get(API).json == {"notes": [typed]}
        assert "&lt;b&gt;" in site.get(NOTES).text

    def test_bytes_that_are_no_text_do_not_break_anything(self, site):
        assert site.post(NOTES, body=b"title=\xff\xfe%ff%fe%E1%BB", headers=FORM).status_code == 303

    @pytest.mark.parametrize("body", ["title=a%00b", "title=a&more=%00"])
    def test_a_nul_is_refused_with_words(self, site, body):
        answer = site.post(NOTES, body=body, headers=FORM)
        assert answer.status_code in (303, 400)
        assert [title for _, title in site.stored() if "\x00" in title] == []

    def test_a_form_of_another_kind_has_no_fields(self, site):
        answer = site.post(NOTES, body="title=a", headers={"Content-Type": "text/plain"})
        assert answer.status_code == 422
        assert site.stored() == []


class TestDocuments:
    @pytest.mark.parametrize(
        ("body", "status", "name"),
        [
            ("{", 400, "bad-request"),
            ("", 400, "bad-request"),
            (b"\xff\xfe{}", 400, "bad-request"),
            ('{"title": NaN}', 400, "bad-request"),
            ("[" * 200_000, 400, "bad-request"),
            ('{"title": ' + "9" * 100_000 + "}", 400, "bad-request"),
            ('{"title": "' + "x" * 1_000_000 + '"}', 413, "http-413"),
            ('{"title": "a\\u0000b"}', 400, "bad-request"),
        ],
    )
    def test_one_that_cannot_be_read(self, site, body, status, name):
        answer = site.post(API, body=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{name}")
        assert site.stored() == []

    @pytest.mark.parametrize(
        "kind",
        [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/xml",
        ],
    )
    def test_one_of_another_kind(self, site, kind):
        answer = site.post(API, body='{"title": "a"}', headers={"Content-Type": kind})
        assert (answer.status_code, answer.json["type"]) == (415, "/problems/http-415")


class TestAddresses:
    @pytest.mark.parametrize("value", ["\x00", "a\x00b"])
    def test_a_nul_in_the_query_leads_nowhere(self, site, value):
        assert site.get(f"{NOTES}echo", params={"q": value}).status_code == 404

    @pytest.mark.parametrize(
        "value", ["'; DROP TABLE trial.note; --", "%", "\\", "đ", "\ufffd", "a" * 3000, "%s", "{0}"]
    )
    def test_other_characters_are_values_and_nothing_else(self, site, value):
        assert site.get(f"{NOTES}echo", params={"q": value}).json == {"said": value}

    @pytest.mark.parametrize(
        "path",
        [
            f"{NOTES}not-an-id",
            f"{NOTES}%00",
            "/t/%ff%fe/trial/",
            "/t//trial/",
            f"/t/{HERE.code}/trial/../trial/x/y",
            "/%2e%2e/etc/passwd",
        ],
    )
    def test_odd_addresses_are_not_found(self, site, path):
        assert site.get(path).status_code == 404

    def test_a_slash_at_the_end_makes_no_difference(self, site):
        assert site.get(NOTES.rstrip("/")).status_code == site.get(NOTES).status_code == 200
