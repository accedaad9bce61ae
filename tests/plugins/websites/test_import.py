"""An old site's file becomes articles: what each format says, what is refused, what a second run does."""

import io
import json
import re
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from peewee import PostgresqlDatabase
from PIL import Image

from core.api import acting
from core.db import db, scope
from core.events import SYSTEM
from core.i18n import reading_as
from core.web.uploads import Upload
from plugins.files.queries import Usage
from plugins.websites import import_services, picture_services, publishing, services, site_services
from plugins.websites.cli import import_site
from plugins.websites.import_services import Wish
from plugins.websites.import_texts import PictureFolder
from plugins.websites.importing import Unreadable, read_site
from plugins.websites.models import Article, Category, Imported, Picture, Publication

CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'


def rss(*items: str) -> str:
    body = "\n".join(items)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {CONTENT}><channel><title>Cũ</title>\n{body}\n</channel></rss>'


def item(guid="1", title="Ra quân", body="<p>Nội dung.</p>", more="") -> str:
    return (
        f"<item><guid>{guid}</guid><title>{title}</title><pubDate>Tue, 05 Mar 2019 08:30:00 +0700</pubDate>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded>{more}</item>"
    )


def post(number=1, title="Bài cũ", body="Nội dung", status="publish", kind="post", more="") -> str:
    return f"""<item><title>{title}</title><guid isPermaLink="false">http://cu.vn/?p={number}</guid>
<content:encoded><![CDATA[{body}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_id>{number}</wp:post_id><wp:post_date_gmt>2018-05-01 02:00:00</wp:post_date_gmt>
<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>{more}</item>"""


def wxr(*items: str) -> str:
    spaces = (
        'xmlns:wp="http://wordpress.org/export/1.1/" xmlns:excerpt="http://wordpress.org/export/1.1/excerpt/"'
    )
    return f'<?xml version="1.0"?><rss version="2.0" {CONTENT} {spaces}><channel>{"".join(items)}</channel></rss>'


def draw(path, colour="navy"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 48), colour).save(path)


class Desk:
    """An agency whose old site is imported from a folder of this test."""

    def __init__(self, newsroom, folder):
        self.newsroom, self.agency, self.folder = newsroom, newsroom.agency, folder
        self.pictures = folder / "anh"
        self.pictures.mkdir()
        with self.agency.at_work():
            site_services.prepare(self.agency.info)

    def read(self, text, encoding="utf-8"):
        file = self.folder / "cu.xml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return read_site(file)

    def run(self, text, **wish):
        old = self.read(text)
        with db.connection_context(), scope(self.agency.info.id), acting(SYSTEM):
            return import_services.import_site(old, PictureFolder(self.pictures), Wish(**wish))

    def articles(self):
        with self.agency.at_work():
            rows = Article.select().join(Imported, on=(Imported.article_id == Article.id))
            return {row.title: row for row in rows}

    def one(self):
        (article,) = self.articles().values()
        return article

    def count(self, model):
        with self.agency.at_work():
            return model.select().count()


@pytest.fixture
def desk(newsroom, tmp_path):
    return Desk(newsroom, tmp_path)


def outcomes(report):
    return {name: number for name, number in report.counts.items() if number}


def codes(report):
    return [note.code for line in report.lines for note in line.notes]


# ---- the three formats


def test_a_feed_becomes_drafts_with_cleaned_text_under_their_categories(desk):
    hostile = '<h1 onclick="x()">Đầu</h1><p>Chữ</p><script>alert(1)</script><a href="javascript:x()">bấm</a>'
    report = desk.run(
        rss(
            item(
                "a", "Dọn rác &amp;amp; trồng cây", hostile,
                "<category>tin tuc, su kien</category><category>Khác</category><description>&lt;b&gt;Tóm tắt&lt;/b&gt;</description>",
            ),
            item("b", "Lễ hội", more="<category>Lễ hội đầu xuân</category>"),
        )
    )  # fmt: skip
    assert outcomes(report) == {"added": 2}
    first, second = desk.articles()["Dọn rác & trồng cây"], desk.articles()["Lễ hội"]
    assert (first.state, first.summary, first.kind) == ("draft", "Tóm tắt", "news")
    assert first.body == "<h2>Đầu</h2><p>Chữ</p>bấm"
    with desk.agency.at_work():
        titles = {row.id: row.title for row in Category.select()}
    assert titles[first.category_id] == "Tin tức, sự kiện"
    assert titles[second.category_id] == "Lễ hội đầu xuân"
    assert set(codes(report)) == {"categories_many", "category_new"}
    assert desk.newsroom.audit().count("written") == 2 + 3  # the site's own pages


def test_an_atom_feed_is_read_in_each_of_its_kinds_of_text(desk):
    entries = "".join(
        f"<entry><id>{kind}</id><title>{kind}</title><published>2020-02-03T04:05:06Z</published>{content}</entry>"
        for kind, content in {
            "html": '<content type="html">&lt;p&gt;Một &amp;amp; hai&lt;/p&gt;</content>',
            "text": "<content>1 &lt; 2</content>",
            "xhtml": '<content type="xhtml"><x:div xmlns:x="http://www.w3.org/1999/xhtml"><x:p>Đậm <x:b>nhất</x:b></x:p></x:div></content>',
        }.items()
    )
    desk.run(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Cũ</title>{entries}</feed>', publish=True)
    bodies = {title: article.body for title, article in desk.articles().items()}
    assert bodies["html"] == "<p>Một &amp; hai</p>"
    assert bodies["text"] == "<p>1 &lt; 2</p>"
    assert bodies["xhtml"] == "<p>Đậm <strong>nhất</strong></p>"
    assert desk.articles()["text"].first_published_at == datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)


def test_a_wordpress_export_brings_what_was_public_under_its_old_day(desk):
    report = desk.run(
        wxr(
            post(1, "Công khai", 'Đoạn một\ndòng hai\n\n<h2>Mục</h2>\n\nĐoạn hai [gallery ids="1"]'),
            post(2, "Còn nháp", status="draft"),
            post(3, "Có mật khẩu", more="<wp:post_password>bí mật</wp:post_password>"),
            post(4, "Giới thiệu", kind="page"),
            post(5, "Đã xoá", status="trash"),
            post(6, "Dòng menu", kind="nav_menu_item"),
            post(1, "Trùng, trên cùng một dòng"),
        ),
        publish=True,
    )
    assert outcomes(report) == {"added": 4, "skipped": 3}
    assert sorted(codes(report)) == [
        "in_trash",
        "not_public",
        "not_public",
        "other_type",
        "shortcode",
        "twice",
    ]
    found = desk.articles()
    assert {title: row.state for title, row in found.items()} == {
        "Công khai": "published", "Còn nháp": "draft", "Có mật khẩu": "draft", "Giới thiệu": "published",
    }  # fmt: skip
    assert found["Giới thiệu"].kind == "page"
    shown = desk.newsroom.shown(found["Công khai"].id)
    assert re.sub(r"\s*\n\s*", "", shown.body) == "<p>Đoạn một<br>dòng hai</p><h2>Mục</h2><p>Đoạn hai</p>"
    assert shown.published_at == shown.updated_at == datetime(2018, 5, 1, 2, tzinfo=UTC)


def test_a_date_that_is_still_to_come_or_cannot_be_read_is_told(desk):
    ahead = item("a", "Sắp tới").replace("2019", "2999")
    unreadable = item("b", "Không rõ").replace("Tue, 05 Mar 2019 08:30:00 +0700", "hôm qua")
    dateless = item("c", "Không ghi").replace("<pubDate>Tue, 05 Mar 2019 08:30:00 +0700</pubDate>", "")
    report = desk.run(rss(ahead, unreadable, dateless), publish=True)
    assert codes(report) == ["date_future", "date_unreadable", "date_unknown", "date_unknown"]
    assert {row.state for row in desk.articles().values()} == {"draft"}
    again = desk.run(rss(ahead, unreadable, dateless), publish=True)
    assert (outcomes(again), codes(again)) == (
        {"unchanged": 3},
        ["date_future", "date_unknown", "date_unknown"],
    )
    assert desk.run(rss(ahead, unreadable, dateless), publish=True, dry_run=True) == again


def test_a_published_article_keeps_its_day_when_the_source_loses_it(desk):
    desk.run(rss(item("a")), publish=True)
    changed = item("a", body="<p>Chữ mới.</p>").replace("Tue, 05 Mar 2019 08:30:00 +0700", "hôm qua")
    assert outcomes(desk.run(rss(changed), publish=True)) == {"changed": 1}
    shown = desk.newsroom.shown(desk.one().id)
    assert (shown.body, shown.published_at.year) == ("<p>Chữ mới.</p>", 2019)


def test_what_holds_nothing_is_skipped_and_a_title_alone_stays_a_draft(desk):
    report = desk.run(rss(item("a", "", "<p> </p>"), item("b", "Chỉ có tiêu đề", "")), publish=True)
    assert [(line.outcome, [note.code for note in line.notes]) for line in report.lines] == [
        ("skipped", ["nothing"]),
        ("added", ["no_text"]),
    ]
    assert {title: row.state for title, row in desk.articles().items()} == {"Chỉ có tiêu đề": "draft"}


def test_an_item_without_title_or_id_takes_its_first_words_and_is_known_again(desk):
    bare = rss("<item><description>Một thông báo ngắn</description></item>")
    assert codes(desk.run(bare)) == ["no_title"]
    assert outcomes(desk.run(bare)) == {"unchanged": 1}
    assert desk.one().title == "Một thông báo ngắn"


def test_items_with_one_id_are_imported_once_and_a_text_too_long_holds_nobody_back(desk):
    report = desk.run(
        rss(item("a"), item("a", "Trùng"), item("b", "Dài", "<p>x y</p>" * 120_000), item("c", "Sau"))
    )
    assert [(line.outcome, line.line) for line in report.lines] == [
        ("added", 3), ("skipped", 4), ("failed", 5), ("added", 6),
    ]  # fmt: skip
    assert codes(report) == ["twice", "too_long"]
    assert set(desk.articles()) == {"Ra quân", "Sau"}


# ---- files that are refused

BOMB = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n<rss><channel><item><title>&b;</title></item></channel></rss>'
STOLEN = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<rss><channel><item><title>&a;</title></item></channel></rss>'


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "empty", 0),
        (b"PK\x03\x04rest", "packed", 0),
        (b"<!DOCTYPE html>\n<html></html>", "html", 1),
        (b'{"items": []}', "not_xml", 1),
        (b"<?xml version='1.0'?>\n\n<opml><body/></opml>", "other", 3),
        (BOMB.encode(), "entities", 2),
        (STOLEN.encode(), "entities", 2),
        (rss(item("a"), "<item><title>Hở").encode(), "broken", 5),
        (rss(item("a"), item("b", "&khong;")).encode(), "broken", 4),
        (rss(item("a"), item("b", "Tiếng Việt")).encode().replace("ế".encode(), b"\xea\xec"), "encoding", 4),
        (rss(item()).replace("UTF-8", "x-viet").encode(), "encoding", 1),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_its_line_and_changes_nothing(desk, content, code, line):
    with pytest.raises(Unreadable) as refused:
        desk.run(content)
    assert (refused.value.note.code, refused.value.line) == (code, line)
    assert desk.articles() == {}


def test_lines_are_right_far_down_in_a_long_file(desk):
    old = desk.read(rss(item("a"), "\n" * 70_000, item("b")))
    assert [each.line for each in old.items()] == [3, 70_005]


def test_a_file_in_another_named_encoding_is_read(desk):
    text = rss(item(title="Phường Thuận Hoá")).replace("UTF-8", "UTF-16")
    assert next(desk.read(text, "utf-16").items()).title == "Phường Thuận Hoá"


# ---- pictures


def test_pictures_are_found_by_name_stored_once_and_described(desk):
    draw(desk.pictures / "2019" / "Bến thuyền.png")
    draw(desk.pictures / "le-ra-quan.png", "teal")
    body = (
        '<p><img src="http://cu.vn/uploads/2019/B%E1%BA%BFn%20thuy%E1%BB%81n.png?w=3" alt="Bến &lt;thuyền&gt;"></p>'
        '<p><img src="/uploads/le-ra-quan-300x200.png"></p><p><img src="http://cu.vn/mat.jpg" alt="Mất"></p>'
    )
    report = desk.run(rss(item("a", body=body), item("b", "Bài hai", body)))
    assert outcomes(report) == {"added": 2}
    assert codes(report) == ["picture_alt", "picture_missing"] * 2
    with desk.agency.at_work():
        pictures = {row.alt: row.id for row in Picture.select()}
    assert set(pictures) == {"Bến <thuyền>", "Le ra quan"}
    for article in desk.articles().values():
        assert re.findall(r"picture:([0-9a-f-]{36})", article.body) == [
            str(each) for each in pictures.values()
        ]
        assert "cu.vn" not in article.body
        assert article.body.count('width="64" height="48"') == 2


def test_wordpress_says_what_pictures_show_and_which_one_leads(desk):
    draw(desk.pictures / "a.png")
    draw(desk.pictures / "b.png", "teal")

    def attached(number, name, alt):
        meta = f"<wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key><wp:meta_value>{alt}</wp:meta_value></wp:postmeta>"
        return post(
            number,
            kind="attachment",
            more=f"<wp:attachment_url>http://cu.vn/{name}</wp:attachment_url>{meta}",
        )

    leading = (
        "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>9</wp:meta_value></wp:postmeta>"
    )
    body = 'Chữ\n\n[caption id="x" width="300"]<img src="http://cu.vn/b.png"> Đoàn viên dọn rác[/caption]'
    source = wxr(post(1, body=body, more=leading), attached(9, "a.png", "Bờ kè"))
    report = desk.run(source)
    article = desk.one()
    assert outcomes(desk.run(source)) == {"unchanged": 1}
    assert (desk.one().version, desk.count(Picture)) == (article.version, 2)
    with desk.agency.at_work():
        alts = {row.id: (row.alt, row.caption) for row in Picture.select()}
    assert alts[article.cover_id] == ("Bờ kè", "")
    assert ("Đoàn viên dọn rác", "Đoàn viên dọn rác") in alts.values()
    assert "<figcaption>Đoàn viên dọn rác</figcaption></figure>" in article.body
    assert outcomes(report) == {"added": 1}


def test_pictures_of_a_gallery_are_taken_where_it_stands(desk):
    draw(desk.pictures / "a.png")
    draw(desk.pictures / "b.png", "teal")
    alt = "<wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key><wp:meta_value>Bờ kè &amp; cầu</wp:meta_value></wp:postmeta>"

    def attached(number, name, more=""):
        address = f"<wp:attachment_url>http://cu.vn/{name}</wp:attachment_url>"
        return post(number, kind="attachment", more=address + more).replace(
            "<excerpt:encoded><![CDATA[]]>", f"<excerpt:encoded><![CDATA[{'' if more else 'Đoàn dọn rác'}]]>"
        )

    body = 'Trước [gallery columns="2" ids="9,8,9"] sau\n\n[gallery ids="7"]\n\n[gallery]'
    report = desk.run(
        wxr(post(1, body=body), attached(9, "a.png", alt), attached(8, "b.png"), attached(7, "mat.jpg"))
    )
    assert codes(report) == ["shortcode", "picture_alt", "picture_missing"]
    with desk.agency.at_work():
        rows = {str(row.id): (row.alt, row.caption) for row in Picture.select()}
    shown = re.sub(r"picture:([0-9a-f-]{36})", lambda found: rows[found[1]][0], desk.one().body)
    assert (
        re.sub(r"\s*\n\s*| (?:width|height)=\"\d+\"", "", shown)
        == (
            '<p>Trước</p><figure><img src="Bờ kè & cầu" alt="Bờ kè &amp; cầu"></figure>'
            '<figure><img src="Đoàn dọn rác" alt="Đoàn dọn rác"><figcaption>Đoàn dọn rác</figcaption></figure><p>sau</p>'
            "<figure><figcaption>Đoàn dọn rác</figcaption></figure>"  # words stay, as below any picture that is missing
        )
    )


def test_a_gallery_with_a_picture_that_the_export_lacks_is_told(desk):
    draw(desk.pictures / "a.png")
    there = post(9, kind="attachment", more="<wp:attachment_url>http://cu.vn/a.png</wp:attachment_url>")
    report = desk.run(wxr(post(1, body="Chữ [gallery ids='9,10']"), there))
    assert codes(report) == ["shortcode", "picture_alt"]
    assert desk.one().body.count("<img ") == 1


def test_of_pictures_with_one_name_the_one_in_the_same_folder_is_taken(desk):
    draw(desk.pictures / "2018" / "a.png", "navy")
    draw(desk.pictures / "2019" / "a.png", "teal")
    folder = PictureFolder(desk.pictures)
    assert folder.find("http://cu.vn/uploads/2019/a.png") == (desk.pictures / "2019" / "a.png", False)
    assert folder.find("http://cu.vn/a.png") == (desk.pictures / "2018" / "a.png", True)
    assert folder.find("../../etc/passwd") == (None, False)


def test_a_text_cannot_name_a_picture_of_the_library(desk):
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    with desk.agency.at_work():
        content.seek(0)
        secret = picture_services.put_picture(
            Upload("a.png", 1, content), alt="Kín", caption="", person_id=None
        ).id
    bodies = [f'<p>x<img src="picture:{secret}"></p>', f'<p>x<img title="<" src="picture:{secret}"></p>']
    desk.run(rss(*(item(str(n), f"Bài {n}", body) for n, body in enumerate(bodies))), publish=True)
    assert [str(secret) in article.body for article in desk.articles().values()] == [False, False]


def test_a_file_that_is_no_picture_is_refused_and_taken_when_it_was_mended(desk):
    (desk.pictures / "a.png").write_bytes(b"<svg onload='x()'/>")
    source = rss(item(body='<p>Chữ</p><img src="a.png" alt="Ảnh">'))
    report = desk.run(source)
    assert (outcomes(report), codes(report)) == ({"added": 1}, ["picture_refused"])
    (told,) = report.lines[0].notes
    assert told.text.startswith("Không nhận ảnh “a.png”: Tên tệp có đuôi .png nhưng nội dung là")
    with reading_as("en"):
        assert told.text.startswith("The picture “a.png” was refused: The name ends with .png")
    assert desk.one().body == "<p>Chữ</p>"
    again = desk.run(source)
    assert (outcomes(again), codes(again)) == ({"unchanged": 1}, ["picture_refused"])
    draw(desk.pictures / "a.png")
    assert outcomes(desk.run(source)) == {"changed": 1}
    assert "picture:" in desk.one().body


def test_a_text_with_too_many_pictures_is_told_and_holds_nobody_back(desk):
    draw(desk.pictures / "a.png")
    source = rss(item("a", body='<img src="a.png" alt="Ảnh">' * 101), item("b", "Sau"))
    dry = desk.run(source, dry_run=True)
    report = desk.run(source)
    assert (outcomes(report), codes(report)) == ({"added": 1, "failed": 1}, ["pictures_many"])
    assert dry == report
    assert "101 ảnh, nhiều nhất 100" in report.lines[0].notes[0].text


# ---- again


def test_a_second_run_changes_nothing(desk):
    draw(desk.pictures / "a.png")
    source = rss(item("a", body='<p>Chữ</p><img src="a.png" alt="Ảnh">'), item("b", "Hai"))
    desk.run(source, publish=True)
    before, facts = desk.articles(), desk.newsroom.audit()
    assert outcomes(desk.run(source, publish=True)) == {"unchanged": 2}
    assert {title: row.version for title, row in desk.articles().items()} == {
        title: row.version for title, row in before.items()
    }
    assert (desk.newsroom.audit(), desk.count(Picture), desk.count(Imported)) == (facts, 1, 2)


def test_a_changed_source_changes_an_article_and_what_the_public_sees_of_it(desk):
    desk.run(rss(item("a")), publish=True)
    report = desk.run(rss(item("a", body="<p>Mới.</p>")))
    assert outcomes(report) == {"changed": 1}
    article = desk.one()
    shown = desk.newsroom.shown(article.id)
    assert (article.body, shown.body, article.state) == ("<p>Mới.</p>", "<p>Mới.</p>", "published")
    assert shown.published_at == datetime(2019, 3, 5, 1, 30, tzinfo=UTC)
    assert desk.newsroom.audit()[-2:] == ["changed", "published"]


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("body", ["", '<p><img src="a.png" alt="Ảnh"></p>'])
def test_nothing_empty_is_published_nor_takes_the_place_of_a_public_text(desk, body, dry_run):
    """Neither when the picture that was all of it is refused."""
    (desk.pictures / "a.png").write_bytes(b"<svg onload='x()'/>")
    desk.run(rss(item("a")), publish=True)
    for _time in range(2):
        report = desk.run(rss(item("a", body=body), item("b", "Hai", body)), publish=True, dry_run=dry_run)
        assert report.lines[0].outcome == "kept"
        assert codes(report).count("no_text") == 2
    assert desk.newsroom.shown(desk.articles()["Ra quân"].id).body == "<p>Nội dung.</p>"
    assert dry_run or desk.articles()["Hai"].state == "draft"


def test_what_staff_save_while_a_batch_is_stored_stays(desk, monkeypatch):
    desk.run(rss(item("a")), publish=True)
    article_id, editor = desk.one().id, desk.newsroom.editor
    look_up = import_services._Run._look_up

    def look_up_and_be_overtaken(run, ready):
        look_up(run, ready)
        with ThreadPoolExecutor(1) as other:
            other.submit(desk.newsroom.change, editor, article_id, body="<p>Sửa tay.</p>").result(20)

    monkeypatch.setattr(import_services._Run, "_look_up", look_up_and_be_overtaken)
    report = desk.run(rss(item("a", body="<p>Mới từ trang cũ.</p>")), publish=True)
    assert (outcomes(report), codes(report)) == ({"kept": 1}, ["edited"])
    assert desk.one().body == "<p>Sửa tay.</p>"
    assert desk.newsroom.shown(article_id).body == "<p>Nội dung.</p>"


def at_site(source, link):
    return source.replace("<channel>", f"<channel><link>{link}</link>")


def test_two_old_sites_that_count_from_one_stay_two(desk):
    for host, title in (("xa-a.vn", "Tin của xã A"), ("xa-b.vn", "Tin của xã B")):
        for link in (f"http://{host}", f"https://www.{host}/tin-tuc?trang=2"):
            report = desk.run(at_site(rss(item("1", title)), link), publish=True)
        assert outcomes(report) == {"unchanged": 1}, "the same site by another address"
    assert set(desk.articles()) == {"Tin của xã A", "Tin của xã B"}
    with desk.agency.at_work():
        assert {row.source for row in Imported.select()} == {"xa-a.vn 1", "xa-b.vn 1"}


def test_what_an_earlier_version_imported_under_a_bare_name_is_found_again(desk):
    desk.run(rss(item("1"), item("2", "Hai")), publish=True)  # as it was kept: without the site
    again = at_site(rss(item("1", body="<p>Mới.</p>"), item("2", "Hai")), "http://cu.vn")
    assert outcomes(desk.run(again, publish=True)) == {"changed": 1, "unchanged": 1}
    with desk.agency.at_work():
        assert {row.source for row in Imported.select()} == {"cu.vn 1", "2"}
    other = at_site(rss(item("1", "Khác"), item("2", "Khác nữa")), "http://khac.vn")
    assert outcomes(desk.run(other)) == {"added": 2}
    assert set(desk.articles()) == {"Ra quân", "Hai", "Khác", "Khác nữa"}


@pytest.mark.parametrize("guid", ["http://cu.vn/?p=1", "urn:uuid:1225c695", "tag:cu.vn,2019:1"])
def test_a_name_that_is_nobody_elses_is_kept_as_it_is(desk, guid):
    (found,) = desk.read(at_site(rss(item(guid)), "http://cu.vn")).items()
    assert (found.source, found.bare_source) == (guid, "")


@pytest.mark.parametrize("act", ["edit", "submit"])
def test_an_article_that_staff_took_on_is_left_alone_and_told(desk, act):
    desk.run(rss(item("a")))
    editor = desk.newsroom.editor
    if act == "edit":
        desk.newsroom.change(editor, desk.one().id, body="<p>Sửa tay.</p>")
    else:
        with editor.working() as ctx:
            services.forward_article(ctx, desk.one().id)
    body = desk.one().body
    report = desk.run(rss(item("a")), publish=True)
    assert (outcomes(report), codes(report)) == ({"unchanged": 1}, ["edited"] if act == "edit" else [])
    assert codes(desk.run(rss(item("a")))) == []
    report = desk.run(rss(item("a", body="<p>Mới.</p>")), publish=True)
    assert (outcomes(report), codes(report)) == ({"kept": 1}, ["edited"])
    assert desk.one().body == body
    assert desk.newsroom.shown(desk.one().id) is None


@pytest.mark.parametrize("wish", [{}, {"publish": True}, {"dry_run": True}])
def test_what_is_no_longer_public_at_its_source_stays_and_is_told_each_time(desk, wish):
    desk.run(wxr(post()), publish=True)
    for _time in range(2):
        report = desk.run(wxr(post(status="draft", body="Đang viết lại")), **wish)
        assert (outcomes(report), codes(report)) == ({"kept": 1}, ["still_public"])
    assert desk.one().state == "published"
    assert "Nội dung" in desk.newsroom.shown(desk.one().id).body


def test_drafts_of_an_earlier_run_are_published_by_a_later_one(desk):
    desk.run(rss(item("a")))
    assert outcomes(desk.run(rss(item("a")), publish=True)) == {"changed": 1}
    assert desk.one().state == "published"
    assert outcomes(desk.run(rss(item("a")))) == {"unchanged": 1}
    assert desk.one().state == "published"


def test_stopped_in_the_middle_of_an_item_the_next_run_comes_to_the_same_end(desk, monkeypatch):
    draw(desk.pictures / "a.png")
    source = rss(
        item("a"),
        item("b", "Hai", '<img src="a.png" alt="Ảnh">', "<category>Mới</category>"),
        item("c", "Ba"),
    )

    class Killed(BaseException):
        pass

    put_online = publishing.put_online

    def die(article, *rest, **more):
        if article.title == "Hai":
            raise Killed
        put_online(article, *rest, **more)

    monkeypatch.setattr(publishing, "put_online", die)
    monkeypatch.setattr(import_services, "BATCH", 1)
    with pytest.raises(Killed):
        desk.run(source, publish=True)
    assert set(desk.articles()) == {"Ra quân"}
    assert desk.count(Picture) == 0
    monkeypatch.undo()
    assert outcomes(desk.run(source, publish=True)) == {"unchanged": 1, "added": 2}
    assert desk.count(Publication) == 3


def test_a_dry_run_tells_the_same_and_writes_nothing(desk, monkeypatch):
    """Also of pictures: of each whether it would be taken, beside those before it."""
    for n, name in enumerate(("a.png", "b.png", "c.png")):
        draw(desk.pictures / name, ["navy", "teal", "red"][n])
    (desk.pictures / "lies.png").write_bytes(b"<svg onload='x()'/>")
    source = rss(
        item("a", body='<p>x</p><img src="a.png"><img src="none.png">', more="<category>Mới</category>"),
        item("b", "Hai", '<p>x</p><img src="lies.png"><img src="b.png">', "<category>Mới</category>"),
        item("c", "Ba", '<p>x</p><figure><img src="c.png"></figure><img src="a.png">'),
    )
    before = desk.count(Category)
    taken = sum((desk.pictures / name).stat().st_size for name in ("a.png", "b.png"))
    monkeypatch.setattr(Usage, "takes", lambda self, size: self.used + size <= taken)
    dry = desk.run(source, dry_run=True, publish=True)
    assert (desk.articles(), desk.count(Picture), desk.count(Category)) == ({}, 0, before)
    real = desk.run(source, publish=True)
    assert dry == real
    assert codes(real).count("picture_refused") == 2
    assert codes(real).count("category_new") == 1
    assert desk.run(source, dry_run=True, publish=True) == desk.run(source, publish=True)
    (desk.pictures / "lies.png").unlink()
    assert desk.run(source, dry_run=True, publish=True) == desk.run(source, publish=True)


def test_many_items_take_few_statements_and_little_memory(desk, monkeypatch):
    """Of the texts no more than a batch is in memory, whatever the file's size."""
    asked = []
    execute = PostgresqlDatabase.execute_sql
    monkeypatch.setattr(
        PostgresqlDatabase, "execute_sql", lambda self, *rest: asked.append(1) or execute(self, *rest)
    )
    source = rss(*(item(str(n), f"Bài {n}", f"<p>{'chữ ' * 5_000}</p>") for n in range(120)))
    desk.run(source, publish=True)
    assert len(asked) < 20 * 120
    asked.clear()
    tracemalloc.start()
    try:
        assert outcomes(desk.run(source, publish=True)) == {"unchanged": 120}
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(asked) < 40
    held = import_services.BATCH * 20_000 * 2  # the batch, and its texts cleaned
    assert most < 4 * held < 2 * len(source.encode()) * 3


# ---- the command


def test_the_command_reports_in_both_languages_and_as_json(desk):
    file = desk.folder / "cu.xml"
    file.write_text(rss(item("a", body='<img src="mat.jpg">'), item("a")), "utf-8")
    call = [str(file), "--tenant", desk.agency.info.code, "--pictures", str(desk.pictures)]

    def run(*more):
        with db.connection_context(), acting(SYSTEM):
            return CliRunner().invoke(import_site, [*call, *more])

    dry = json.loads(run("--dry-run", "--json").stdout)
    assert (dry["dry_run"], dry["counts"]["added"], dry["counts"]["skipped"]) == (True, 1, 1)
    assert [(each["line"], each["outcome"]) for each in dry["items"]] == [(3, "added"), (4, "skipped")]
    assert dry["items"][0]["notes"][0]["message_en"] == "The picture “mat.jpg” is not in the folder."
    done = run()
    assert done.exit_code == 0, done.output
    assert (
        "Không thấy ảnh “mat.jpg” trong thư mục. · The picture “mat.jpg” is not in the folder." in done.stdout
    )
    assert "Thêm: 1, Đổi: 0" in done.stdout
    assert "Added: 1, Changed: 0" in done.stdout
    file.write_text("<rss><item>", "utf-8")
    broken = run()
    assert broken.exit_code == 1
    assert "cu.xml, dòng 1: XML hỏng" in broken.stderr
    assert json.loads(run("--json").stdout)["error"]["code"] == "broken"


def test_the_command_wants_an_agency_that_has_the_module(desk, ground):
    file = desk.folder / "cu.xml"
    file.write_text(rss(item("a")), "utf-8")
    for code, said in (
        ("khong-co", "There is no agency “khong-co”"),
        (ground.agency().info.code, "has not switched"),
    ):
        with db.connection_context(), acting(SYSTEM):
            refused = CliRunner().invoke(import_site, [str(file), "--tenant", code])
        assert refused.exit_code == 1
        assert said in refused.output


def test_a_path_that_leads_nowhere_is_told_in_both_languages(desk):
    nowhere, file = desk.folder / "khong-co", desk.folder / "cu.xml"
    file.write_text(rss(item("a")), "utf-8")
    no_folder = "Không có thư mục này. Hãy xem lại đường dẫn. · There is no such folder. Check the path."
    for call, told in (
        ([nowhere], "Không có tệp này. Hãy xem lại đường dẫn. · There is no such file. Check the path."),
        ([desk.folder], "Đây là thư mục. Hãy chọn tệp ở trong đó. · This is a folder. Choose a file in it."),
        ([file, "--pictures", nowhere], no_folder),
        ([file, "--pictures", file], no_folder),
    ):
        words = [*map(str, call), "--tenant", desk.agency.info.code]
        with db.connection_context(), acting(SYSTEM):
            refused = CliRunner().invoke(import_site, words)
        assert refused.exit_code == 1
        assert f"{call[-1]}: {told}" in refused.output


def test_notes_are_told_in_the_readers_language(desk):
    report = desk.run(rss(item("a", body='<img src="mat.jpg">')))
    with reading_as("en"):
        assert report.lines[0].notes[0].text == "The picture “mat.jpg” is not in the folder."


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("Một\n\n<p>Hai</p>\n\nBa\nbốn", "<p>Một</p><p>Hai</p><p>Ba<br>bốn</p>"),
        ('<p class="x">Một</p>\nHai\n\nBa', "<p>Một</p><p>Hai</p><p>Ba</p>"),
        ("<p>Một\n\nHai</p>\n\nBa", "<p>Một</p><p>Hai</p><p>Ba</p>"),
        ("Một<h2>Mục</h2>Hai", "<p>Một</p><h2>Mục</h2><p>Hai</p>"),
        ("<ul>\n<li>Một</li>\n\n<li>Hai</li>\n</ul>\nBa", "<ul><li>Một</li><li>Hai</li></ul><p>Ba</p>"),
        (
            "<blockquote>Một\n\nHai</blockquote>\n\n<p>Ba</p>",
            "<blockquote>Một<p>Hai</p></blockquote><p>Ba</p>",
        ),
        (
            (
                "<!-- wp:paragraph -->\n<p>Một</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:list -->\n"
                "<ul><!-- wp:list-item --><li>Hai</li>\n<!-- /wp:list-item --></ul>\n<!-- /wp:list -->\n\nBa<!--more-->Bốn"
            ),
            "<p>Một</p><ul><li>Hai</li></ul><p>Ba</p><p>Bốn</p>",
        ),
    ],
)
def test_blank_lines_part_paragraphs_beside_those_that_are_marked(desk, source, body):
    desk.run(wxr(post(1, body=source)))
    assert re.sub(r"\s*\n\s*", "", desk.one().body) == body


def test_one_link_that_is_left_is_told_in_english(desk):
    report = desk.run(wxr(post(1, body='<p><a href="/tin">Tin</a></p>')))
    with reading_as("en"):
        (note,) = [note.text for line in report.remarks for note in line.notes]
    assert note.startswith("Links that still lead to the old site: 1, the first to /tin.")


def test_links_that_still_lead_to_the_old_site_are_told_each_time(desk):
    body = '<p><a href="http://www.cu.vn/tep/15-qd.pdf?a=1&amp;b=2">15/QĐ</a> <a href="/tin">Tin</a> <a href="https://khac.vn/">Khác</a></p>'
    export = wxr(post(1, body=body), post(2, body='<p><a href="https://khac.vn/">Khác</a></p>'))
    for _again in range(2):
        report = desk.run(export)
        assert codes(report) == ["old_links"]
        ((line,),) = ([line.notes for line in report.remarks if line.notes],)
        assert line[0].fields == {"count": 2, "address": "http://www.cu.vn/tep/15-qd.pdf?a=1&b=2"}


def test_an_article_of_a_hand_made_file_has_the_day_of_the_old_sites_clock(tmp_path):
    file = tmp_path / "cu.xml"
    gmt = "<wp:post_date_gmt>2018-05-01 02:00:00</wp:post_date_gmt>"
    file.write_text(
        wxr(post(status="future").replace(gmt, "<wp:post_date>2018-05-01 02:00:00</wp:post_date>"))
    )
    (found,) = read_site(file).items()
    assert found.at == datetime(2018, 4, 30, 19, tzinfo=UTC)
