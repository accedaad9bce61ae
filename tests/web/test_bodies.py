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
        assert "Biểu mẫu chỉ có chữ nhận tối đa 1 MB" in answer.text
        assert "Content Too Large" not in answer.text
        assert (
            f'href="{NOTES}form?x=1">'
            in site.post(
                NOTES,
                body="title=" + "x" * 1_000_000,
                headers={**FORM, "Referer": f"http://localhost:8000{NOTES}form?x=1"},
            ).text
        )
        assert site.post(NOTES, body="title=" + "x" * 999_000, headers=FORM).status_code == 303

    def test_a_text_too_large_in_a_form_with_files_leads_back_to_the_form(self, site):
        body = f'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\n{"<p>Word</p>" * 500_000}\r\n--x--\r\n'
        answer = site.post(NOTES, body=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
        assert answer.status_code == 413
        assert "mỗi ô chữ" in answer.text
        assert f'href="{NOTES}"' in answer.text
        assert "Quay lại biểu mẫu" in answer.text
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

    def test_a_nul_is_refused(self, site):
        assert site.post(NOTES, body="title=a%00b", headers=FORM).status_code == 400
        assert site.stored() == []

    def test_a_nul_in_a_field_nobody_reads_does_no_harm(self, site):
        assert site.post(NOTES, body="title=a&more=%00", headers=FORM).status_code == 303
        assert [title for _, title in site.stored()] == ["a"]

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

    def test_one_that_is_too_large_is_told_how_much_json_may_be_sent(self, site):
        answer = site.post(API, body=b"{" * 1_000_001, headers={"Content-Type": "application/json"})
        assert answer.json["detail"] == "Tài liệu JSON nhận tối đa 1 MB."

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
        assert site.get(f"{NOTES}echo", params={"q": value}).status_code == 400

    @pytest.mark.parametrize(
        "value", ["'; DROP TABLE trial.note; --", "%", "\\", "đ", "\ufffd", "a" * 3000, "%s", "{0}"]
    )
    def test_other_characters_are_values_and_nothing_else(self, site, value):
        assert site.get(f"{NOTES}echo", params={"q": value}).json == {"said": value}

    @pytest.mark.parametrize(
        "path",
        [
            f"{NOTES}not-an-id",
            "/t//trial/",
            f"/t/{HERE.code}/trial/../trial/x/y",
            "/%2e%2e/etc/passwd",
        ],
    )
    def test_odd_addresses_are_not_found(self, site, path):
        assert site.get(path).status_code == 404

    @pytest.mark.parametrize("odd", ["%00", "a%00b", "%ff%fe", "%c0%80", "%ed%a0%80"])
    @pytest.mark.parametrize(
        "address",
        [
            "{notes}{odd}",
            "{notes}?q={odd}",
            "{notes}?{odd}=1",
            "/t/{odd}/trial/",
            "/{odd}",
            "/khong-co?q={odd}",
        ],
    )
    @pytest.mark.parametrize("who", ["clerk", None])
    def test_an_address_that_cannot_be_read_is_refused_with_words(self, site, address, odd, who):
        answer = site.get(address.format(notes=NOTES, odd=odd), who)
        assert answer.status_code == 400
        assert "ký tự không phải UTF-8" in answer.text
        assert odd not in answer.text
        assert "\x00" not in answer.text
        program = site.get(f"{API}?q={odd}", who)
        assert (program.status_code, program.json["type"]) == (400, "/problems/bad-request")
        assert "UTF-8" in program.json["detail"]

    def test_a_slash_at_the_end_makes_no_difference(self, site):
        assert site.get(NOTES.rstrip("/")).status_code == site.get(NOTES).status_code == 200
