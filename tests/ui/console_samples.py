"""Invented content of the operator's console; `tests.ui.samples` has the rest."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from core.web.components import Chip, Column, Counter, FormView, Option, Pager, Tab
from tenants import console_views as k

NOW = datetime(2026, 9, 4, 2, 12, tzinfo=UTC)
SINCE = date(2025, 7, 1)


def _tiles(count: int, **marked: int) -> tuple[k.State, ...]:
    tiles: list[k.State] = ["ok"] * count
    for state, place in marked.items():
        tiles[place] = state  # type: ignore[call-overload]
    return tuple(tiles)


HEADS = (
    k.ModuleHead(title="Một cửa", short="MC", icon="building-bank"),
    k.ModuleHead(title="Văn bản", short="VB", icon="file-text"),
    k.ModuleHead(title="Ý kiến cử tri", short="CT", icon="speakerphone"),
    k.ModuleHead(title="Sổ tay chung", short="ST", icon="notebook"),
)


def _agency(
    name: str, state: k.State = "ok", reason: str = "", cells: tuple[str, ...] = ("on", "on", "off", "off")
) -> k.AgencyRow:
    return k.AgencyRow(
        name=name,
        code="h57-31",
        url="/p/agency",
        parent="UBND thành phố Huế",
        state=state,
        reason=reason,
        people=1041,
        figures=(1204, 37 if state == "bad" else 0),
        cells=cells,
    )  # type: ignore[arg-type]


AGENCIES = k.AgenciesView(
    total=440, ok=431, warn=5, bad=3, off=1, checked_at=NOW,
    groups=(
        k.TileGroup(title="Khối thành phố", tiles=_tiles(18, warn=4)),
        k.TileGroup(title="Xã", tiles=_tiles(19, bad=7, warn=11)),
        k.TileGroup(title="Phường", tiles=_tiles(21, off=3)),
        k.TileGroup(title="Đơn vị thuộc sở", tiles=_tiles(118, bad=77, warn=20)),
        k.TileGroup(title="Đơn vị thuộc xã, phường", tiles=_tiles(264, bad=140, warn=31)),
    ),
    tree=(
        k.TreeNode(title="Thành phố Huế", url="?", count=440, children=(
            k.TreeNode(title="Khối thành phố", url="?", count=18),
            k.TreeNode(title="Xã, phường", url="?", count=40, current=True, children=(
                k.TreeNode(title="Phường", url="?", count=21), k.TreeNode(title="Xã", url="?", count=19))),
        )),
    ),
    shortcuts=(k.TreeNode(title="Cần xem, lỗi", url="?", count=9), k.TreeNode(title="Tạm ngừng", url="?", count=1)),
    modules=HEADS,
    rows=(
        _agency("Xã A Lưới 2", "bad", "Không nhận được thư gửi đi từ 06:40"),
        _agency("Phường Mỹ Thượng", "warn", "2 việc chạy nền lỗi, đang thử lại"),
        _agency("Phường An Cựu", cells=("on", "soon", "on", "off")),
        _agency("Phường Kim Long", "off", "Tạm ngừng từ 01/9", ("on", "no", "off", "off")),
        *(_agency(f"Phường số {number}") for number in range(1, 12)),
    ),
    pager=Pager(text="Dòng 1–15 trong 40", next_url="?after=x"),
    chips=(Chip(label="Nhóm", value="xã, phường", remove_url="?"),),
    clear_url="?",
    provision_url="/p/provision",
    figures=(
        k.FigureHead(title="Việc mở", meaning="Đã nhận mà chưa xong, tính tới hôm nay.", alert=False),
        k.FigureHead(title="Quá hạn", meaning="Đã qua ngày hạn.", alert=True),
    ),
)  # fmt: skip
AGENCY = k.AgencyView(
    withdraw_action="/p/agency", grants_action="/p/agency",
    name="UBND phường Thuận Hoá", status="active",
    facts=(("Mã", "thuan-hoa"), ("Mã định danh", "H57.31.02"), ("Loại", "Phường"), ("Thuộc", "UBND thành phố Huế"), ("Lập trên nền tảng", "01/8/2026")),
    settings=(("Địa chỉ trụ sở", "24 Tố Hữu, phường Thuận Hoá"), ("Thứ Hai", "07:30–11:30, 13:30–17:00"), ("Múi giờ", "Việt Nam (GMT+7)")),
    counters=(Counter(value="64", label="Người có vị trí"), Counter(value="7", label="Phòng ban"), Counter(value="4", label="Phân hệ đang chạy"), Counter(value="2", label="Việc nền lỗi", late=True, url="/p/jobs")),
    versions=(
        k.VersionRow(name="Uỷ ban nhân dân phường Thuận Hoá", kind="Phường", parent="UBND thành phố Huế", codes="H57.31.02", decision="NQ 1675/NQ-UBTVQH15", valid_from=SINCE, valid_to=None, current=True),
        k.VersionRow(name="Uỷ ban nhân dân phường Phú Nhuận", kind="Phường", parent="UBND quận Thuận Hoá", codes="19768", decision="", valid_from=date(2019, 1, 1), valid_to=date(2025, 6, 30)),
    ),
    modules=(
        k.GrantRow(key="notes", was="default", title="Sổ tay chung", summary="Trang ghi chép dùng chung trong phòng", is_on=True, in_effect=True, grant="default", default_allowed=True, note=""),
        k.GrantRow(key="evaluation", was="denied", title="Đánh giá cán bộ", summary="Chấm điểm, xếp loại", is_on=True, in_effect=False, grant="denied", default_allowed=False, note="Chờ quy chế"),
    ),
    list_url="/p/agencies", suspend_action="/p/agency", mirror_waiting=3, audit_url="/p/audit", open_url="/p/home",
)  # fmt: skip
PROVISION = k.ProvisionView(
    form=FormView({}, {"file": ["Tệp này là ảnh. Chọn tệp .xlsx hoặc .yaml."]}),
    action="/p/provision",
    runs=(
        k.RunLine(file_name="co-quan-hue-2026-09.xlsx", started_at=NOW, actor="Hoàng Quang Khải", state="running", summary="287 trên 440 cơ quan", url="/p/run"),
        k.RunLine(file_name="hue.yaml", started_at=NOW, actor="Hoàng Quang Khải", state="finished", summary="58 cơ quan, không lỗi", url="/p/run"),
    ),
    sheets=(("Cơ quan", "Mã, Tên, Loại, Cơ quan cấp trên"), ("Phòng ban", "Cơ quan, Mã, Tên"), ("Người", "Tên đăng nhập, Họ tên, Thư"), ("Vị trí", "Người, Cơ quan, Phòng, Chức danh, Vai trò"), ("Phân hệ", "Cơ quan, Phân hệ, Bật")),
    sample_url="/p/sample",
)  # fmt: skip
PROVISION_PLAN = k.ProvisionPlanView(
    form=FormView(),
    file_name="co-quan-hue-2026-09.xlsx", made_at=NOW, lines=440, errors=3, wrong_rows=2, pending=17,
    elsewhere="Mã định danh trong tệp bắt đầu bằng H17, của nơi này là H57.",
    garbled="Dòng 12: Chữ tiếng Việt trong tệp có vẻ đã hỏng, như “S? Y t?”; có 3 dòng như vậy.",
    counters=(
        Counter(value="3", label="Lỗi, cần sửa", url="?only=error", late=True), Counter(value="12", label="Thêm mới", url="?only=add"),
        Counter(value="5", label="Thay đổi", url="?only=change"), Counter(value="420", label="Giữ nguyên", url="?only=same"),
        Counter(value="0", label="Vắng trong tệp", url="?only=absent"), Counter(value="20", label="Mọi dòng cần xem", url="?", current=True),
    ),
    rows=(
        k.PlanRow(line=87, action="error", title="Trạm Y tế xã Phú Vinh", code="H57.31.27.03", what="Cơ quan", text="Mã định danh trùng với dòng 52 (Trạm Y tế xã Phú Hồ)", effect="Sửa mã ở dòng 87 hoặc 52"),
        k.PlanRow(line=301, action="error", title="", code="H57.19.44", what="Cơ quan", text="Thiếu tên cơ quan", effect="Điền cột Tên cơ quan"),
        k.PlanRow(line=12, action="add", title="Chi cục Kiểm lâm", code="H57.12.07", what="Cơ quan", text="Thêm mới, thuộc Sở Nông nghiệp và Môi trường", effect="Bật 5 phân hệ, mời 1 quản trị"),
        k.PlanRow(line=44, action="change", title="Ban QLDA đầu tư xây dựng khu vực 2", code="H57.03.09", what="Cơ quan", text="Đổi tên từ “Ban QLDA đầu tư xây dựng huyện Phú Lộc” kể từ 01/10/2026", effect="Văn bản đã ký giữ tên cũ"),
        k.PlanRow(line=0, action="absent", title="Tổ dự án", code="to-du-an", what="Phòng ban", text="Không có trong tệp", effect="Giữ nguyên"),
    ),
    pager=Pager(text="Dòng 1–5 trong 20", next_url="?after=x"), action="/p/provision-plan", upload_url="/p/provision", errors_url="/p/errors",
)  # fmt: skip


def _run(
    line: int, name: str, state: str, steps: tuple[str, ...], detail: str = "", **fields: Any
) -> k.RunRow:
    return k.RunRow(line=line, name=name, state=state, steps=steps, detail=detail, **fields)  # type: ignore[arg-type]


PROVISION_RUN = k.ProvisionRunView(
    file_name="co-quan-hue-2026-09.xlsx", started_at=NOW, state="running", moving=True, total=440, done=285, failed=2, running=2, waiting=151,
    remaining="còn khoảng 3 phút",
    tabs=(Tab(title="Mọi cơ quan", count="440", url="?", current=True), Tab(title="Lỗi", count="2", url="?only=failed"), Tab(title="Xong", count="285", url="?only=done")),
    steps=("Cơ quan", "Phân hệ", "Vai trò, sổ", "Đăng nhập tập trung", "Thư mời"),
    rows=(
        _run(203, "Trung tâm Y tế Phú Vang", "failed", ("done", "done", "done", "bad", ""), "Đăng nhập tập trung không trả lời trong 10 giây", hint="Dữ liệu của ta đã ghi. Chỉ còn bước 4.", retry_action="/p/run"),
        _run(288, "Phường Phú Bài", "running", ("done", "done", "doing", "", ""), "Đang tạo vai trò và sổ"),
        _run(290, "Trường Mầm non Phú Bài 1", "waiting", ("", "", "", "", "")),
        _run(287, "Xã Phú Lộc", "done", ("done",) * 5, "Xong trong 0,9 giây"),
    ),
    pager=Pager(text="Dòng 1–50 trong 440", next_url="?after=x"), list_url="/p/provision",
    resumed="Lần chạy này tiếp tục từ dòng 203, sau khi máy chủ khởi động lại lúc 08:51. 202 cơ quan trước đó đã kiểm tra lại, không tạo trùng.",
    stop_action="/p/run", retry_action="/p/run",
)  # fmt: skip
PROVISION_DONE = replace(
    PROVISION_RUN, state="finished", moving=False, done=440, failed=0, running=0, waiting=0, remaining="", resumed="", stop_action="", retry_action="",
    checks=(("Cơ quan", "440 trong tệp, 440 đã ghi", "ok"), ("Hệ thống đăng nhập", "438 trên 440, đang chuyển tiếp", "warn")),
    newcomers=1240,
)  # fmt: skip
JOBS = k.JobsView(
    counters=(Counter(value="3", label="Lỗi", url="?state=failed", late=True), Counter(value="2", label="Đang chạy", url="?state=running"), Counter(value="41", label="Chờ", url="?state=waiting"), Counter(value="1.000+", label="Tất cả", url="?", current=True)),
    columns=(Column(title="Công việc"), Column(title="Cơ quan"), Column(title="Trạng thái"), Column(title="Lần thử", kind="num"), Column(title="Chạy lúc"), Column(title="Việc làm được", kind="act")),
    rows=(
        k.JobRow(id=1041, title="Nhắc hạn hằng ngày", key="cases.remind", agency="Phường Mỹ Thượng", state="failed", due_at=NOW, attempts=5, error="Máy chủ thư không trả lời trong 10 giây", retry_action="/p/jobs"),
        k.JobRow(id=1042, title="Nối nhật ký vào chuỗi", key="core.seal", agency="", state="running", due_at=NOW, attempts=1),
        k.JobRow(id=1043, title="Chuyển thay đổi sang hệ thống đăng nhập", key="tenants.mirror", agency="", state="retrying", due_at=NOW, attempts=2, error="Kết nối bị từ chối", retry_action="/p/jobs"),
    ),
    pager=Pager(text="Dòng 1–3"), silent="", keys=(Option("core.seal", "Nối nhật ký vào chuỗi"),), retry_all_action="/p/jobs",
)  # fmt: skip
HEALTH = k.HealthView(
    rows=(
        k.HealthRow(title="Máy chủ đăng nhập", module="Đăng nhập", state="bad", detail="Không trả lời từ 08:58. Ai đang làm việc vẫn làm tiếp; chưa ai đăng nhập mới được."),
        k.HealthRow(title="Việc chạy nền", module="Nền tảng", state="warn", detail="3 việc lỗi, việc cũ nhất từ 06:40."),
        k.HealthRow(title="Máy quét mã độc", module="Tệp đính kèm", state="absent", detail="Tệp nhận vào không được quét."),
        k.HealthRow(title="Cơ sở dữ liệu", module="Nền tảng", state="ok", detail="Trả lời trong 2 mili giây; 14 trên 60 kết nối."),
    ),
    checked_at=NOW, bad=1, warn=1,
)  # fmt: skip
PERSON = k.PersonView(
    name="Trần Mỹ Hạnh", username="hanhtm", email="hanhtm@hue.example", disabled_at=None, operator=False, list_url="/p/console-people",
    posts=(k.PersonPost(agency="UBND phường Thuận Hoá", unit="Văn phòng", position="Chuyên viên", roles="Xử lý vụ việc, Biên tập hỏi đáp", valid_from=SINCE, valid_to=None),),
    sessions=(k.SessionRow(device="Chrome trên Windows", address="10.46.12.7", started_at=NOW, seen_at=NOW), k.SessionRow(device="Safari trên iPhone", address="171.225.0.9", started_at=NOW, seen_at=NOW)),
    end_sessions_action="/p/person", disable_action="/p/person", password_url="/p/password", passwordless=True, factor_url="/p/factor",
)  # fmt: skip
PEOPLE_SEARCH = k.PeopleSearchView(
    search="hanh",
    rows=(
        k.PersonLine(initials="MH", name="Trần Mỹ Hạnh", username="hanhtm", url="/p/person", posts=("Chuyên viên, UBND phường Thuận Hoá", "Cán bộ tiếp nhận, Trung tâm Phục vụ hành chính công")),
        k.PersonLine(initials="ĐH", name="Nguyễn Đức Hạnh", username="hanhnd", url="/p/person", posts=(), disabled=True, operator=True),
    ),
)  # fmt: skip
