"""Two revisions as a person reads them: blocks in words, and how much of each field differs."""

from datetime import date

import pytest

from plugins.websites import comparing, queries
from tests.plugins.websites.newsroom import add_picture


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<h2>Nơi họp</h2><p>Phòng A,<br>tầng 2</p>", ["Đề mục lớn: Nơi họp", "Phòng A,", "tầng 2"]),
        ("<ul><li>Một</li><li><p>Hai</p></li></ul>", ["• Một", "• Hai"]),
        ("<blockquote><p>Lời</p><p>khác</p></blockquote><p>Sau</p>", ["Trích dẫn: Lời", "khác", "Sau"]),
        (
            "<table><tbody><tr><th>Ngày</th><td><p>14/9</p></td></tr><tr><td>Giờ</td><td>8&nbsp;giờ</td></tr></tbody></table>",
            ["Ngày | 14/9", "Giờ | 8 giờ"],
        ),
        ('<p>Xem <a href="https://hue.gov.vn/vb">văn bản</a>.</p>', ["Xem văn bản (https://hue.gov.vn/vb)."]),
        (
            '<figure><img src="picture:0" alt="Bến &amp; thuyền"><figcaption>Sông Hương</figcaption></figure>',
            ["[Ảnh: Bến & thuyền]", "Chú thích: Sông Hương"],
        ),
        ("<p> </p>", []),
        ("Chữ trần", ["Chữ trần"]),
    ],
)
def test_blocks_are_read_out_in_words(html, lines):
    assert comparing.blocks(html) == lines


def test_a_text_without_end_is_compared_up_to_a_bound_and_says_so():
    found = comparing.blocks("<p>Đoạn</p>" * (comparing.MOST_BLOCKS + 7))
    assert len(found) == comparing.MOST_BLOCKS + 1
    assert found[-1] == "… và 7 đoạn nữa, không so ở đây"


def test_fields_that_differ_are_told_in_the_order_of_the_form(newsroom):
    picture_id = add_picture(newsroom, alt="Bến thuyền")
    article_id = newsroom.article(kind="document", body="<p>Một.</p><p>Hai.</p><p>Ba.</p>")
    newsroom.change(
        newsroom.editor,
        article_id,
        body="<p>Một.</p><h2>Hai.</h2>",
        cover_id=picture_id,
        issued_on=date(2026, 9, 2),
    )
    with newsroom.editor.working():
        first, second = (queries.revision(article_id, number) for number in (1, 2))
        found = comparing.compare_revisions(first, second)
        assert comparing.compare_revisions(first, first) == ()
    assert [(field.title, field.told) for field in found] == [
        ("Nội dung", "sửa 1 đoạn, bỏ 1 đoạn"),
        ("Ảnh đại diện", "đã thêm"),
        ("Ngày ban hành", "đã thêm"),
    ]
    assert [piece.text for line in found[1].lines for piece in line.new] == ["Bến thuyền"]
    assert [piece.text for line in found[2].lines for piece in line.new] == ["02/9/2026"]
