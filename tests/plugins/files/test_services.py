import io
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from core.web.errors import Invalid, NotFound
from plugins.files import api, pictures, queries, services, store
from tests.plugins.files import samples
from tests.plugins.files.samples import Desk


def refusal(desk, content, name="a.txt", **limits):
    with pytest.raises(Invalid) as problem:
        desk.store(content, name, **limits)
    assert desk.files() == []
    (text,) = problem.value.errors["file"]
    return text


def test_a_stored_file_says_what_it_is(desk):
    file = desk.store(samples.picture(size=(800, 600)), "Ảnh hiện trường.jpg")
    assert (file.name, file.media_type, file.width, file.height) == (
        "Ảnh hiện trường.jpg",
        "image/jpeg",
        800,
        600,
    )
    assert (file.owner, file.uploaded_by, file.state) == (desk.owner, desk.officer.person_id, "ready")
    assert desk.files() == [file]


def test_an_empty_file_is_refused(desk):
    assert "trống" in refusal(desk, b"")


def test_a_file_above_the_limit_of_its_field_is_refused(desk):
    assert "lớn quá 1 MB" in refusal(desk, b"x" * 1_000_001, max_bytes=1_000_000)
    assert desk.store(b"x" * 1_000_000, max_bytes=1_000_000).size == 1_000_000


def test_an_agency_stores_no_more_than_its_quota(desk, setting):
    setting(files_quota_mb=1)
    desk.store(b"x" * 600_000)
    with pytest.raises(Invalid) as problem:
        desk.store(b"y" * 600_000)
    assert "Cơ quan đã dùng 600 kB trong 1 MB" in problem.value.errors["file"][0]
    setting(files_quota_mb=0)
    desk.store(b"y" * 600_000)


def test_the_space_is_added_up_once_for_a_file(desk, setting, monkeypatch):
    setting(files_quota_mb=1)
    asked, usage = [], queries.usage
    monkeypatch.setattr(queries, "usage", lambda: asked.append("once") or usage())
    desk.store(b"x" * 1_000)
    assert asked == ["once"]


def test_two_files_that_come_at_once_share_the_quota(desk, setting):
    setting(files_quota_mb=1)

    def second():
        with pytest.raises(Invalid):
            desk.store(b"y" * 600_000)

    with ThreadPoolExecutor(1) as other:
        with desk.officer.working():
            services.store_file(io.BytesIO(b"x" * 600_000), name="a.txt", owner=desk.owner)
            waiting = other.submit(copy_context().run, second)
            time.sleep(1)  # by now the second has seen that alone it would fit
        waiting.result()
    assert [file.size for file in desk.files()] == [600_000]


def test_an_administrator_sees_how_much_is_used(agency, desk, setting):
    setting(files_quota_mb=10)
    desk.store(b"x" * 2_500_000, "Bản đồ.txt")
    page = agency.officer("tenants.admin").get("files.space")
    assert page.status_code == 200
    assert "Đã dùng 2,5 MB trong 10 MB." in page.text
    assert "Bản đồ.txt" in page.text
    assert agency.officer("example.writer").get("files.space").status_code == 403


def test_another_agency_has_no_such_file(ground, desk):
    file = desk.store(b"rieng")
    other = Desk.open(ground.agency("example"))
    with other.officer.working(), pytest.raises(NotFound):
        api.stored(file.id)
    assert other.get("files.file", file).status_code == 404


# ---- pictures


def test_a_picture_is_shown_upright_small_and_without_what_the_camera_wrote(desk):
    from PIL import Image

    file = desk.store(samples.photograph(), "a.jpg")
    assert (file.width, file.height) == (600, 800), "as people see it"
    answer = desk.get("files.picture", file, width=320)
    assert answer.headers["Content-Type"] == "image/webp"
    with Image.open(io.BytesIO(answer.content)) as small:
        assert small.size == (320, 427)
        assert not small.getexif()
        red, green, _blue = small.convert("RGB").getpixel((300, 20))
        assert red > 200 > green + 100, "the coloured corner is turned to the right with the picture"
    assert b"ghi chu rieng" not in answer.content


def test_a_picture_is_never_made_larger(desk):
    from PIL import Image

    file = desk.store(samples.picture("PNG", size=(200, 100)), "a.png")
    with Image.open(io.BytesIO(desk.get("files.picture", file, width=1280).content)) as image:
        assert image.size == (200, 100)


def test_only_a_few_widths_are_made(desk):
    file, text = desk.store(samples.picture(), "a.jpg"), desk.store(b"chu")
    assert desk.get("files.picture", file, width=321).status_code == 404
    assert desk.get("files.picture", text, width=320).status_code == 404


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_way_a_camera_may_be_held_ends_upright(desk, turn):
    """The bright corner of each picture is where the camera says that the top left is."""
    from PIL import Image

    upright = Image.new("L", (60, 40))
    upright.paste(255, (0, 0, 30, 20))
    back = {
        2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_90", 7: "TRANSVERSE",
        8: "ROTATE_270",
    }  # fmt: skip
    lying = upright.transpose(Image.Transpose[back[turn]]) if turn in back else upright
    exif = Image.Exif()
    exif[0x0112] = turn
    content = io.BytesIO()
    lying.save(content, "JPEG", exif=exif, quality=95)
    file = desk.store(content.getvalue(), "a.jpg")
    assert (file.width, file.height) == (60, 40)
    with Image.open(io.BytesIO(desk.get("files.picture", file, width=160).content)) as shown:
        grey = shown.convert("L")
        assert [grey.getpixel(at) > 128 for at in ((10, 10), (50, 10), (10, 30), (50, 30))] == [
            True, False, False, False,
        ]  # fmt: skip


def test_transparent_pictures_stay_transparent(desk):
    from PIL import Image

    content = io.BytesIO()
    Image.new("RGBA", (400, 100), (0, 0, 0, 0)).save(content, "PNG")
    file = desk.store(content.getvalue(), "dau.png")
    with Image.open(io.BytesIO(desk.get("files.picture", file, width=160).content)) as shown:
        assert (shown.size, shown.convert("RGBA").getpixel((5, 5))[3]) == ((160, 40), 0)


def test_messengers_get_jpeg_on_white_without_what_the_camera_wrote(desk):
    from PIL import Image

    content = io.BytesIO()
    Image.new("RGBA", (400, 100), (0, 0, 0, 0)).save(content, "PNG")
    for name, sent in (("dau.png", content.getvalue()), ("a.jpg", samples.photograph())):
        answer = desk.get("files.picture", desk.store(sent, name), width=1200)
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert b"ghi chu rieng" not in answer.content
        with Image.open(io.BytesIO(answer.content)) as shown:
            assert shown.format == "JPEG"
            assert name != "dau.png" or shown.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (samples.huge_png(5_000, 5_000), "a.png", "tối đa 20 triệu"),
        (samples.huge_png(30_000, 30_000), "a.png", "Ảnh lớn quá"),
        (samples.huge_png(10, 10), "a.png", "hỏng"),
        (samples.picture()[:3000], "a.jpg", "hỏng"),
    ],
)
def test_pictures_that_are_too_large_or_damaged_are_refused(desk, content, name, words):
    assert words in refusal(desk, content, name)


def test_a_rendition_is_made_once(desk, monkeypatch):
    file = desk.store(samples.picture(), "a.jpg")
    first = desk.get("files.picture", file, width=640)
    monkeypatch.setattr(pictures, "_opened", None)
    assert desk.get("files.picture", file, width=640).content == first.content
    assert pictures.rendition(store.store(), file.digest, 640).stat().st_size == len(first.content)


# ---- forms


def test_a_plain_form_attaches_several_files(desk):
    answer = desk.post_form(("files", "Tờ trình.pdf", samples.PDF), ("files", "b.txt", b"chu"))
    assert answer.status_code == 303
    assert [each.name for each in desk.files()] == ["Tờ trình.pdf", "b.txt"]
    page = desk.officer.get("example.note", note_id=desk.note_id).text
    assert "Tờ trình.pdf" in page
    assert "đính kèm b.txt" in page


def test_a_form_with_one_bad_file_stores_none_and_says_which_field(desk):
    answer = desk.post_form(("files", "a.txt", b"chu"), ("files", "b.pdf", samples.PROGRAM))
    assert answer.status_code == 422
    assert 'id="e-files"' in answer.text
    assert desk.files() == []


def test_a_form_may_be_as_large_as_its_route_says(desk):
    assert desk.post_form(("files", "a.bin", b"\x00" * 30_000_000)).status_code == 303
    answer = desk.post_form(("files", "a.bin", b"\x00" * 60_000_001))
    assert answer.status_code == 422
    assert 'id="e-files"' in answer.text
    assert "Tệp lớn quá 50 MB" in answer.text
    together = desk.post_form(
        ("files", "a.bin", b"\x00" * 40_000_000), ("files", "b.bin", b"\x00" * 40_000_000)
    )
    assert together.status_code == 413
    assert "tối đa 60 MB" in together.text


def test_a_file_is_taken_off_by_those_who_may_write(agency, desk):
    file = desk.store(b"chu")
    reader = agency.officer("example.reader")
    fields = {"note_id": desk.note_id, "file_id": file.id}
    assert reader.post("example.detach", **fields).status_code == 403
    assert desk.officer.post("example.detach", **fields).status_code == 303
    assert desk.officer.post("example.detach", **fields).status_code == 303
    assert desk.files() == []
