import io

import pytest

from plugins.files.kinds import ANY, DOCUMENTS, PICTURES, Refused, clean_name, judge, look
from tests.plugins.files import samples

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def judged(content, name, allowed=ANY):
    return judge(io.BytesIO(content), name, allowed)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (samples.picture(), "Ảnh.JPG", "image/jpeg"),
        (samples.picture("PNG"), "a.png", "image/png"),
        (samples.picture("WEBP"), "a.webp", "image/webp"),
        (samples.PDF, "Công văn số 12.pdf", "application/pdf"),
        (samples.word(), "a.docx", WORD),
        (samples.archive(mimetype=b"application/vnd.oasis.opendocument.text"), "a.odt", "application/vnd.oasis.opendocument.text"),
        (samples.archive(a=b"1"), "a.zip", "application/zip"),
        (samples.OLD_OFFICE, "a.xls", "application/vnd.ms-excel"),
        ("Số;Tên\n1;Huế".encode(), "a.csv", "text/csv"),
        ("Số;Tên".encode("utf-16"), "a.csv", "text/csv"),
        ("Thừa Thiên".encode("cp1258", "replace"), "a.txt", "text/plain"),
        (samples.SVG, "a.svg", "image/svg+xml"),
        (bytes(range(256)) * 4, "khong-duoi", "application/octet-stream"),
    ],
)  # fmt: skip
def test_a_file_that_tells_the_truth_is_what_it_says(content, name, kind):
    assert judged(content, name) == kind


@pytest.mark.parametrize(
    ("content", "name", "really"),
    [
        (samples.PROGRAM, "thu-moi.pdf", "chương trình máy tính"),
        (samples.picture("PNG"), "a.jpg", "ảnh PNG"),
        (samples.PDF, "a.docx", "tệp PDF"),
        (samples.archive(a=b"1"), "a.docx", "tệp nén ZIP"),
        (samples.word("wordprocessingml.document.macroEnabled.main+xml"), "a.docx", "macro"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "a.csv", "trang web HTML"),
        (b"<html><script>alert(1)</script>", "a.jpg", "trang web HTML"),
        (samples.SVG, "a.png", "hình vẽ SVG"),
        (samples.SVG, "a.txt", "hình vẽ SVG"),
        (b"GIF89a <script>", "a.html", "ảnh GIF"),
    ],
)
def test_a_file_that_lies_about_its_type_is_refused_with_what_it_really_is(content, name, really):
    with pytest.raises(Refused, match=really):
        judged(content, name)


def test_programs_are_refused_by_every_field():
    with pytest.raises(Refused, match="chương trình máy tính"):
        judged(samples.PROGRAM, "setup.exe")
    with pytest.raises(Refused, match="Ở đây nhận"):
        judged(b"MZ cut off", "setup.exe")
    with pytest.raises(Refused):
        judged(b"\x7fELF" + bytes(60), "khong-duoi")


def test_a_field_takes_the_kinds_it_names():
    assert judged(samples.PDF, "a.pdf", DOCUMENTS) == "application/pdf"
    with pytest.raises(Refused, match=r"Đây là tệp PDF\. Ở đây nhận ảnh JPEG"):
        judged(samples.PDF, "a.pdf", PICTURES)
    with pytest.raises(Refused, match="SVG có thể chứa mã"):
        judged(samples.SVG, "logo.svg", PICTURES)
    with pytest.raises(Refused, match="không rõ loại"):
        judged(b"\x00\x01\x02\x03", "a.xyz", DOCUMENTS)


def test_a_zip_bomb_is_refused_before_anything_is_unpacked():
    content = samples.bomb()
    assert len(content) < 500_000
    with pytest.raises(Refused, match="lớn bất thường"):
        look(io.BytesIO(content))
    many = samples.archive(**{f"{number}": b"" for number in range(20_001)})
    with pytest.raises(Refused, match="lớn bất thường"):
        look(io.BytesIO(many))


def test_a_damaged_zip_is_refused():
    with pytest.raises(Refused, match="hỏng"):
        look(io.BytesIO(samples.word()[:-30]))


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("hoá\u202egpj.exe", "hoágpj.exe"),
        ("C:\\Users\\Lan\\Công văn.pdf", "Công văn.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\x00\r\nb\u200b.txt", "a b.txt"),
        ("  Tờ   trình .docx ", "Tờ trình .docx"),
        ("Quye\u0302\u0301t đi\u0323nh.pdf", "Quyết định.pdf"),
        ("\u202e\u2066", "tep"),
        (".htaccess", "htaccess"),
    ],
)  # fmt: skip
def test_a_name_hides_nothing(given, clean):
    assert clean_name(given) == clean


def test_a_long_name_keeps_its_ending():
    name = clean_name("Báo cáo " * 60 + ".docx")
    assert len(name) <= 200
    assert name.endswith(".docx")
