"""The operator's console: agencies, one agency, people, jobs, health, provisioning."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from core.db import PLATFORM, db
from core.declarations import Blocker
from core.settings import installed_settings
from plugins.showcase.samples import COMPONENTS
from tenants import queries, services
from tenants.models import ModuleSwitch, Person, ProvisionRun, TenantVersion, today
from tenants.provisioning import runs
from tenants.provisioning.description import Problem
from tenants.provisioning.plan import make_plan
from tenants.resources import console_workbook
from tenants.search import find_jobs
from tenants.services import Authority
from tests.tenants.pages import counted_statements, member

# ---- agencies ------------------------------------------------------------------------------------------------


def test_agencies_are_found_and_shown_with_their_modules(site, operator, agency):
    site.ground.agency("beta", kind="commune")
    page = operator.get("tenants.agencies", {"q": agency.info.code})
    assert page.rows == [agency.info.short_name]
    assert 'aria-label="Phân hệ alpha: bật"' in page.text
    assert 'aria-label="Phân hệ beta: tắt"' in page.text
    assert 'aria-label="Phân hệ gamma: không được phép"' in page.text
    assert "Cần xem Có việc nền lỗi đang tự thử lại" in page.words
    assert (
        agency.info.short_name
        not in operator.get("tenants.agencies", {"q": agency.info.code, "kind": "commune"}).rows
    )


def test_the_list_is_taken_along_as_excel_with_its_conditions_and_never_a_formula(
    site, operator, agency, failed_job
):
    commune = site.ground.agency(kind="commune")
    with commune.at_work():
        TenantVersion.update(name="=HYPERLINK(1)").where(TenantVersion.tenant_id == commune.info.id).execute()
    address = operator.get("tenants.agencies", {"kind": "commune"}).links("agencies.xlsx")
    assert address == ["/admin/agencies.xlsx?kind=commune"]
    answer = operator.get(address[0])
    assert "attachment" in answer.raw.headers["Content-Disposition"]
    heads, *rows = load_workbook(BytesIO(answer.raw.content)).active.iter_rows()
    named = [{head.value: cell for head, cell in zip(heads, row, strict=True)} for row in rows]
    mine = {row["Mã trên nền tảng"].value: row for row in named}
    assert agency.info.code not in mine
    row = mine[commune.info.code]
    assert row["Cơ quan"].value == "=HYPERLINK(1)"
    assert row["Cơ quan"].data_type == "s"
    shown = {
        head: row[head].value for head in ("Phân hệ alpha", "Phân hệ beta", "Phân hệ gamma", "Tình trạng")
    }
    assert shown == {
        "Phân hệ alpha": "bật",
        "Phân hệ beta": "tắt",
        "Phân hệ gamma": "không được phép",
        "Tình trạng": "tốt",
    }


@pytest.mark.parametrize("name", ["=1+1", "+84 234", "-5", "@SUM(A1)", "\t=1", "\r=1", "\x01=1"])
def test_no_name_becomes_a_formula_in_excel(name):
    cell = load_workbook(BytesIO(console_workbook.workbook([[name, "Sở Y tế - 1"]]))).active["A1"]
    other = cell.offset(column=1)
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert (other.value, bool(other.quotePrefix)) == ("Sở Y tế - 1", False)


def test_the_list_tells_when_an_agency_was_at_work_last(site, operator, agency):
    words = {"q": agency.info.code}
    assert "Chưa ai vào" in operator.get("tenants.agencies", words).text
    member(agency, "alpha.writer")
    elsewhere = site.ground.agency()
    assert "Chưa ai vào" not in operator.get("tenants.agencies", words).text
    assert "Chưa ai vào" in operator.get("tenants.agencies", {"q": elsewhere.info.code}).text


def test_jobs_in_trouble_are_found_by_title_and_number(operator, failed_job):
    with db.connection_context():
        for words in (("tai", "khoan", "dang", "nhap"), (str(failed_job),)):
            assert str(failed_job) in [hit.detail.split(" ")[0] for hit in find_jobs(None, words, 5)]
        assert find_jobs(None, ("khong", "co", "viec", "nay"), 5) == []


def test_an_agency_that_begins_next_month_is_in_the_list_and_with_its_people(site, operator):
    coming = site.ground.agency()
    with coming.at_work():
        TenantVersion.update(valid_from=today() + timedelta(days=30)).where(
            TenantVersion.tenant_id == coming.info.id
        ).execute()
        person = services.register_person(f"x{uuid4().hex[:8]}", "Lê Văn Sắp")
        office = services.create_unit("Văn phòng mới")
        services.grant_post(Authority.operator(), person.id, office.id, "Chánh Văn phòng")
    assert operator.get("tenants.agencies", {"q": coming.info.code}).rows == [coming.info.short_name]
    found = operator.get("tenants.people_search", {"q": person.username}).words
    assert f"Chánh Văn phòng, {coming.info.short_name}" in found


def test_the_list_takes_as_many_statements_however_long(site, operator):
    site.ground.agency()
    operator.get("tenants.agencies")  # whose host this is, is asked once in a while
    with counted_statements() as few:
        operator.get("tenants.agencies", {"q": "khong co gi ca"})
        operator.get("tenants.agencies")
    for _number in range(5):
        site.ground.agency()
    with counted_statements() as many:
        operator.get("tenants.agencies", {"q": "khong co gi ca"})
        operator.get("tenants.agencies")
    assert len(many) == len(few)


def test_one_agency_shows_versions_modules_and_counts(operator, agency):
    page = operator.get("tenants.agency", code=agency.info.code)
    for words in ("đang có hiệu lực", "Phân hệ gamma", "Theo mặc định: không", "Phòng ban"):
        assert words in page.words
    assert operator.get("tenants.agency", code="khong-co").status == 404


def test_the_operator_looks_into_an_agency_and_changes_nothing_there(operator, agency, admin):
    """Settings, people, departments and roles are read in the console; nothing of modules is (ui.md §14 g)."""
    officer = member(agency, "alpha.writer", name="Tôn Nữ Diệu Phương")
    with agency.at_work():
        services.create_role(services.Authority.operator(), "Trực ban", ["alpha.read"])
    code = agency.info.code
    overview = operator.get("tenants.agency", code=code)
    for words in ("Thứ Hai 07:30–11:30", "Chủ nhật nghỉ", "Việt Nam (GMT+7)", "Quản trị Phạm Ngọc Anh"):
        assert words in overview.words
    people = operator.get(overview.links(f"{code}/people")[0])
    assert any("Diệu Phương" in row for row in people.rows)
    assert people.links(f"/admin/people/{officer.person_id}")
    assert operator.get(overview.links(f"{code}/people?role=")[0]).rows == ["NA Phạm Ngọc Anh Chuyên viên"]
    units = operator.get(overview.links(f"{code}/units")[0])
    assert "Văn phòng" in units.rows
    assert operator.get(units.links("/people?unit=")[0]).rows == people.rows
    roles = operator.get(overview.links(f"{code}/roles")[0])
    assert "Trực ban" in roles.words
    assert "Xem" in roles.rows
    for shown in (people, units, roles):
        assert not shown.links(f"/t/{code}/")
        assert f"/admin/agencies/{code}" in shown.links("/admin/agencies/")
        assert 'method="post"' not in shown.text.partition("<main")[2].partition("</main")[0]
    for route in ("tenants.agency_people", "tenants.agency_units", "tenants.agency_roles"):
        assert operator.get(route, code="khong-co").status == 404
        assert admin.get(route, code=code).status == 404


def test_the_people_of_an_agency_are_paged_in_the_console(operator, agency):
    for _number in range(51):
        agency.officer("alpha.writer")
    first = operator.get("tenants.agency_people", code=agency.info.code)
    assert len(first.rows) == 50
    assert operator.get(first.links("after=")[0]).rows


def decide(operator, agency, *, was=None, seen="", **choices):
    """Send the form of leaves as the page holds it, with some rows changed: `alpha="denied Chờ tập huấn"`."""
    shown = operator.get("tenants.agency", code=agency.info.code)
    form = {"seen": seen}
    for key, choice in choices.items():
        name, _space, note = choice.partition(" ")
        marked = was if was is not None else shown.value(f"was-{key}")
        form |= {f"grant-{key}": name, f"note-{key}": note, f"was-{key}": marked}
    return operator.post("tenants.agency_grants", form, code=agency.info.code)


def test_a_grant_is_kept_with_its_reason(operator, agency):
    answer = decide(operator, agency, seen="alpha", alpha="denied Chờ tập huấn <1>")
    assert answer.toast == "Đã lưu phép dùng Phân hệ alpha."
    assert "Chờ tập huấn &lt;1&gt;" in operator.get("tenants.agency", code=agency.info.code).text
    assert member(agency, "alpha.writer").get("alpha.board").status == 404
    decide(operator, agency, alpha="default")
    assert member(agency, "alpha.writer").get("alpha.board").status == 200
    assert decide(operator, agency, alpha="maybe").status == 400
    assert decide(operator, agency, was="", nothing="denied").toast == "Không có gì thay đổi."


def test_one_form_decides_about_all_modules_at_once(operator, agency):
    page = operator.get("tenants.agency", code=agency.info.code)
    assert page.text.count('action="/admin/agencies/' + agency.info.code + '/modules"') == 1
    answer = decide(
        operator, agency, seen="alpha", alpha="denied Chờ tập huấn", gamma="allowed Thí điểm", beta="default"
    )
    assert answer.toast == "Đã lưu phép dùng Phân hệ alpha, Phân hệ gamma."
    with agency.at_work():
        assert queries.grants() == {"alpha": (False, "Chờ tập huấn"), "gamma": (True, "Thí điểm")}
    assert (
        decide(operator, agency, alpha="denied Chờ tập huấn", gamma="allowed Thí điểm").toast
        == "Không có gì thay đổi."
    )


def test_taking_the_leave_for_a_module_in_use_is_shown_before_it_happens(site, operator, agency, admin):
    admin.post("tenants.module_enable", key="beta")
    site.modules["alpha"].blockers.append(Blocker("12 vụ việc đang mở", url="/x"))
    worker = member(agency, "alpha.writer")
    plan = decide(operator, agency, alpha="denied Chờ tập huấn", gamma="allowed Thí điểm")
    assert plan.status == 200
    assert "Chưa có gì thay đổi" in plan.words
    assert "Ngừng theo vì cần phân hệ này: Phân hệ beta." in plan.words
    assert "Phân hệ alpha: 12 vụ việc đang mở" in plan.words
    assert "1 người có vai trò của phân hệ này" in plan.words
    assert worker.get("alpha.board").status == 200
    names = [f"{each}-{key}" for key in ("alpha", "gamma") for each in ("grant", "note", "was")]
    kept = {name: plan.value(name) for name in (*names, "seen")}
    assert operator.post("tenants.agency_grants", kept, code=agency.info.code).status == 303
    assert worker.get("alpha.board").status == 404
    with agency.at_work():
        assert queries.grants()["gamma"] == (True, "Thí điểm"), "what was decided beside it goes along"
    # What changes nothing for the agency needs no look, nor does giving it back.
    assert decide(operator, agency, alpha="denied Chờ tập huấn đợt 2").status == 303
    assert decide(operator, agency, alpha="default").status == 303


def test_several_modules_that_stop_are_told_apart_on_the_plan(operator, agency, admin):
    admin.post("tenants.module_enable", key="beta")
    member(agency, "alpha.writer")
    plan = decide(operator, agency, alpha="denied", beta="denied")
    assert "dùng Phân hệ alpha, Phân hệ beta?" in plan.words
    assert "Phân hệ alpha: Mục “Bảng tin” biến khỏi danh mục của 1 người. 1 người có vai trò" in plan.words
    assert plan.words.count("Phân hệ alpha:") == 1, "one line for each module"
    assert plan.words.count("Dữ liệu được giữ nguyên, bật lại là thấy ngay.") == 1
    # A plan that showed less than stops now is shown again.
    assert decide(operator, agency, seen="alpha", alpha="denied", beta="denied").status == 200
    assert decide(operator, agency, seen=plan.value("seen"), alpha="denied", beta="denied").status == 303


def test_a_module_left_to_the_default_again_is_told_as_that(operator, agency):
    decide(operator, agency, seen="alpha", alpha="denied Thanh tra")
    decide(operator, agency, alpha="default")
    words = operator.get("tenants.agency_audit", code=agency.info.code).words
    assert "để việc dùng phân hệ Phân hệ alpha theo mặc định" in words
    assert "cho phép dùng phân hệ Phân hệ alpha" not in words


def test_a_row_nobody_touched_does_not_undo_what_another_operator_decided(operator, agency):
    opened = operator.get("tenants.agency", code=agency.info.code)
    decide(operator, agency, seen="alpha", alpha="denied Thanh tra")
    late = {"grant-alpha": "default", "note-alpha": "", "was-alpha": opened.value("was-alpha")}
    late |= {"grant-gamma": "allowed", "note-gamma": "", "was-gamma": opened.value("was-gamma")}
    assert operator.post("tenants.agency_grants", late, code=agency.info.code).status == 303
    with agency.at_work():
        assert queries.grants() == {"alpha": (False, "Thanh tra"), "gamma": (True, "")}


def test_who_decides_about_the_same_module_second_is_asked(operator, agency):
    decide(operator, agency, seen="alpha", alpha="denied Thanh tra")
    answer = decide(operator, agency, was="default", alpha="allowed Đã tập huấn")
    assert answer.status == 422
    assert "Người vận hành khác vừa đổi thành “Không cho dùng”." in answer.words
    assert 'value="Đã tập huấn"' in answer.text, "nothing typed is lost"
    again = {f"{name}-alpha": answer.value(f"{name}-alpha") for name in ("note", "was")}
    assert (
        operator.post(
            "tenants.agency_grants", {**again, "grant-alpha": "allowed"}, code=agency.info.code
        ).status
        == 303
    )
    with agency.at_work():
        assert queries.grants() == {"alpha": (True, "Đã tập huấn")}


def test_a_changed_reason_alone_is_kept(operator, agency):
    for note in ("Chờ tập huấn", "Đang tập huấn"):
        decide(operator, agency, seen="alpha", alpha=f"denied {note}")
        assert note in operator.get("tenants.agency", code=agency.info.code).text


def test_a_grant_that_a_module_cannot_follow_is_refused_in_words(site, operator, agency):
    site.modules["gamma"].fails.add("on_module_enabled")
    with agency.at_work():
        ModuleSwitch.create(module="gamma", is_on=True)
    answer = decide(operator, agency, gamma="allowed Thí điểm")
    assert answer.status == 422
    assert "Một phân hệ gặp lỗi khi chuẩn bị" in answer.words
    assert 'value="Thí điểm"' in answer.text
    with agency.at_work():
        assert queries.grants() == {}


def test_a_lost_address_in_the_console_speaks_of_the_console(operator):
    for url in ("/admin/khong-co", operator.url("tenants.agency", code="khong-co")):
        lost = operator.get(url)
        assert lost.status == 404
        assert "<h1>Không có trang này</h1>" in lost.text
        assert "không còn trong bàn vận hành" in lost.words
        assert "cơ quan khác" not in lost.words
        assert "Về danh sách cơ quan" in lost.words


def test_a_suspended_agency_is_closed_at_once_and_opens_again(operator, agency, admin):
    asked = operator.get("tenants.agency_suspend", code=agency.info.code)
    for words in ("Chưa có gì thay đổi", "không mở được trang của cơ quan này", "Mã truy cập API"):
        assert words in asked.words
    assert admin.get("tenants.home").status == 200
    assert operator.post("tenants.agency_suspend", code=agency.info.code).status == 303
    assert admin.get("tenants.home").status == 404
    assert "Cho hoạt động lại" in operator.get("tenants.agency", code=agency.info.code).words
    for again in (operator.get, operator.post):
        told = again("tenants.agency_suspend", code=agency.info.code).toast
        assert "đang không hoạt động nên không có gì để tạm ngừng" in told
    operator.post("tenants.agency_resume", code=agency.info.code)
    assert admin.get("tenants.home").status == 200


def test_what_is_done_in_the_console_is_recorded_as_an_operators_act(operator, agency):
    operator.post("tenants.agency_suspend", code=agency.info.code)
    with agency.at_work():
        kinds = db.execute_sql(
            "SELECT actor_kind FROM core.audit_entry WHERE tenant_id = %s AND event = 'tenants.agency_suspended'",
            (agency.info.id,),
        ).fetchall()
    assert kinds == [("operator",)]


# ---- people --------------------------------------------------------------------------------------------------


def test_somebody_is_found_locked_out_and_let_in_again(operator, agency):
    officer = member(agency, "alpha.writer", name="Tôn Nữ Diệu Phương")
    page = operator.get("tenants.people_search", {"q": "dieu phuong"})
    assert page.links(str(officer.person_id))
    overview = operator.get("tenants.person", person_id=officer.person_id)
    assert "Chuyên viên" in overview.words
    assert operator.post("tenants.person_disable", person_id=officer.person_id).status == 303
    assert officer.get("tenants.home").status == 303  # on to the sign-in
    assert "Mở lại tài khoản" in operator.get("tenants.person", person_id=officer.person_id).words
    operator.post("tenants.person_restore", person_id=officer.person_id)
    with db.connection_context():
        assert Person.get_by_id(officer.person_id).disabled_at is None


def test_ending_sessions_signs_somebody_out_everywhere(operator, agency):
    officer = member(agency, "alpha.writer")
    answer = operator.post("tenants.person_sessions", person_id=officer.person_id)
    assert answer.toast == "Đã ngắt 1 phiên."
    assert officer.get("tenants.home").status == 303


def test_operators_do_not_lock_themselves_out(operator):
    page = operator.get("tenants.person", person_id=operator.person_id)
    assert not page.links("/disable")
    assert operator.post("tenants.person_disable", person_id=operator.person_id).status == 403


def test_somebody_unknown_does_not_exist(operator):
    assert operator.get("tenants.person", person_id=uuid4()).status == 404


# ---- jobs and health -----------------------------------------------------------------------------------------


@pytest.fixture
def failed_job(site):
    with db.connection_context(), db.atomic():
        number = db.execute_sql(
            "INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, status, attempts) "
            "VALUES (%s, 'tenants.mirror', 'failed', 3) RETURNING id",
            (str(PLATFORM),),
        ).fetchone()[0]
        db.execute_sql(
            "INSERT INTO jobs.procrastinate_events (job_id, type, at) VALUES (%s, 'failed', now())", (number,)
        )
        db.execute_sql(
            "INSERT INTO core.job_error (job_id, error) VALUES (%s, 'Keycloak does not answer.')", (number,)
        )
    yield number
    with db.connection_context(), db.atomic():
        db.execute_sql("DELETE FROM jobs.procrastinate_jobs WHERE id = %s", (number,))


def test_a_failed_job_is_shown_with_its_error_and_tried_again(operator, failed_job):
    page = operator.get("tenants.jobs")
    assert "Keycloak does not answer." in page.words
    assert operator.post("tenants.job_retry", job_id=failed_job).toast == "Việc đã vào hàng đợi lại."
    assert operator.get("tenants.jobs").links(f"/jobs/{failed_job}/cancel")
    assert operator.post("tenants.job_cancel", job_id=failed_job).toast == "Đã bỏ việc này."
    assert (
        operator.post("tenants.job_retry", job_id=failed_job).toast == "Việc này không còn ở trạng thái lỗi."
    )
    assert operator.get("tenants.jobs", {"before": "x"}).status == 400


@pytest.fixture
def silent_worker():
    """A worker that was killed five minutes ago with a job in hand."""
    with db.connection_context():
        db.execute_sql(
            "INSERT INTO jobs.procrastinate_workers (id, last_heartbeat) OVERRIDING SYSTEM VALUE VALUES (99, now() - interval '5 minutes')"
        )
    yield
    with db.connection_context():
        db.execute_sql("DELETE FROM jobs.procrastinate_workers WHERE id = 99")


def test_jobs_tell_since_when_no_worker_was_seen(operator, silent_worker):
    page = operator.get("tenants.jobs").words
    assert "Không thấy tiến trình nền nào từ" in page
    assert "Bị ngắt" in page
    assert "Đang chạy" not in page


def test_health_tells_of_a_worker_that_is_not_there(operator):
    page = operator.get("tenants.health")
    assert "Không có tiến trình nền nào đang chạy" in page.words
    assert "Tài khoản ở dịch vụ đăng nhập" in page.words


def test_health_neither_praises_nor_blames_what_is_not_set_up(operator):
    assert "Chưa cài đặt Thư thông báo gửi được" in operator.get("tenants.health").words


# ---- provisioning --------------------------------------------------------------------------------------------

FILE = """
agencies:
  - {{code: {code}, name: Sở Thử nghiệm {code}, kind: department}}
  - {{code: {code}-con, name: Đơn vị con {code}, kind: department_unit, parent: khong-co}}
units:
  - {{agency: {code}, code: van-phong, name: Văn phòng}}
people:
  - {{username: {code}.hoa, full_name: Lê Thị Hoa}}
posts:
  - {{person: {code}.hoa, agency: {code}, unit: van-phong, position: Giám đốc, roles: [tenants.admin]}}
"""


@pytest.fixture
def code():
    return f"so-{uuid4().hex[:10]}"


def upload(operator, text):
    return operator.post("tenants.provision", files={"file": ("danh-sach.yaml", text.encode())})


def run_of(location):
    return next(part for part in location.split("/") if len(part) == 36)


def test_a_file_becomes_a_plan_and_then_agencies(operator, code):
    planned = upload(operator, FILE.format(code=code))
    assert planned.status == 303
    run_id = run_of(planned.location)
    plan = operator.get(planned.location)
    assert "Kế hoạch: 4 thay đổi, 1 lỗi ở 1 dòng" in plan.words
    assert plan.rows[0].startswith("Đơn vị con")
    assert "Không có cơ quan cấp trên “khong-co”" in plan.words
    assert "Thêm mới" in plan.words
    nameless = operator.get(
        upload(operator, f"agencies:\n  - {{code: {code}-vo-danh, kind: other}}").location
    )
    assert nameless.rows[0].startswith(f"{code}-vo-danh")
    assert (
        operator.get("tenants.provision_plan", {"action": "error"}, run_id=run_id)
        .rows[0]
        .startswith("Đơn vị con")
    )
    assert "Không có cơ quan cấp trên" in operator.get("tenants.provision_errors", run_id=run_id).text

    refused = operator.post("tenants.provision_plan", run_id=run_id)
    assert refused.status == 422
    assert "chọn bỏ qua các dòng đó" in refused.words
    started = operator.post("tenants.provision_plan", {"skip_errors": "on"}, run_id=run_id)
    assert started.location == operator.url("tenants.provision_run", run_id=run_id)
    going = operator.get(started.location)
    assert "Đang áp dụng" in going.words
    assert 'hx-trigger="every' in going.text
    assert "Không có tiến trình nền nào" in going.words
    assert "0 đang chạy, 1 chờ" in going.words

    with db.connection_context():
        runs.apply_run(run_id)
    with db.connection_context():
        db.execute_sql("DELETE FROM tenants.directory_task")
    done = operator.get(started.location)
    assert "Áp dụng xong" in done.words
    assert "1 trên 1 cơ quan" in done.words
    assert 'hx-trigger="every' not in done.text
    assert "1 dòng lỗi đã bỏ qua" in done.words
    assert operator.get("tenants.agency", code=code).status == 200
    assert operator.get("tenants.provision_plan", run_id=run_id).status == 303

    again = operator.get(upload(operator, FILE.format(code=code)).location)
    assert "Kế hoạch: 0 thay đổi, 1 lỗi ở 1 dòng" in again.words


def test_a_plan_tells_errors_from_rows_and_causes_from_what_follows(operator, code):
    twice = f"""
agencies:
  - {{code: {code}, name: Sở Hai lỗi, kind: vương quốc, parent: khong-co}}
units:
  - {{agency: {code}, code: van-phong, name: Văn phòng}}
  - {{agency: {code}, code: to, name: Tổ, parent: van-phong}}
"""
    planned = upload(operator, twice).location
    plan = operator.get(planned)
    assert "Kế hoạch: 0 thay đổi, 4 lỗi ở 3 dòng" in plan.words
    operator.post("tenants.preferences", {"locale": "en", "return_to": planned})
    english = operator.get(planned)
    assert "There is no kind of agency “vương quốc”" in english.words, "who planned may not be who reads"
    assert "rows need this row" in english.words or "dòng cần dòng này" not in english.words
    operator.post("tenants.preferences", {"locale": "vi", "return_to": planned})
    assert [row.partition(" Cơ quan")[0].partition(" Phòng ban")[0] for row in plan.rows] == [
        "Sở Hai lỗi",
        "Sở Hai lỗi",
        "Văn phòng",
        "Tổ",
    ]
    assert plan.text.count("2 dòng cần dòng này") == 2
    assert "Tải tệp 4 lỗi" in plan.words


def test_a_file_that_seems_to_be_another_province_s_needs_a_word_of_its_own(operator, code, monkeypatch):
    # Any sentence that there is in both languages.
    told = Problem("Có phải “{near}”?", fields={"near": "Huế"})
    monkeypatch.setattr(runs, "make_plan", lambda *given: replace(make_plan(*given), elsewhere=told))
    run_id = run_of(upload(operator, FILE.format(code=code)).location)
    plan = operator.get("tenants.provision_plan", run_id=run_id)
    assert plan.words.index("Có phải “Huế”?") < plan.words.index("Chưa có gì được ghi")
    refused = operator.post("tenants.provision_plan", {"skip_errors": "on"}, run_id=run_id)
    assert refused.status == 422
    with db.connection_context():
        assert ProvisionRun.get_by_id(run_id).state == "planned"
    operator.post("tenants.preferences", {"locale": "en", "return_to": "/"})
    refused = operator.post("tenants.provision_plan", {"skip_errors": "on"}, run_id=run_id)
    operator.post("tenants.preferences", {"locale": "vi", "return_to": "/"})
    assert refused.status == 422
    assert "Did you mean “Huế”?" in refused.words
    assert "Có phải" not in refused.words, "who planned may not be who reads"
    said = {"skip_errors": "on", "other_province": "on"}
    assert operator.post("tenants.provision_plan", said, run_id=run_id).status == 303
    with db.connection_context():
        assert ProvisionRun.get_by_id(run_id).trouble == ""


def test_an_agency_is_done_when_the_sign_in_service_has_it_too(operator, code):
    run_id = run_of(upload(operator, FILE.format(code=code)).location)
    location = operator.post("tenants.provision_plan", {"skip_errors": "on"}, run_id=run_id).location
    with db.connection_context():
        runs.apply_run(run_id)
    written = operator.get(location)
    assert "Đã ghi xong, đang chuyển tài khoản" in written.words
    assert "0 trên 1 cơ quan" in written.words
    assert 'hx-trigger="every' in written.text
    by_state = {state: len(operator.get(location, {"state": state}).rows) for state in ("running", "done")}
    assert by_state == {"running": 1, "done": 0}
    with db.connection_context():
        db.execute_sql(
            "UPDATE tenants.directory_task SET last_error = 'Không trả lời.' WHERE kind = 'organization'"
        )
    assert "Hệ thống đăng nhập chưa nhận, sẽ tự thử lại: Không trả lời." in operator.get(location).words


def test_a_run_is_stopped_and_taken_up_again(operator, code):
    text = FILE.format(code=code).replace("parent: khong-co", f"parent: {code}")
    run_id = run_of(upload(operator, text).location)
    operator.post("tenants.provision_plan", run_id=run_id)
    operator.post("tenants.provision_stop", run_id=run_id)
    with db.connection_context():
        runs.apply_run(run_id)
    stopped = operator.get("tenants.provision_run", run_id=run_id)
    assert "Đã dừng" in stopped.words
    assert operator.post("tenants.provision_resume", run_id=run_id).status == 303
    with db.connection_context():
        runs.apply_run(run_id)
        assert ProvisionRun.get_by_id(run_id).state == "finished"
        db.execute_sql("DELETE FROM tenants.directory_task")
    assert "2 trên 2 cơ quan" in operator.get("tenants.provision_run", run_id=run_id).words


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"agencies: [1, 2", "Tệp phải là các bảng"),
        ("\ufeffTên\tMã".encode("utf-16"), "Chưa đọc được tệp"),
        (b"PK\x03\x04 not a workbook", "Đây không phải tệp Excel"),
        (b"\xd0\xcf\x11\xe0 old", "Excel đời cũ"),
        (b"", "Chọn một tệp"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_words(operator, content, message):
    answer = operator.post("tenants.provision", files={"file": ("danh-sach.xlsx", content)})
    assert answer.status == 422
    assert message in answer.words


@pytest.mark.parametrize("megabytes", [21, 50])
def test_a_file_that_is_too_large_comes_back_with_the_form_and_its_limit(operator, megabytes):
    """The kernel keeps forms with files up to a little more; above that the page says the same."""
    answer = operator.post("tenants.provision", files={"file": ("lon.yaml", b"#" * (megabytes * 1_000_000))})
    assert answer.status == 422
    assert f"Tệp nặng {megabytes} MB, quá giới hạn 20 MB" in answer.words
    assert 'id="e-file"' in answer.text


def test_a_run_nobody_made_does_not_exist(operator):
    for route in ("tenants.provision_plan", "tenants.provision_run", "tenants.provision_errors"):
        assert operator.get(route, run_id=uuid4()).status == 404
    assert operator.post("tenants.provision_stop", run_id=uuid4()).status == 404


def test_people_registered_in_the_console_belong_to_the_installation(operator, agency):
    with agency.at_work():
        services.register_person(f"x{uuid4().hex[:8]}", "Lê Văn Xuyến")
    assert "Lê Văn Xuyến" in operator.get("tenants.people_search", {"q": "xuyen"}).words
    assert operator.get("tenants.people_search", {"q": "x"}).rows == []


def test_an_agency_in_trouble_is_not_green(operator, agency, failed_job):
    with db.connection_context(), db.atomic():
        db.execute_sql(
            "UPDATE jobs.procrastinate_jobs SET queue_name = %s WHERE id = %s",
            (str(agency.info.id), failed_job),
        )
    page = operator.get("tenants.agencies", {"status": "trouble"})
    assert agency.info.short_name in page.rows
    assert "1 việc nền lỗi, đã thôi thử" in page.words
    assert page.links("/admin/agencies/" + agency.info.code)
    with db.connection_context(), db.atomic():
        db.execute_sql("DELETE FROM jobs.procrastinate_jobs WHERE id = %s", (failed_job,))
    assert agency.info.short_name not in operator.get("tenants.agencies", {"status": "trouble"}).rows


def test_components_are_shown_on_developers_installations_only(operator):
    assert operator.get("showcase.components").status == 404
    assert operator.get("showcase.component", kind="buttons").status == 404


def test_each_component_has_an_address_of_its_own_for_developers(operator, monkeypatch):
    own = replace(installed_settings(), development=True)
    monkeypatch.setattr(installed_settings, "installed", own)
    pages = operator.get("showcase.components").links("/_components/")
    assert len(pages) == len(COMPONENTS)
    for address in pages:
        assert operator.get(address).status == 200
    assert operator.get("showcase.component", kind="khong-co").status == 404


def test_a_long_search_for_people_turns_forth_and_back(operator, agency):
    word = f"Xyz{uuid4().hex[:6]}"
    with agency.at_work():
        for number in range(55):
            services.register_person(f"{word.lower()}.{number}", f"{word} Văn {number}")
    first = operator.get("tenants.people_search", {"q": word})
    second = operator.get(first.links("after=")[0])
    assert (len(first.rows), len(second.rows)) == (50, 5)
    assert operator.get(second.links("before=")[0]).rows == first.rows


def test_a_run_that_breaks_says_so_and_may_be_taken_up_again(operator, code, monkeypatch):
    text = FILE.format(code=code).replace("parent: khong-co", f"parent: {code}")
    run_id = run_of(upload(operator, text).location)
    operator.post("tenants.provision_plan", run_id=run_id)
    with db.connection_context(), monkeypatch.context() as patch:
        patch.setattr(runs, "apply_plan", lambda *arguments, **options: 1 / 0)
        runs.apply_run(run_id)
    page = operator.get("tenants.provision_run", run_id=run_id)
    assert "Chưa chạy hết được ZeroDivisionError" in page.words
    assert operator.post("tenants.provision_resume", run_id=run_id).status == 303
    with db.connection_context():
        runs.apply_run(run_id)
        assert ProvisionRun.get_by_id(run_id).state == "finished"


def test_a_run_whose_job_was_given_up_may_be_taken_up_again(operator, code):
    text = FILE.format(code=code).replace("parent: khong-co", f"parent: {code}")
    run_id = run_of(upload(operator, text).location)
    operator.post("tenants.provision_plan", run_id=run_id)
    assert not operator.get("tenants.provision_run", run_id=run_id).links("/resume")
    with db.connection_context(), db.atomic():
        db.execute_sql(
            "UPDATE jobs.procrastinate_jobs SET status = 'failed' WHERE args->>'run' = %s", (str(run_id),)
        )
    page = operator.get("tenants.provision_run", run_id=run_id)
    assert "Việc nền đã thôi thử" in page.words
    assert operator.post("tenants.provision_resume", run_id=run_id).status == 303
    with db.connection_context():
        runs.apply_run(run_id)
        assert ProvisionRun.get_by_id(run_id).state == "finished"


def test_files_are_not_kept_for_good(operator, code):
    planned, applied = (run_of(upload(operator, FILE.format(code=code)).location) for _number in range(2))
    with db.connection_context():
        ProvisionRun.update(made_at=datetime.now(UTC) - timedelta(days=8)).where(
            ProvisionRun.id == planned
        ).execute()
        runs.forget_old_runs()
        assert ProvisionRun.get_or_none(ProvisionRun.id == planned) is None
        assert ProvisionRun.get_or_none(ProvisionRun.id == applied) is not None
    assert operator.get("tenants.provision_plan", run_id=planned).status == 404
