"""The test page of the shared components for module authors: each one once, in each state, with invented content."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import falcon

from core.declarations import Change, TimelineEntry
from core.text import mark_words
from core.web.components import Chip, Column, Counter, FormView, Option, Pager, Tab, Tag
from core.web.errors import NotFound
from core.web.listing import BulkButton, ColumnChoice, ListingView, ViewTab
from core.web.rendering import in_development, page
from core.web.request import Request


@dataclass(frozen=True, slots=True)
class ShowcaseView:
    """Samples for every component; the template only arranges them."""

    tabs: tuple[Tab, ...] = (
        Tab(title="Hiện tại", url="?tab=now", count="67", current=True),
        Tab(title="Sắp bắt đầu", url="?tab=next", count="2"),
    )
    counters: tuple[Counter, ...] = (
        Counter(value="2", label="Quá hạn", url="?late", late=True),
        Counter(value="3", label="Hôm nay", url="?today"),
        Counter(value="1.000+", label="Tất cả", url="?all", current=True),
    )
    chips: tuple[Chip, ...] = (
        Chip(label="Kỳ họp", value="thứ 5", remove_url="?a"),
        Chip(label="Cấp giải quyết", value="thành phố", remove_url="?b"),
    )
    tags: tuple[Tag, ...] = (
        Tag(text="Môi trường"),
        Tag(text="Lãnh đạo ký", kind="cham"),
        Tag(text="Thêm", kind="ok", icon="plus"),
        Tag(text="Cần xem", kind="warn", icon="alert-triangle"),
        Tag(text="Lỗi", kind="bad", icon="circle-x"),
        Tag(text="Từ 01/10/2026", kind="wait"),
    )
    dues: tuple[tuple[str, str, str], ...] = (
        ("late", "Quá hạn 7 ngày", "28/8"),
        ("today", "Hôm nay 17:00", "04/9"),
        ("soon", "Còn 2 ngày làm việc", "08/9"),
        ("in-time", "Còn 17 ngày", "21/9"),
        ("paused", "Tạm dừng", ""),
        ("none", "Không tính hạn", ""),
        ("done", "Xong sớm 1 ngày", "03/9"),
        ("done-late", "Xong trễ 3 ngày", "01/9"),
    )
    states: tuple[tuple[str, str], ...] = (
        ("draft", "Nháp"),
        ("new", "Chờ phân công"),
        ("mine", "Chờ tôi"),
        ("doing", "Đang xử lý"),
        ("wait", "Chờ nơi khác"),
        ("sign", "Chờ ký"),
        ("back", "Trả lại: chưa nêu lộ trình"),
        ("done", "Đã trả lời"),
        ("pub", "Đã công khai"),
        ("stop", "Dừng xử lý"),
    )
    columns: tuple[Column, ...] = (
        Column(title="Nội dung", sort_url="?sort=title", sorted="ascending"),
        Column(title="Chủ trì"),
        Column(title="Ngày", kind="num"),
        Column(title="Thực đơn", kind="act"),
    )
    options: tuple[Option, ...] = (Option("1", "Tổ đại biểu số 1"), Option("3", "Tổ đại biểu số 3"))
    found: tuple[tuple[str, bool], ...] = mark_words("Nạo vét mương kiệt 131 Trần Phú", ("muong", "tran"))
    listing: ListingView = field(
        default_factory=lambda: ListingView(
            key="sample",
            query="q=muong",
            sort="at",
            cols="",
            columns=(
                Column(title="Nội dung"),
                Column(title="Tiếp nhận lúc", kind="fit", sort_url="?sort=-at", sorted="ascending"),
            ),
            shown=frozenset({"title", "at"}),
            views=(
                ViewTab(title="Tất cả", url="?view=all"),
                ViewTab(title="Quá hạn của tôi", url="?late", current=True, edit_url="?edit"),
                ViewTab(title="Phòng theo dõi", url="?unit", shared=True, edit_url="?edit"),
            ),
            save_url="#lt-sample",
            choices=(
                ColumnChoice(key="title", title="Nội dung", shown=True, fixed=True),
                ColumnChoice(key="unit", title="Chủ trì", shown=False),
                ColumnChoice(key="at", title="Tiếp nhận lúc", shown=True),
            ),
            columns_url="?columns",
            export_url="?export",
            exports_url="?exports",
            bulk_url="?bulk",
            actions=(BulkButton(key="archive", title="Cất", icon="archive"),),
            rows=2,
            total="86",
        )
    )
    pager: Pager = Pager(text="Dòng 1–50 trong 1.000+", next_url="?after=x")
    form: FormView = field(
        default_factory=lambda: FormView(
            {"group": "3", "met": "14/9/2026", "text": "Mương hay bị ngập.", "fields": ["3"]},
            {"met": ["Ngày tiếp xúc không được sau hôm nay, 04/9/2026"]},
        )
    )
    files: tuple[dict[str, str], ...] = (
        {
            "name": "Tờ trình.pdf",
            "detail": "1,2 MB",
            "url": "?file",
            "view_url": "?view",
            "remove_url": "?remove",
        },
        {
            "name": "Bản đồ.zip",
            "detail": "310 MB · chờ quét mã độc",
            "url": "",
            "view_url": "",
            "remove_url": "",
        },
    )
    timeline: tuple[TimelineEntry, ...] = (
        TimelineEntry(
            datetime(2026, 9, 3, 9, 20, tzinfo=UTC),
            "Lê Quang Vinh",
            "trả lại cho Trần Mỹ Hạnh",
            (Change("Trạng thái", "Chờ duyệt", "Đang soạn trả lời"),),
            milestone=True,
        ),
        TimelineEntry(datetime(2026, 6, 29, 7, 10, tzinfo=UTC), "Trần Mỹ Hạnh", "tiếp nhận, số vào sổ 296"),
    )


class Showcase:
    """Shows the components to developers; a real installation has no such page."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        if not in_development():
            raise NotFound
        page(req, resp, "core/components_catalogue.html", ShowcaseView())
