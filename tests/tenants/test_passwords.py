"""One-time passwords and second factors on the pages: who may, what it does, and that the secret stays on one page."""

import re
from itertools import count

import pytest

from core.db import PLATFORM, db, scope
from core.events import SYSTEM, acting
from core.web.errors import Forbidden
from tenants import password_list, reconciler, services
from tenants.interfaces import DirectoryRefused, DirectoryUnavailable
from tenants.models import DirectoryTask, Person
from tenants.resources import access
from tenants.services.passwords import new_password
from tests.tenants.pages import ADMIN, member, session_for
from tests.tenants.test_pages_people import UNIT, give

SHOWN = re.compile(r"\b[A-Za-z]{4}-[A-Za-z]{4}-[A-Za-z]{4}-[A-H][a-h]\d\d\b")


@pytest.fixture(autouse=True)
def accounts(directory, monkeypatch):
    """The directory that the pages reach."""
    monkeypatch.setattr(reconciler.directories, "installed", lambda: directory)
    return directory


def stored(person_id):
    with db.connection_context():
        return Person.get_by_id(person_id)


def password_of(accounts, person_id):
    """The password the directory has for a person; None when it has none."""
    return accounts.passwords.get(accounts.subjects.get(stored(person_id).username))


def is_signed_in(person_id):
    with db.connection_context():
        row = db.execute_sql(
            "SELECT count(*) FROM sso.session WHERE person_id = %s AND ended_at IS NULL", (person_id,)
        )
        return row.fetchone()[0] > 0


def everything_written():
    """All that the audit, the jobs and the registry of people hold, as one text."""
    with db.connection_context():
        parts = [
            db.execute_sql(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t").fetchone()[0]
            for table in ("core.audit_entry", "jobs.procrastinate_jobs", "tenants.person")
        ]
    return " ".join(parts)


def test_a_password_can_be_read_aloud_and_never_holds_the_user_name():
    for _each in range(300):
        password = new_password("hm")
        assert SHOWN.fullmatch(password)
        assert "hm" not in password.lower()
        assert not set("IlOo01") & set(password)


def test_somebody_new_is_given_a_way_in_as_the_next_step(agency, admin, accounts):
    form = {"full_name": "Lê Thị Hoa Mai", "unit_id": agency.units[UNIT], "position": "Văn thư"}
    given = admin.post("tenants.post_new", form)
    plan = admin.get(given.location)
    assert "Cấp mật khẩu lần đầu cho Lê Thị Hoa Mai?" in plan.words
    assert admin.get("tenants.people", {"q": "thi hoa"}).links("/password")
    assert "Chưa có mật khẩu" in admin.get("tenants.people", {"q": "thi hoa"}).words

    slip = admin.post(given.location)
    assert slip.status == 200
    [shown] = set(SHOWN.findall(slip.words))
    with db.connection_context():
        hoa = Person.get(Person.full_name == "Lê Thị Hoa Mai")
    assert password_of(accounts, hoa.id) == shown
    assert accounts.subjects[hoa.username] not in accounts.own_passwords, "it must be changed at sign-in"
    assert hoa.subject == accounts.subjects[hoa.username]
    assert hoa.username in slip.words
    assert "Phòng ban Văn phòng" in slip.words, "where the slip is to be taken"
    assert "http://localhost:8000" in slip.words
    assert "Chưa có mật khẩu" not in admin.get("tenants.people", {"q": "thi hoa"}).words


def test_the_password_is_on_that_one_page_and_nowhere_else(agency, admin):
    _person, post_id = give(agency, "an", "Trần Văn Ân")
    slip = admin.post("tenants.post_password", post_id=post_id)
    [shown] = set(SHOWN.findall(slip.words))
    assert slip.raw.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in slip.raw.headers
    assert slip.location == ""
    assert shown not in admin.get("tenants.post_password", post_id=post_id).text
    assert shown not in everything_written()
    audit = admin.get("tenants.audit").words
    assert "cấp mật khẩu lần đầu cho Trần Văn Ân" in audit
    assert "Phạm Ngọc Anh" in audit


def test_a_reset_ends_the_sessions_and_replaces_the_password(agency, admin, accounts):
    person_id, post_id = give(agency, "an", "Trần Văn Ân")
    first = SHOWN.search(admin.post("tenants.post_password", post_id=post_id).words)[0]
    session_for(person_id)
    plan = admin.get("tenants.post_password", post_id=post_id)
    assert "Đặt lại mật khẩu của Trần Văn Ân?" in plan.words
    second = SHOWN.search(admin.post("tenants.post_password", post_id=post_id).words)[0]
    assert second != first
    assert password_of(accounts, person_id) == second
    assert not is_signed_in(person_id)
    assert accounts.ended[-1] == stored(person_id).subject, "also at the identity provider"
    assert "đặt lại mật khẩu của Trần Văn Ân" in admin.get("tenants.audit").words


# ---- many at once --------------------------------------------------------------------------------------------


def ticked(plan):
    return re.findall(r'name="id" value="([^"]*)" checked', plan.text)


def slips(page):
    return set(SHOWN.findall(page.words))


def test_many_newcomers_who_are_ticked_are_given_a_sheet_of_slips(agency, admin, accounts):
    people = [give(agency, f"moi{number}", f"Trần Văn Mới {number}")[0] for number in range(3)]
    assert admin.get("tenants.people", {"q": "van moi"}).links("/people/passwords")
    chosen = [str(each) for each in reversed(people[:2])]
    plan = admin.get("tenants.first_passwords")
    assert set(ticked(plan)) >= {str(each) for each in people}
    nobody = admin.post("tenants.first_passwords", {})
    assert nobody.status == 422
    assert "Chọn ít nhất một người." in nobody.words
    assert ticked(nobody) == []
    assert not accounts.passwords, "a plan gives nothing"
    sheet = admin.post("tenants.first_passwords", {"id": chosen})
    assert sheet.status == 200
    assert sheet.raw.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in sheet.raw.headers
    assert slips(sheet) == {password_of(accounts, each) for each in people[:2]}
    assert len(slips(sheet)) == 2
    assert re.findall(r"Trần Văn Mới \d Phòng ban Văn phòng", sheet.words) == [
        f"Trần Văn Mới {number} Phòng ban Văn phòng" for number in (1, 0)
    ], "in the order of the plan, with where to take it"
    assert password_of(accounts, people[2]) is None
    assert all(accounts.subjects[stored(each).username] not in accounts.own_passwords for each in people[:2])
    assert not any(each in everything_written() for each in slips(sheet))
    audit = admin.get("tenants.audit").words
    assert all(f"cấp mật khẩu lần đầu cho Trần Văn Mới {number}" in audit for number in (0, 1))
    # Sent again, it shows nothing again and gives nobody another one.
    before = dict(accounts.passwords)
    again = admin.post("tenants.first_passwords", {"id": chosen})
    assert "Những người này đã được cấp mật khẩu. Tờ phiếu chỉ hiện một lần" in again.toast
    assert accounts.passwords == before


def test_unless_others_are_ticked_all_who_wait_get_theirs_sheet_by_sheet(
    agency, admin, accounts, monkeypatch
):
    monkeypatch.setattr(access, "ON_A_SHEET", 2)
    for number in range(3):
        give(agency, f"moi{number}", f"Trần Văn Mới {number}")
    plan = admin.get("tenants.first_passwords")
    waiting = ticked(plan)
    assert len(waiting) == 2
    assert "Mỗi tờ nhiều nhất 2 phiếu; ai được chọn mà chưa tới lượt thì ở tờ sau." in plan.words
    sheet = admin.post("tenants.first_passwords", {"id": waiting})
    assert len(slips(sheet)) == 2
    assert sheet.links("/people/passwords"), "the next sheet is one press away"
    while waiting := ticked(admin.get("tenants.first_passwords")):
        sheet = admin.post("tenants.first_passwords", {"id": waiting})
    assert not sheet.links("/people/passwords"), "nobody waits for a first one any more"


def unused(plan):
    """What ticks those of a plan who have been given one and have never signed in."""
    return re.findall(r'name="id" value="([^" ]* [^"]*)"', plan.text)


def test_a_lost_sheet_is_replaced_at_once_and_never_by_a_page_that_is_sent_twice(agency, admin, accounts):
    people = [give(agency, f"moi{number}", f"Trần Văn Mới {number}")[0] for number in range(3)]
    lost = slips(admin.post("tenants.first_passwords", {"id": [str(each) for each in people]}))
    assert admin.get("tenants.people").links("/people/passwords"), "a sheet may be lost"
    with db.connection_context():
        # As a sign-in does it.
        Person.update(password_unused=False).where(Person.id == people[0]).execute()
        Person.update(password_unused=False).where(Person.id.not_in(people)).execute()
    plan = admin.get("tenants.first_passwords")
    assert "phiếu đã giao của người được chọn hết tác dụng ngay" in plan.words
    assert "Trần Văn Mới 0" not in plan.words, "who has signed in is reset one by one"
    assert not [each for each in ticked(plan) if each.partition(" ")[0] in map(str, people)], "nobody unasked"
    meant = ticked(admin.get("tenants.first_passwords", {"again": "1"}))
    assert meant, "those who were given one"
    assert all(" " in each for each in meant), "and nobody else"
    marks = [
        each
        for each in unused(admin.get("tenants.first_passwords", {"again": "1"}))
        if each[:36] in map(str, people)
    ]
    assert len(marks) == 2
    sheet = admin.post("tenants.first_passwords", {"id": marks})
    assert slips(sheet) == {password_of(accounts, each) for each in people[1:]}
    assert not slips(sheet) & lost
    assert password_of(accounts, people[0]) in lost
    assert "đặt lại mật khẩu của Trần Văn Mới 1" in admin.get("tenants.audit").words
    before = dict(accounts.passwords)
    for sent in (marks, [str(each) for each in people]):
        again = admin.post("tenants.first_passwords", {"id": sent})
        assert "Những người này đã được cấp mật khẩu." in again.toast
    assert accounts.passwords == before


def test_who_has_set_their_own_keeps_it_when_a_sheet_is_replaced(agency, admin, accounts):
    person_id, _post = give(agency, "moi", "Trần Văn Mới")
    admin.post("tenants.first_passwords", {"id": str(person_id)})
    accounts.set_password(stored(person_id).subject, "của riêng tôi", temporary=False)
    [mark] = [
        each for each in unused(admin.get("tenants.first_passwords")) if each.startswith(str(person_id))
    ]
    answer = admin.post("tenants.first_passwords", {"id": mark})
    assert not slips(answer)
    assert password_of(accounts, person_id) == "của riêng tôi"
    assert not stored(person_id).password_unused, "and nobody offers it again"


def test_a_slow_identity_provider_leaves_some_for_the_next_sheet(agency, admin, accounts, monkeypatch):
    people = [give(agency, f"moi{number}", f"Trần Văn Mới {number}")[0] for number in range(3)]
    monkeypatch.setattr(password_list, "monotonic", count().__next__)
    monkeypatch.setattr(access, "WITHIN", 2)
    sheet = admin.post("tenants.first_passwords", {"id": [str(each) for each in people]})
    assert len(slips(sheet)) == 2
    assert "Máy chủ đăng nhập đang chậm nên 1 người để sang tờ sau." in sheet.words
    assert sheet.links("/people/passwords")
    [late] = [each for each in people if stored(each).password_at is None]
    assert password_of(accounts, late) is None
    monkeypatch.setattr(access, "WITHIN", -1)
    assert admin.post("tenants.first_passwords", {"id": str(late)}).status == 503


def test_nobody_is_led_where_they_may_give_nobody_a_password(site, agency, admin):
    with db.connection_context():
        Person.update(password_at="2026-01-01").execute()
    assert not admin.get("tenants.people").links("/people/passwords")
    operator_here(site, agency)
    assert not admin.get("tenants.people").links("/people/passwords"), "the IT centre's alone"
    give(agency, "moi", "Trần Văn Mới")
    assert admin.get("tenants.people").links("/people/passwords")


def test_a_sheet_leaves_alone_who_is_out_of_reach_or_has_a_password_of_their_own(
    site, agency, admin, accounts
):
    operator_id, _post = operator_here(site, agency)
    own, _post = give(agency, "rieng", "Trần Văn Riêng")
    new, _post = give(agency, "moi", "Trần Văn Mới")
    known = stored(own)
    accounts.subjects[known.username] = "s-rieng"
    accounts.set_password("s-rieng", "của riêng tôi", temporary=False)
    plan = admin.get("tenants.first_passwords")
    assert "người bạn không cấp được" in plan.words
    assert "người vận hành nền tảng" in plan.words
    everybody = [str(operator_id), str(own), str(new), "nonsense"]
    sheet = admin.post("tenants.first_passwords", {"id": everybody})
    assert slips(sheet) == {password_of(accounts, new)}
    assert "1 người đã có mật khẩu riêng nên được để yên." in sheet.words
    assert password_of(accounts, own) == "của riêng tôi"
    assert password_of(accounts, operator_id) is None
    assert stored(own).password_at is not None, "nobody asks for them again"


def test_people_of_another_agency_cannot_be_named(site, agency, admin, accounts):
    other = site.ground.agency()
    there, _post = give(other, "kia", "Trần Văn Kia")
    sheet = admin.post("tenants.first_passwords", {"id": str(there)})
    assert not slips(sheet)
    assert "Trần Văn Kia" not in admin.get("tenants.first_passwords").words
    assert password_of(accounts, there) is None


def test_an_identity_provider_that_is_away_gives_nobody_anything(agency, admin, accounts):
    person_id, _post = give(agency, "moi", "Trần Văn Mới")

    def away(number):
        raise DirectoryUnavailable("connection refused")

    accounts.before_call = away
    answer = admin.post("tenants.first_passwords", {"id": str(person_id)})
    assert answer.status == 503
    assert "Máy chủ đăng nhập chưa trả lời" in answer.words
    assert stored(person_id).password_at is None


# ---- who may -------------------------------------------------------------------------------------------------


def operator_here(site, agency):
    person_id, post_id = give(agency, "khanh", "Nguyễn Quốc Khánh")
    with db.connection_context(), acting(SYSTEM), db.atomic():
        services.set_operator(person_id, is_operator=True)
    return person_id, post_id


def works_elsewhere(site, agency):
    person_id, post_id = give(agency, "an", "Trần Văn Ân")
    other = site.ground.agency()
    with other.at_work():
        services.grant_post(services.Authority.operator(), person_id, other.units[UNIT], "Kế toán")
    return person_id, post_id


def locked(site, agency):
    person_id, post_id = give(agency, "an", "Trần Văn Ân")
    with db.connection_context(), acting(SYSTEM), db.atomic():
        services.disable_person(person_id)
    return person_id, post_id


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (operator_here, "Chỉ đơn vị vận hành nền tảng"),
        (works_elsewhere, "còn vị trí ở cơ quan khác"),
        (locked, "Tài khoản đang khoá"),
    ],
)
def test_an_administrator_may_not(site, agency, admin, accounts, make, reason):
    person_id, post_id = make(site, agency)
    session_for(person_id)
    for answer in (
        admin.get("tenants.post_password", post_id=post_id),
        admin.post("tenants.post_password", post_id=post_id),
    ):
        assert reason in answer.words
        assert not SHOWN.search(answer.words)
    assert answer.status == 403
    assert accounts.passwords == {}
    assert is_signed_in(person_id)


def test_a_post_elsewhere_that_is_over_does_not_count(site, agency, admin):
    person_id, post_id = give(agency, "an", "Trần Văn Ân")
    other = site.ground.agency()
    with other.at_work():
        by = services.Authority.operator()
        post = services.grant_post(by, person_id, other.units[UNIT], "Kế toán")
        services.end_post(by, post.id, 1)
    assert admin.post("tenants.post_password", post_id=post_id).status == 200


def test_nobody_takes_over_an_account_that_administers_more(agency, admin, accounts):
    with agency.at_work():
        services.create_role(services.Authority.operator(), "Tổ chức cán bộ", ["tenants.manage_people"])
    clerk = member(agency, "own.to-chuc-can-bo")
    _other, chief = give(agency, "chanh", "Lê Quang Vinh", roles=[ADMIN])
    refused = clerk.post("tenants.post_password", post_id=chief)
    assert refused.status == 403
    assert "quyền quản trị mà bạn không có" in refused.words
    assert accounts.passwords == {}
    assert admin.post("tenants.post_password", post_id=chief).status == 200
    _other, plain = give(agency, "an", "Trần Văn Ân", roles=["alpha.writer"])
    assert clerk.post("tenants.post_password", post_id=plain).status == 200


def test_nobody_resets_their_own(agency, admin, operator, accounts):
    with agency.at_work():
        row = db.execute_sql(
            "SELECT id FROM tenants.membership WHERE person_id = %s", (admin.person_id,)
        ).fetchone()
    assert admin.post("tenants.post_password", post_id=row[0]).status == 403
    for route in ("tenants.person_password", "tenants.person_factor"):
        assert operator.post(route, person_id=operator.person_id).status == 403
    assert accounts.passwords == {}


def test_a_post_of_another_agency_is_not_found(site, admin, accounts):
    _person, post_id = give(site.ground.agency(), "an", "Trần Văn Ân")
    assert admin.get("tenants.post_password", post_id=post_id).status == 404
    assert admin.post("tenants.post_password", post_id=post_id).status == 404
    assert accounts.passwords == {}


# ---- operators -----------------------------------------------------------------------------------------------


def test_an_operator_gives_anybody_a_password(site, agency, operator, accounts):
    person_id, _post = works_elsewhere(site, agency)
    page = operator.get("tenants.person", person_id=person_id)
    assert "Chưa có mật khẩu" in page.words
    assert page.links("/password")
    slip = operator.post("tenants.person_password", person_id=person_id)
    assert SHOWN.search(slip.words)[0] == password_of(accounts, person_id)
    assert slip.words.count("Văn phòng, ") == 2, "both units it may be taken to, with their agencies"
    assert "cấp mật khẩu lần đầu cho Trần Văn Ân" in operator.get("tenants.platform_audit").words


def test_a_second_factor_is_set_up_anew(site, agency, operator, accounts):
    person_id, _post = operator_here(site, agency)
    accounts.subjects[stored(person_id).username] = "subject-of-khanh"
    accounts.factors["subject-of-khanh"] = "SECRET"
    session_for(person_id, operator=True)
    assert "Mật khẩu giữ nguyên" in operator.get("tenants.person_factor", person_id=person_id).words
    answer = operator.post("tenants.person_factor", person_id=person_id)
    assert "thiết lập lại lớp xác thực thứ hai" in answer.toast
    assert accounts.factors == {}
    assert accounts.passwords == {}
    assert accounts.ended == ["subject-of-khanh"]
    assert not is_signed_in(person_id)
    assert (
        "đặt lại lớp xác thực thứ hai của Nguyễn Quốc Khánh" in operator.get("tenants.platform_audit").words
    )


# ---- when the identity provider does not do it -------------------------------------------------------------


@pytest.mark.parametrize("call", [1, 2, 3])
@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (DirectoryUnavailable("connection refused"), 503, "Máy chủ đăng nhập chưa trả lời"),
        (DirectoryRefused("Keycloak refused the entry (400): no"), 422, "Máy chủ đăng nhập không nhận"),
    ],
)
def test_nothing_is_half_done(agency, admin, accounts, call, error, status, words):
    """The account, the sessions and the password are three calls; each may be the one that fails."""
    person_id, post_id = give(agency, "an", "Trần Văn Ân")

    def fail(number):
        if number == call:
            raise error

    accounts.before_call = fail
    answer = admin.post("tenants.post_password", post_id=post_id)
    assert answer.status == status
    assert words in answer.words
    assert stored(person_id).password_at is None
    assert accounts.passwords == {}
    assert "cấp mật khẩu" not in admin.get("tenants.audit").words
    again = admin.post("tenants.post_password", post_id=post_id)
    assert SHOWN.search(again.words)[0] == password_of(accounts, person_id)


def test_the_queue_still_brings_the_account_up_to_date(agency, admin, accounts):
    person_id, post_id = give(agency, "an", "Trần Văn Ân")
    admin.post("tenants.post_password", post_id=post_id)
    with db.connection_context():
        assert DirectoryTask.select().where(DirectoryTask.person_id == person_id).count()
        reconciler.reconcile(lambda: accounts, everything=True)
    assert password_of(accounts, person_id), "doing it again leaves the password"


def test_an_agency_cannot_touch_second_factors(agency):
    with agency.at_work():
        person = services.register_person(f"an.{agency.info.code[-8:]}", "Trần Văn Ân")
    with (
        db.connection_context(),
        acting(SYSTEM),
        scope(PLATFORM),
        pytest.raises(Forbidden),
    ):
        services.remove_second_factor(
            services.Authority(None, frozenset({"tenants.manage_people"})), person.id
        )


# ---- where mails go ------------------------------------------------------------------------------------------


def mail_form(person_id, email):
    return {"version": str(stored(person_id).version), "email": email}


def test_an_administrator_gives_an_address_which_the_person_sees_and_the_audit_does_not_keep(
    agency, admin, accounts
):
    person_id, post_id = give(agency, "an", "Trần Văn Ân")
    assert "chưa có" in admin.get("tenants.post", post_id=post_id).words
    wrong = admin.post("tenants.post_mail", mail_form(person_id, "an@"), post_id=post_id)
    assert wrong.status == 422
    assert 'href="#f-email"' in wrong.text
    assert 'value="an@"' in wrong.text
    saved = admin.post("tenants.post_mail", mail_form(person_id, "An@Hue.example"), post_id=post_id)
    assert saved.status == 303
    assert stored(person_id).email == "an@hue.example"
    assert "an@hue.example" in admin.get("tenants.post", post_id=post_id).words
    journal = admin.get("tenants.audit").words
    assert "đổi địa chỉ thư công vụ của Trần Văn Ân" in journal
    assert "an@hue.example" not in journal
    other_id, other_post = give(agency, "binh", "Lê Thanh Bình")
    taken = admin.post("tenants.post_mail", mail_form(other_id, "AN@hue.example"), post_id=other_post)
    assert taken.status == 422
    assert "đã là của người khác" in taken.words
    stale = admin.post("tenants.post_mail", {"version": "1", "email": "b@hue.example"}, post_id=post_id)
    assert stale.status == 409
    assert "b@hue.example" in stale.text
    assert stored(person_id).email == "an@hue.example"


@pytest.mark.parametrize("make", [operator_here, works_elsewhere])
def test_the_address_of_somebody_beyond_reach_is_the_it_centres(site, agency, admin, make):
    person_id, post_id = make(site, agency)
    plan = admin.get("tenants.post_mail", post_id=post_id)
    assert 'name="email"' not in plan.text
    assert admin.post("tenants.post_mail", mail_form(person_id, "x@y.example"), post_id=post_id).status == 403
    assert stored(person_id).email == ""
