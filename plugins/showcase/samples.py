"""Invented content for every component, in every state it has."""

from datetime import UTC, datetime
from typing import Any

from core.api import (
    N_,
    Blocker,
    Change,
    Chip,
    Column,
    Counter,
    Crumb,
    Effect,
    FormView,
    ObjectAction,
    Option,
    Pager,
    PlanView,
    Tab,
    Tag,
    TimelineEntry,
    Toast,
    _,
    merge,
)
from plugins.lists.api import BulkButton, ColumnChoice, ListingView, ViewTab
from plugins.pages.api import DraftView, Due, History, ObjectView, State, mark_words
from plugins.showcase.views import HERE, ComponentView, Follows, SampleFile

COMPONENTS = {
    "buttons": N_("Nút"),
    "fields": N_("Ô nhập"),
    "errors": N_("Lỗi và xung đột"),
    "drafts": N_("Bản nháp"),
    "notes": N_("Lời báo và giải thích"),
    "states": N_("Trống, đang tải, hỏng, thiếu quyền"),
    "marks": N_("Thời hạn, trạng thái, nhãn"),
    "progress": N_("Tiến độ và các bước"),
    "ways": N_("Tìm đường"),
    "list": N_("Danh sách"),
    "listing": N_("Danh sách có cách xem, cột và việc với nhiều dòng"),
    "peek": N_("Xem nhanh"),
    "object": N_("Trang của một mục"),
    "history": N_("Diễn biến"),
    "menus": N_("Thực đơn"),
    "dialogs": N_("Hộp, kế hoạch, công tắc"),
}
"""Key and title of every page; the template of the same name draws it."""


def component(key: str, source: str, index_url: str) -> ComponentView:
    """Return the samples for one page, in the language in use; `source` is what the page shows to copy from."""
    return ComponentView(
        title=_(COMPONENTS[key]),
        source=source,
        index_url=index_url,
        plan=_plan(),
        blocked=_blocked(),
        object=_object(),
        listing=_listing(),
        **_forms(),
        **_histories(),
        **_lists(),
        **_marks(),
    )


def _forms() -> dict[str, Any]:
    typed = {"group": "3", "met": "14/9/2026", "text": _("Mương hay bị ngập."), "fields": ["3"], "kind": "1"}
    wrong = {
        "met": [_("Ngày tiếp xúc không được sau hôm nay, 04/9/2026")],
        "text": [_("Nêu rõ nội dung, ít nhất 30 ký tự.")],
    }
    long = _("Sáng: tiếp công dân.\nChiều: họp giao ban lúc 14 giờ.\nTối: trực theo lịch.")
    return {
        "form": FormView(typed, wrong),
        "good_form": FormView({**typed, "agree": "on"}),
        "conflict": merge(
            FormView({"title": _("Lịch trực tuần 37"), "text": long.replace("14", "15"), "lt_read": ""}),
            {"title": _("Lịch trực tuần"), "text": long, "version": "2"},
            {"title": _("Tiêu đề"), "text": _("Nội dung")},
            who="Lê Quang Vinh",
            at=datetime(2026, 9, 4, 2, 13, tzinfo=UTC),
            own=False,
        )[1],
        "draft": DraftView(
            key="catalogue", page="1", save_url=HERE, drop_url=HERE, words=_("Đã lưu nháp lúc 09:14"), offered="2",
            continue_text=_("Tiếp tục bản nháp 03/9"), continue_url=HERE, saved=_("hôm qua 16:20"),
        ),
        "options": (
            Option("1", _("Tổ đại biểu số 1"), _("Thuận Hoá, Phú Xuân")),
            Option("3", _("Tổ đại biểu số 3")),
            Option("4", _("Tổ đại biểu số 4"), disabled=True),
        ),
        "files": (
            SampleFile(_("Tờ trình.pdf"), "1,2 MB", "?file", "?view", HERE),
            SampleFile(_("Bản đồ.zip"), _("310 MB · chờ quét mã độc")),
        ),
        "toast": Toast(text=_("Đã chuyển 3 ý kiến."), undo_url=HERE),
    }  # fmt: skip


def _plan() -> PlanView:
    return PlanView(
        title=_("Gộp 3 ý kiến?"),
        effects=(
            Effect("arrows-join", _("3 ý kiến thành một, trả lời một lần cho 3 cử tri")),
            Effect("history", _("Bản gốc giữ nguyên và dẫn tới bản gộp")),
            Effect("clock", _("Hạn là hạn sớm nhất: 07/9")),
        ),
        action=HERE, button=_("Gộp 3 ý kiến"), back_url=HERE, back=_("Giữ riêng từng ý kiến"),
    )  # fmt: skip


def _blocked() -> PlanView:
    return PlanView(
        title=_("Đóng Tổ văn thư?"),
        effects=(Effect("archive", _("Tổ ở lại trong lịch sử của cơ quan")),),
        blockers=(Blocker(_("Còn 3 người có vị trí"), _("Chuyển họ sang phòng khác trước."), HERE, _("Xem 3 người")),),
        reason=_("Đóng được khi không còn vướng"),
        action=HERE, button=_("Đóng tổ"), back_url=HERE, back=_("Giữ tổ"), danger=True,
    )  # fmt: skip


def _object() -> ObjectView:
    return ObjectView(
        title=_("Rác thải xây dựng đổ trộm ven sông"),
        crumbs=(Crumb(_("Sự việc báo nêu"), HERE), Crumb("BN-2026-0147")),
        tab="details",
        tabs=(
            Tab(title=_("Chi tiết"), url="?", current=True),
            Tab(title=_("Tệp"), url="?tab=files", count="6"),
            Tab(title=_("Lịch sử"), url="?tab=history"),
        ),
        history=History(entries=_entries()[:2], all_url=HERE),
        state=State("doing", _("Đang xác minh")),
        due=Due("soon", _("Còn 1 ngày làm việc"), "07/9 09:00"),
        tags=(Tag(text=_("Môi trường")),),
        context=_("Báo điện tử nêu 25/8"),
        main=ObjectAction(_("Trình dự thảo"), HERE, "send", "", primary=True),
        beside=(
            ObjectAction(_("Xin gia hạn"), HERE, "clock", ""),
            ObjectAction(_("Ghim"), HERE, "pin", "", method="post"),
        ),
        more=(ObjectAction(_("Dừng xử lý"), HERE, "ban", "", danger=True),),
    )


def _entries() -> tuple[TimelineEntry, ...]:
    return (
        TimelineEntry(
            datetime(2026, 9, 3, 9, 20, tzinfo=UTC),
            "Lê Quang Vinh",
            _("trả lại cho Trần Mỹ Hạnh"),
            (
                Change(_("Trạng thái"), _("Chờ duyệt"), _("Đang soạn trả lời")),
                Change(_("Ghi chú"), _("Gấp"), ""),
            ),
            milestone=True,
        ),
        TimelineEntry(datetime(2026, 8, 30, 2, 5, tzinfo=UTC), "Trần Mỹ Hạnh", _("đã nắm nội dung")),
        TimelineEntry(
            datetime(2026, 6, 29, 7, 10, tzinfo=UTC),
            "Trần Mỹ Hạnh",
            _("tiếp nhận, số vào sổ 296"),
            milestone=True,
        ),
    )


def _histories() -> dict[str, Any]:
    kinds = (Tab(title=_("Mốc chính"), url="?kind=main"), Tab(title=_("Mọi loại"), url="?", current=True))
    return {
        "whole": History(entries=_entries(), kinds=kinds, more_url="?shown=40"),
        "follows": (
            Follows((), 0, following=False),
            Follows(("Hoàng Thị Lan", "Lê Quang Vinh"), 4, following=True),
        ),
    }


def _lists() -> dict[str, Any]:
    return {
        "counters": (
            Counter(value="2", label=_("Quá hạn"), url="?late", late=True),
            Counter(value="3", label=_("Hôm nay"), url="?today"),
            Counter(value="1.000+", label=_("Tất cả"), url="?all", current=True),
        ),
        "tabs": (
            Tab(title=_("Hiện tại"), url="?tab=now", count="67", current=True),
            Tab(title=_("Sắp bắt đầu"), url="?tab=next", count="2"),
        ),
        "chips": (
            Chip(label=_("Kỳ họp"), value=_("thứ 5"), remove_url="?a"),
            Chip(label=_("Cấp giải quyết"), value=_("thành phố"), remove_url="?b"),
        ),
        "columns": (
            Column(title=_("Nội dung"), sort_url="?sort=title", sorted="ascending"),
            Column(title=_("Chủ trì")),
            Column(title=_("Ngày"), kind="num"),
            Column(title=_("Thực đơn"), kind="act"),
        ),
        "pager": Pager(text=_("Dòng 51–100 trong 1.000+"), previous_url="?before=x", next_url="?after=x"),
    }


def _listing() -> ListingView:
    return ListingView(
        key="sample",
        query="q=muong",
        sort="at",
        cols="",
        columns=(
            Column(title=_("Nội dung")),
            Column(title=_("Tiếp nhận lúc"), kind="fit", sort_url="?sort=-at", sorted="ascending"),
        ),
        shown=frozenset({"title", "at"}),
        views=(
            ViewTab(title=_("Tất cả"), url="?view=all"),
            ViewTab(title=_("Quá hạn của tôi"), url="?late", current=True, edit_url="?edit"),
            ViewTab(title=_("Phòng theo dõi"), url="?unit", shared=True, edit_url="?edit"),
        ),
        save_url="?save",
        choices=(
            ColumnChoice(key="title", title=_("Nội dung"), shown=True, fixed=True),
            ColumnChoice(key="unit", title=_("Chủ trì"), shown=False),
            ColumnChoice(key="at", title=_("Tiếp nhận lúc"), shown=True),
        ),
        columns_url=HERE,
        export_url=HERE,
        exports_url="?exports",
        bulk_url=HERE,
        actions=(BulkButton(key="archive", title=_("Cất"), icon="archive"),),
        rows=2,
        total="86",
    )


def _marks() -> dict[str, Any]:
    return {
        "found": mark_words(_("Nạo vét mương kiệt 131 Trần Phú"), ("131", "tran")),
        "tags": (
            Tag(text=_("Môi trường")),
            Tag(text=_("Lãnh đạo ký"), kind="cham"),
            Tag(text=_("Thêm"), kind="ok", icon="plus"),
            Tag(text=_("Cần xem"), kind="warn", icon="alert-triangle"),
            Tag(text=_("Lỗi"), kind="bad", icon="circle-x"),
            Tag(text=_("Từ 01/10/2026"), kind="wait"),
        ),
        "dues": (
            Due("late", _("Quá hạn 7 ngày"), "28/8"),
            Due("today", _("Hôm nay 17:00"), "04/9"),
            Due("soon", _("Còn 2 ngày làm việc"), "08/9"),
            Due("in-time", _("Còn 17 ngày"), "21/9"),
            Due("paused", _("Tạm dừng")),
            Due("none", _("Không tính hạn")),
            Due("done", _("Xong sớm 1 ngày"), "03/9"),
            Due("done-late", _("Xong trễ 3 ngày"), "01/9"),
        ),
        "states": (
            State("draft", _("Nháp")),
            State("new", _("Chờ phân công")),
            State("mine", _("Chờ tôi")),
            State("doing", _("Đang xử lý")),
            State("wait", _("Chờ nơi khác")),
            State("sign", _("Chờ ký")),
            State("back", _("Trả lại: chưa nêu lộ trình")),
            State("done", _("Đã trả lời")),
            State("pub", _("Đã công khai")),
            State("stop", _("Dừng xử lý")),
        ),
    }
