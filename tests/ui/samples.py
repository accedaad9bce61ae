"""Every page with invented content, as the templates get it: what the tests of the interface render."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from core.declarations import Blocker, CardView, Change, TimelineEntry
from core.i18n import _
from core.web.components import Chip, Clash, ConflictView, FormView, Option, Pager, Tab, Tag
from core.web.problems import ProblemView
from core.web.shell import Account, NavLink, NavSection, ShellView, SwitcherEntry, Theme, Toast
from plugins.showcase.samples import COMPONENTS, component
from plugins.showcase.views import CatalogueView, ComponentView
from sso import views as s
from tenants import views as v
from tests.ui import console_samples as console

NOW = datetime(2026, 9, 4, 2, 12, tzinfo=UTC)
SINCE = date(2025, 7, 1)
Page = tuple[str, Any, ShellView]
CATALOGUE = Path(__file__).parents[2] / "core/templates/core/catalogue"


def agency_shell(theme: Theme = "light", current: str = "Trang đầu", **fields: Any) -> ShellView:
    """Return the shell of an administrator with posts in two agencies."""

    def link(title: str, icon: str, count: str = "", *, alert: bool = False, pinned: bool = False) -> NavLink:
        return NavLink(
            title=title,
            url=f"/p/{icon}",
            icon=icon,
            count=count,
            alert=alert,
            current=title == current,
            pinned=pinned,
        )

    return ShellView(
        name="UBND phường Thuận Hoá",
        detail="Thành phố Huế",
        home_url="/p/home",
        theme=theme,
        account=Account(key="1a2b", name="Phạm Ngọc Anh", username="anhpn"),
        sections=(
            NavSection(title="", links=(link("Trang đầu", "home", pinned=True),)),
            NavSection(title="Phân hệ", links=(link("Sổ tay chung", "notebook", "3", pinned=True),)),
            NavSection(
                title="Quản trị cơ quan",
                links=(
                    link("Con người và vai trò", "users"),
                    link("Phân hệ", "puzzle"),
                    link("Phòng ban", "sitemap"),
                    link("Vai trò", "shield-check"),
                    link("Cài đặt cơ quan", "settings"),
                    link("Nhật ký", "history"),
                ),
            ),
        ),
        switcher=(
            SwitcherEntry(
                name="UBND phường Thuận Hoá", detail="Chánh Văn phòng, Văn phòng", url="/p/home", current=True
            ),
            SwitcherEntry(
                name="Trung tâm Phục vụ hành chính công phường Thuận Hoá",
                detail="Cán bộ tiếp nhận, đến 31/12/2026",
                url="/p/home",
            ),
        ),
        platform_label="LT-46-01",
        support="0234 000 0000",
        **fields,
    )


def console_shell(theme: Theme = "light", current: str = "Cơ quan", **fields: Any) -> ShellView:
    """Return the shell of an operator."""

    def link(title: str, icon: str, count: str = "", *, alert: bool = False, pinned: bool = False) -> NavLink:
        return NavLink(
            title=title,
            url=f"/p/{icon}",
            icon=icon,
            count=count,
            alert=alert,
            current=title == current,
            pinned=pinned,
        )

    return ShellView(
        name="Trung tâm Chuyển đổi số",
        detail="Thành phố Huế",
        home_url="/p/agencies",
        theme=theme,
        console=True,
        account=Account(key="3c4d", name="Hoàng Quang Khải", username="khaihq"),
        sections=(
            NavSection(
                title="",
                links=(
                    link("Cơ quan", "building-community", "177", pinned=True),
                    link("Tạo và cập nhật", "table-import", pinned=True),
                    link("Con người", "users"),
                ),
            ),
            NavSection(
                title="Vận hành",
                links=(
                    link("Sức khoẻ", "heartbeat", "3", alert=True, pinned=True),
                    link("Việc chạy nền", "stack-2"),
                    link("Nhật ký", "history"),
                ),
            ),
        ),
        platform_label="LT-46-01",
        support="0234 000 0000",
        **fields,
    )


def bare_shell(theme: Theme = "light", **fields: Any) -> ShellView:
    """Return the frame of somebody who is not signed in."""
    return ShellView(
        name="Liên Thông",
        detail="Thành phố Huế",
        home_url="/",
        theme=theme,
        support="0234 000 0000",
        **fields,
    )


POSTS = (
    v.PostCard(
        agency="UBND phường Thuận Hoá", position="Chánh Văn phòng", unit="Văn phòng", valid_from=SINCE, valid_to=None,
        url="/p/home", current=True,
    ),
    v.PostCard(
        agency="Trung tâm Phục vụ hành chính công phường Thuận Hoá", position="Cán bộ tiếp nhận", unit="Quầy số 3",
        valid_from=SINCE, valid_to=date(2026, 12, 31), url="/p/home",
    ),
)  # fmt: skip

HOME = v.HomeView(
    today=date(2026, 9, 4),
    cards=(
        v.HomeCard(
            title="Sổ tay chung",
            view=CardView(
                lines=(
                    ("Lịch trực lễ 2/9: ai thay ca sáng thứ Tư", "/p/note"),
                    ("Cách nhập hồ sơ liên thông khai sinh", "/p/note"),
                    ("Số điện thoại tổ công nghệ số cộng đồng", "/p/note"),
                ),
                url="/p/notes",
                link_text="Mở sổ tay",
            ),
        ),
        v.HomeCard(
            title="Ý kiến cử tri",
            view=CardView(empty="Không có ý kiến nào chờ bạn.", url="/p/x", link_text="Mở danh sách"),
        ),
        v.HomeCard(title="Báo cáo", view=None),
    ),
    posts=POSTS,
)


def _tile(
    key: str, title: str, summary: str, icon: str, on: bool, detail: str, **fields: Any
) -> v.ModuleTile:
    plan = "" if "locked" in fields else "/p/plan-off" if on else "/p/plan-on"
    return v.ModuleTile(
        key=key, title=title, summary=summary, icon=icon, is_on=on, detail=detail, plan_url=plan, **fields
    )


MODULES = v.ModulesView(
    people=64,
    tabs=(
        Tab(title="Tất cả", count="8", url="?", current=True),
        Tab(title="Đang bật", count="4", url="?tab=on"),
        Tab(title="Bật được", count="3", url="?tab=off"),
        Tab(title="Thành phố quản lý", count="1", url="?tab=locked"),
    ),
    groups=(
        v.ModuleGroup(
            title="Nền tảng",
            modules=(
                _tile("cases", "Quản lý vụ việc", "Bước xử lý, thời hạn, phân công, sổ", "stack-2", True, "Nền cho 8 phân hệ", locked="Luôn bật"),
                _tile("documents", "Văn bản", "Văn bản đến, đi, sổ và số, ký số", "file-text", True, "58 người dùng, 214 văn bản tháng này"),
                _tile("onestop", "Một cửa", "Tiếp nhận, hẹn trả, liên thông hồ sơ", "building-bank", True, "Thành phố bật cho mọi xã, phường", locked="Thành phố quản lý"),
                _tile("portal", "Trang công dân", "Tra cứu, hỏi đáp, đánh giá", "world", False, "Chưa bật. Thêm 4 trang công khai"),
            ),
        ),
        v.ModuleGroup(
            title="Tiếng nói của dân",
            modules=(
                _tile("voters", "Ý kiến cử tri", "Tổng hợp, giao, theo dõi lời hứa", "speakerphone", True, "12 vụ việc đang mở"),
                _tile("press", "Sự việc báo nêu", "Ghi nhận, xác minh, trả lời báo chí", "news", True, "3 vụ việc đang mở"),
                _tile("hearing", "Tiếp công dân", "Lịch tiếp, sổ tiếp, tiếp trực tuyến", "users-group", False, "Chưa bật. Thêm 2 vai trò, 1 sổ", missing=("Hội nghị",)),
                _tile("rating", "Đánh giá cán bộ", "Chấm điểm, xếp loại theo tháng, quý", "star", False, "Mở cho xã, phường từ 01/01/2027", locked="Thành phố quản lý"),
            ),
        ),
    ),
)  # fmt: skip

PLAN_OFF = v.ModulePlanView(
    title="Ý kiến cử tri",
    enable=False,
    blockers=(
        Blocker("12 vụ việc đang mở", "2 quá hạn, hạn xa nhất 03/11/2026", "/p/x", "Xem 12 vụ việc"),
        Blocker("Phân hệ Báo cáo đang cần phân hệ này", "", "/p/plan-off", "Tắt Báo cáo trước"),
    ),
    also=(),
    effects=(
        v.Effect(
            icon="eye-off", text="Mục Ý kiến cử tri biến khỏi danh mục của 38 người, khỏi tìm kiếm và báo cáo"
        ),
        v.Effect(icon="clock-pause", text="3 việc chạy nền dừng lại, gồm nhắc hạn hằng ngày"),
        v.Effect(icon="database", text="417 ý kiến và sổ năm 2026 được giữ nguyên, bật lại là thấy ngay"),
    ),
    path="/p/plan-off",
    action="/p/plan-off",
    back_url="/p/modules",
)
PLAN_ON = v.ModulePlanView(
    title="Tiếp công dân",
    enable=True,
    blockers=(),
    also=(Option("meetings", "Hội nghị", "Giấy mời, tài liệu, điểm cầu, kết luận"),),
    effects=(
        v.Effect(icon="layout-grid", text="Thêm 2 mục vào danh mục của người có vai trò"),
        v.Effect(icon="shield-check", text="Thêm 3 vai trò; chưa ai có, giao ở trang Con người và vai trò"),
        v.Effect(icon="circle-check", text="Dùng được ngay, không cần khởi động lại"),
    ),
    path="/p/plan-on",
    action="/p/plan-on",
    back_url="/p/modules",
)


def _post(
    initials: str, name: str, position: str, unit: str, roles: tuple[Tag, ...], **fields: Any
) -> v.PostRow:
    defaults: dict[str, Any] = {
        "valid_from": SINCE, "valid_to": None, "standing": "current", "granted_by": "Phạm Ngọc Anh",
        "edit_url": "/p/post-edit", "end_url": "/p/post-end",
    }  # fmt: skip
    return v.PostRow(
        initials=initials,
        name=name,
        username="x",
        position=position,
        unit=unit,
        roles=roles,
        **{**defaults, **fields},
    )


PEOPLE = v.PeopleView(
    tabs=(
        Tab(title="Hiện tại", count="67", url="?", current=True),
        Tab(title="Cần xem", count="3", url="?tab=attention"),
        Tab(title="Sắp bắt đầu", count="2", url="?tab=upcoming"),
        Tab(title="Đã hết", count="28", url="?tab=ended"),
    ),
    tab="current",
    people=64,
    upcoming=2,
    attention=1,
    day="04/9/2026",
    units=(Option("1", "Văn phòng"), Option("2", "Kinh tế, Hạ tầng và Đô thị")),
    roles=(Option("a", "Quản trị cơ quan"), Option("b", "Xử lý vụ việc")),
    chips=(Chip(label="Phòng", value="Văn phòng", remove_url="?"),),
    clear_url="?",
    add_url="/p/post-new",
    pager=Pager(text="Dòng 1–6 trong 6"),
    rows=(
        _post("NA", "Phạm Ngọc Anh", "Chánh Văn phòng", "Văn phòng", (Tag(text="Quản trị cơ quan", kind="cham"), Tag(text="Xử lý vụ việc")), granted_by="Thành phố", decision="QĐ 1520"),
        _post("TC", "Hồ Thị Cầm", "Công chức tư pháp, hộ tịch", "Văn phòng", (Tag(text="Tiếp nhận một cửa"),), standing="ending", valid_to=date(2026, 9, 12)),
        _post("HK", "Đặng Hữu Khoa", "Chuyên viên", "Kinh tế, Hạ tầng và Đô thị", (Tag(text="Xử lý vụ việc"),), standing="upcoming", valid_from=date(2026, 10, 1)),
        _post("TL", "Võ Thị Lan", "Văn thư", "Văn phòng", (), remark="Tài khoản đang khoá"),
        _post("DP", "Tôn Nữ Diệu Phương", "Cộng tác viên", "Văn hoá, Xã hội", (Tag(text="Chỉ xem"),), valid_from=date(2026, 8, 1), valid_to=date(2026, 12, 31), granted_by="Trần Mỹ Hạnh"),
        _post("QV", "Lê Quang Vinh", "Phó Chủ tịch UBND", "Lãnh đạo", (Tag(text="Lãnh đạo ký", kind="cham"), Tag(text="Duyệt trả lời")), standing="ended", valid_to=date(2026, 8, 31), edit_url="", end_url=""),
    ),
)  # fmt: skip

ROLE_GROUPS = (
    v.RoleGroup(
        title="Cơ quan",
        options=(
            Option(
                "tenants.admin", "Quản trị cơ quan", "Người, phòng ban, vai trò, phân hệ, cài đặt, nhật ký"
            ),
        ),
    ),
    v.RoleGroup(
        title="Sổ tay chung",
        options=(Option("notes.editor", "Biên tập"), Option("notes.reader", "Chỉ xem", "", disabled=True)),
    ),
    v.RoleGroup(title="Vai trò riêng", options=(Option("own.truc", "Văn thư trực"),)),
)
POST_FORM = v.PostFormView(
    form=FormView(
        {"person_id": "p1", "unit_id": "2", "position": "", "valid_from": "31/2/2026", "valid_to": "", "decision": "", "version": "3", "roles": ["notes.editor"]},
        {"position": ["Chưa nhập chức danh."], "valid_from": ["Ngày chưa đúng, ví dụ 14/9/2026."], "roles": ["Chọn ít nhất một vai trò."]},
    ),
    units=PEOPLE.units,
    roles=ROLE_GROUPS,
    action="/p/post-edit",
    back_url="/p/people",
    is_new=False,
    person="Đặng Hữu Khoa",
    end_url="/p/post-end",
    conflict=ConflictView(text="Lê Quang Vinh vừa sửa mục này lúc 09:13", clashes=(Clash("position", "Chức danh", "Chuyên viên chính", "", ("Chuyên viên chính",)),)),
)  # fmt: skip
POST_NEW = replace(
    POST_FORM, is_new=True, person="", conflict=None, end_url="", form=FormView(), search="khoa", new_person_url="/p/post-new-person",
    found=(v.FoundPerson(name="Đặng Hữu Khoa", detail="khoadh · Sở Xây dựng", url="/p/post-edit"),),
)  # fmt: skip
POST_NEW_PERSON = replace(POST_NEW, new_person=True, found=(), search="")
POST_END = v.PostEndView(
    form=FormView({"version": "3"}),
    person="Đặng Hữu Khoa",
    position="Chuyên viên",
    unit="Kinh tế, Hạ tầng và Đô thị",
    effects=(
        v.Effect(icon="lock", text="Mất 2 vai trò ở cơ quan này ngay lần bấm kế tiếp"),
        v.Effect(icon="id", text="Vị trí ở cơ quan khác giữ nguyên"),
        v.Effect(
            icon="history", text="Vị trí ở lại trong danh sách Đã hết, việc đã làm vẫn mang tên người này"
        ),
    ),
    action="/p/post-end",
    back_url="/p/people",
)
PASSWORD_PLAN = v.AccessPlanView(
    kind="again", person="Đặng Hữu Khoa", username="khoadh", action="/p/password-slip", back_url="/p/people", list_title="Con người và vai trò",
)  # fmt: skip
PASSWORD_SLIP = v.PasswordSlipView(
    person="Đặng Hữu Khoa", unit="Phòng Kinh tế", username="khoadh", password="Kwmt-hRxe-npZq-Bd74", address="https://lienthong.hue.gov.vn", back_url="/p/people",
    list_title="Con người và vai trò",
)  # fmt: skip
UNITS = v.UnitsView(
    rows=(
        v.UnitRow(
            name="Lãnh đạo",
            code="lanh-dao",
            depth=0,
            people=4,
            valid_from=SINCE,
            edit_url="/p/unit",
            people_url="/p/people",
        ),
        v.UnitRow(
            name="Văn phòng",
            code="van-phong",
            depth=0,
            people=18,
            valid_from=SINCE,
            edit_url="/p/unit",
            people_url="/p/people",
        ),
        v.UnitRow(
            name="Tổ văn thư",
            code="to-van-thu",
            depth=1,
            people=3,
            valid_from=SINCE,
            edit_url="/p/unit",
            people_url="/p/people",
        ),
        v.UnitRow(
            name="Tổ dự án",
            code="to-du-an",
            depth=1,
            people=0,
            valid_from=SINCE,
            valid_to=date(2026, 12, 31),
            edit_url="/p/unit",
        ),
    ),
    add_url="/p/unit-new",
)
UNIT_FORM = v.UnitFormView(
    form=FormView({"name": "Tổ văn thư", "code": "to-van-thu", "parent_id": "1", "version": "2"}),
    parents=PEOPLE.units,
    action="/p/unit",
    back_url="/p/units",
    is_new=False,
    people=3,
    close_form=FormView({"last_day": ""}, {"last_day": ["Còn 3 người có vị trí sau ngày này."]}),
    close_action="/p/unit",
)
UNIT_NEW = v.UnitFormView(
    form=FormView(), parents=PEOPLE.units, action="/p/unit", back_url="/p/units", is_new=True
)
ROLE_OWN = v.RoleColumn(title="Văn thư trực", own=True, people=3, edit_url="/p/role")
ROLES = v.RolesView(
    groups=(
        v.PermissionGroup(
            title="Cơ quan",
            roles=(ROLE_OWN, v.RoleColumn(title="Quản trị cơ quan", own=False, people=2)),
            rows=(
                v.PermissionRow(title="Giao và thôi giao vị trí công tác", held=(False, True)),
                v.PermissionRow(title="Xem nhật ký của cơ quan", held=(True, True)),
            ),
        ),
        v.PermissionGroup(
            title="Sổ tay chung",
            roles=(ROLE_OWN, v.RoleColumn(title="Biên tập", own=False, people=14)),
            rows=(v.PermissionRow(title="Viết và sửa trang", held=(True, True)),),
        ),
    ),
    idle=(v.RoleColumn(title="Trực đêm", own=True, people=0, edit_url="/p/role"),),
    add_url="/p/role-new",
)
ROLE_FORM = v.RoleFormView(
    form=FormView({"title": "Văn thư trực", "permissions": ["notes.write"], "version": "1"}),
    groups=(
        v.RoleGroup(title="Cơ quan", options=(Option("tenants.view_audit", "Xem nhật ký của cơ quan"),)),
        v.RoleGroup(title="Sổ tay chung", options=(Option("notes.write", "Viết và sửa trang"),)),
    ),
    action="/p/role",
    back_url="/p/roles",
    is_new=False,
    people=3,
)
_HOURS = {f"hours_{day}": "07:30–11:30, 13:30–17:00" if day < 6 else "" for day in range(1, 8)}
SETTINGS = v.SettingsView(
    coming=(("UBND phường Phú Xuân", date(2026, 10, 1), "01/10/2026"),), withdraw_action="/p/settings",
    form=FormView(
        {"address": "25 Lê Lợi, phường Thuận Hoá", "phone": "0234 000 0000", "time_zone": "Asia/Ho_Chi_Minh", "version": "4", **_HOURS, "hours_6": "sáng"},
        {"hours_6": ["Chưa hiểu giờ này. Ví dụ 07:30–11:30."]},
    ),
    registered=(("Tên", "Uỷ ban nhân dân phường Thuận Hoá"), ("Tên gọn", "UBND phường Thuận Hoá"), ("Loại", "Phường"), ("Thuộc", "UBND thành phố Huế"), ("Mã định danh", "H57.31.02")),
    days=tuple((f"hours_{day}", title) for day, title in enumerate(("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"), 1)),
    zones=(Option("Asia/Ho_Chi_Minh", "Việt Nam (UTC+7)"),),
    action="/p/settings",
    logo_action="/p/settings",
    logo_url="/p/logo.svg",
    province="thành phố",
    operator="Trung tâm Chuyển đổi số",
)  # fmt: skip
AUDIT = v.AuditView(
    rows=(
        v.AuditRow(entry=TimelineEntry(NOW, "Phạm Ngọc Anh", "bật phân hệ Sổ tay chung", milestone=True), kind="Phân hệ", linked=False),
        v.AuditRow(
            entry=TimelineEntry(NOW, "Phạm Ngọc Anh", "sửa vị trí của Đặng Hữu Khoa", (Change("Chức danh", "Chuyên viên", "Phó Trưởng phòng"), Change("Đến ngày", "", "31/12/2026"))),
            kind="Vị trí công tác",
        ),
        v.AuditRow(entry=TimelineEntry(NOW, "Hệ thống", "nạp danh sách cơ quan", milestone=True), kind="Cơ quan", intact=False),
    ),
    sealed=1031,
    unsealed=1,
    broken=1,
    modules=(Option("tenants", "Cơ quan"), Option("notes", "Sổ tay chung")),
    actors=(Option("1", "Phạm Ngọc Anh"),),
    pager=Pager(text="Mục 1–50", next_url="?before=x"),
    chips=(Chip(label="Loại", value="Cơ quan", remove_url="?"), Chip(label="Người", value="Phạm Ngọc Anh", remove_url="?")),
    clear_url="?",
)  # fmt: skip


RENAME = v.RenameView(
    form=FormView({"name": "", "short_name": "UBND phường Thuận Hoá"}, {"name": ["Chưa nhập."]}),
    action="/p/rename",
    back_url="/p/settings",
)
DEVICES = s.DevicesView(
    rows=(
        s.DeviceRow(
            title="Chrome trên Windows", address="10.46.12.7", started_at=NOW, seen_at=NOW, current=True
        ),
        s.DeviceRow(
            title="Safari trên iPhone",
            address="171.225.0.9",
            started_at=NOW,
            seen_at=NOW,
            current=False,
            end_action="/p/devices",
        ),
    ),
    end_others_action="/p/devices",
)
_PROBLEMS = {
    "e401": ("sign-in-required", "Phiên làm việc đã hết"),
    "e403": ("forbidden", "Bạn chưa được giao quyền làm việc này"),
    "e403stale": ("stale-form-token", "Trang này mở từ phiên trước"),
    "e404": ("not-found", "Không có trang này"),
    "e409": ("conflict", "Người khác vừa sửa mục này"),
    "e413": ("http-413", "Nội dung gửi lên quá lớn"),
    "e500": ("internal", "Trang này gặp lỗi, không phải do bạn"),
    "e503": ("unavailable", "Hệ thống đang tạm gián đoạn"),
}


def _problem(name: str) -> ProblemView:
    kind, title = _PROBLEMS[name]
    typed = (
        (("title", "Họp giao ban"), ("body", "Nội dung dài\nhai dòng"))
        if name in ("e401", "e403stale")
        else ()
    )
    return ProblemView(
        status=int(name[1:4]), kind=kind, title=title, detail="", sign_in_url="/sso/login", typed=typed
    )


def _catalogue() -> CatalogueView:
    return CatalogueView(tuple((_(title), f"/p/component-{key}") for key, title in COMPONENTS.items()))


def _component(key: str) -> ComponentView:
    return component(key, (CATALOGUE / f"{key}.html").read_text("utf-8"), "/p/components")


Shell = Callable[..., ShellView]
PAGES: dict[str, tuple[str, Any, Shell, dict[str, Any]]] = {
    "components": ("core/catalogue/index.html", _catalogue, console_shell, {"toast": Toast(text="Đã chuyển 3 ý kiến.", undo_url="/p/undo")}),
    **{f"component-{key}": (f"core/catalogue/{key}.html", partial(_component, key), console_shell, {}) for key in COMPONENTS},
    "plan-blocked": ("core/plan.html", lambda: _component("dialogs").blocked, agency_shell, {}),
    "home": ("tenants/home.html", HOME, agency_shell, {}),
    "home-empty": ("tenants/home.html", replace(HOME, cards=(), any_module=False, modules_url="/p/modules"), agency_shell, {}),
    "choose": ("tenants/choose_agency.html", v.ChooseAgencyView(posts=POSTS, console_url="/p/agencies"), agency_shell, {}),
    "modules": ("tenants/modules.html", MODULES, agency_shell, {"current": "Phân hệ"}),
    "plan-off": ("tenants/module_plan.html", PLAN_OFF, agency_shell, {"current": "Phân hệ"}),
    "plan-on": ("tenants/module_plan.html", PLAN_ON, agency_shell, {"current": "Phân hệ"}),
    "people": ("tenants/people.html", PEOPLE, agency_shell, {"current": "Con người và vai trò"}),
    "people-none": ("tenants/people.html", replace(PEOPLE, rows=()), agency_shell, {"current": "Con người và vai trò"}),
    "post-edit": ("tenants/post_form.html", POST_FORM, agency_shell, {"current": "Con người và vai trò"}),
    "post-new": ("tenants/post_form.html", POST_NEW, agency_shell, {"current": "Con người và vai trò"}),
    "post-new-person": ("tenants/post_form.html", POST_NEW_PERSON, agency_shell, {"current": "Con người và vai trò"}),
    "post-end": ("tenants/post_end.html", POST_END, agency_shell, {"current": "Con người và vai trò"}),
    "password": ("tenants/access_plan.html", PASSWORD_PLAN, agency_shell, {"current": "Con người và vai trò"}),
    "password-no": ("tenants/access_plan.html", replace(PASSWORD_PLAN, kind="first", blocker="Người này còn vị trí ở cơ quan khác. Nhờ đơn vị vận hành nền tảng làm việc này."), agency_shell, {"current": "Con người và vai trò"}),
    "factor": ("tenants/access_plan.html", replace(PASSWORD_PLAN, kind="factor", trouble="Máy chủ đăng nhập chưa trả lời nên chưa có gì thay đổi. Thử lại sau vài phút."), console_shell, {"current": "Con người"}),
    "password-slip": ("tenants/password_slip.html", PASSWORD_SLIP, agency_shell, {"current": "Con người và vai trò"}),
    "units": ("tenants/units.html", UNITS, agency_shell, {"current": "Phòng ban"}),
    "unit": ("tenants/unit_form.html", UNIT_FORM, agency_shell, {"current": "Phòng ban"}),
    "unit-new": ("tenants/unit_form.html", UNIT_NEW, agency_shell, {"current": "Phòng ban"}),
    "roles": ("tenants/roles.html", ROLES, agency_shell, {"current": "Vai trò"}),
    "role": ("tenants/role_form.html", ROLE_FORM, agency_shell, {"current": "Vai trò"}),
    "settings": ("tenants/settings.html", SETTINGS, agency_shell, {"current": "Cài đặt cơ quan"}),
    "rename": ("tenants/rename.html", RENAME, agency_shell, {"current": "Cài đặt cơ quan"}),
    "audit": ("tenants/audit.html", AUDIT, agency_shell, {"current": "Nhật ký"}),
    "agencies": ("tenants/console/agencies.html", console.AGENCIES, console_shell, {}),
    "agencies-none": ("tenants/console/agencies.html", replace(console.AGENCIES, total=0, rows=(), groups=()), console_shell, {}),
    "agency": ("tenants/console/agency.html", console.AGENCY, console_shell, {}),
    "provision": ("tenants/console/provision.html", console.PROVISION, console_shell, {"current": "Tạo và cập nhật"}),
    "provision-plan": ("tenants/console/provision_plan.html", console.PROVISION_PLAN, console_shell, {"current": "Tạo và cập nhật"}),
    "run": ("tenants/console/provision_run.html", console.PROVISION_RUN, console_shell, {"current": "Tạo và cập nhật"}),
    "run-done": ("tenants/console/provision_run.html", console.PROVISION_DONE, console_shell, {"current": "Tạo và cập nhật"}),
    "jobs": ("tenants/console/jobs.html", console.JOBS, console_shell, {"current": "Việc chạy nền"}),
    "health": ("tenants/console/health.html", console.HEALTH, console_shell, {"current": "Sức khoẻ"}),
    "console-people": ("tenants/console/people.html", console.PEOPLE_SEARCH, console_shell, {"current": "Con người"}),
    "person": ("tenants/console/person.html", console.PERSON, console_shell, {"current": "Con người"}),
    "devices": ("sso/devices.html", DEVICES, agency_shell, {}),
    "unavailable": ("sso/unavailable.html", s.UnavailableView(retry_url="/p/unavailable"), bare_shell, {}),
    "refused": ("sso/refused.html", s.RefusedView(kind="refused", sign_in_url="/p/home"), bare_shell, {}),
    "privacy": ("sso/privacy.html", s.PrivacyView(operator="Trung tâm Chuyển đổi số", province="Thành phố Huế", phone="0234 000 0000", email="hotro@lienthong.example", days_kept=30, sign_in_url="/p/home"), bare_shell, {}),
    "signed-out": ("sso/signed_out.html", s.SignedOutView(sign_in_url="/p/home", provider_told=False), bare_shell, {}),
    "signed-in": ("sso/signed_in.html", s.SignedInView(name="Trần Mỹ Hạnh"), bare_shell, {}),
    "no-post": ("sso/no_post.html", s.NoPostView(name="Trần Mỹ Hạnh", username="hanhtm", upcoming=("Chuyên viên, Sở Y tế, từ 01/10/2026",)), bare_shell, {}),
    **{name: ("core/error.html", _problem(name), bare_shell if name == "e401" else agency_shell, {}) for name in _PROBLEMS},
}  # fmt: skip


def page(name: str, theme: Theme = "light", **shell: Any) -> Page:
    """Return template, view and shell of a sample page."""
    template, view, make, fields = PAGES[name]
    view = view() if callable(view) else view
    return template, view, replace(make(theme, path=f"/p/{name}", **fields), **shell)
