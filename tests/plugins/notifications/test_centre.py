"""What a person is told, once, in their own words, and nobody else."""

import re
from datetime import UTC, date, datetime, timedelta

import psycopg2
import pytest

from core.db import db, scope
from core.web.paging import Cursor, decode_key
from plugins.example import services as notebook
from plugins.notifications import queries, services
from plugins.notifications.api import notify
from plugins.notifications.models import Notification
from tests.plugins.notifications.post_office import KIND, PostOffice
from tests.support.modules import OTHER_UNIT
from tests.support.plans import nodes

# ---- told once


def test_nobody_is_told_twice_of_one_fact(office):
    lan, vinh = office.officer(), office.officer()
    assert office.tell(lan, fact="họp") == 1
    assert office.tell(lan, vinh, fact="họp") == 1
    assert office.tell(lan, fact="hạn") == 1
    assert office.texts(lan) == ["Việc hạn", "Việc họp"]
    assert office.texts(vinh) == ["Việc họp"]


def test_a_rolled_back_fact_tells_nobody(office):
    lan = office.officer()
    with office.agency.at_work(), db.atomic() as transaction:
        assert notify(KIND, [lan.person_id], fact="1", text="x") == 1
        transaction.rollback()
    assert office.texts(lan) == []


def test_only_people_with_a_post_in_the_agency_are_told(ground, office):
    stranger, gone, disabled = ground.agency().officer(), office.officer(), office.officer()
    with office.agency.at_work():
        db.execute_sql(
            "UPDATE tenants.membership SET ended_at = now() WHERE person_id = %s", (gone.person_id,)
        )
        db.execute_sql("UPDATE tenants.person SET disabled_at = now() WHERE id = %s", (disabled.person_id,))
    assert office.tell(stranger, gone, disabled) == 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"kind": "example.unheard_of"}, KeyError),
        ({"route": "example.nowhere"}, KeyError),
        ({"route": "example.note"}, KeyError),
        ({"fact": ""}, ValueError),
        ({"fact": "x" * 301}, ValueError),
    ],
)
def test_what_cannot_be_told_ends_the_transaction(office, changes, error):
    with pytest.raises(error):
        office.tell(office.officer(), **changes)


def test_telling_outside_a_transaction_is_refused(office):
    lan = office.officer()
    with (
        db.connection_context(),
        scope(office.agency.info.id),
        pytest.raises(RuntimeError, match="transaction"),
    ):
        notify(KIND, [lan.person_id], fact="1", text="x")


def test_pinning_a_note_tells_the_others_of_the_unit_once(office):
    lan, vinh, elsewhere = office.officer(), office.officer(), office.officer(unit=OTHER_UNIT)
    with lan.working() as ctx:
        unit = office.agency.units["Văn phòng"]
        note = notebook.write_note(ctx, unit_id=unit, title="Lịch trực")
        for pinned in (True, False, True):
            notebook.set_pinned(ctx, note.id, pinned=pinned)
    assert office.texts(vinh) == ["Lịch trực"]
    assert office.texts(lan) == office.texts(elsewhere) == []
    opened = vinh.get("notifications.open", notification_id=office.ids(vinh)[0])
    assert opened.headers["Location"] == office.agency.url("example.note", note_id=note.id)


def test_who_had_taken_note_hears_that_the_note_changed(office):
    lan, vinh, anh = office.officer(), office.officer(), office.officer()
    with lan.working() as ctx:
        note = notebook.write_note(ctx, unit_id=office.agency.units["Văn phòng"], title="Lịch trực")
    for reader in (lan, vinh):
        with reader.working() as ctx:
            notebook.acknowledge(ctx, note.id)
    with lan.working() as ctx:
        notebook.change_note(ctx, note.id, version=1, title="Lịch trực mới", body="")
    assert office.texts(vinh) == ["Lịch trực mới"]
    assert office.texts(lan) == office.texts(anh) == []


# ---- the page


def test_each_reads_in_the_own_language_with_days_and_numbers(office):
    lan, mary = office.officer(), office.officer()
    with office.agency.at_work():
        db.execute_sql("UPDATE tenants.person SET locale = 'en' WHERE id = %s", (mary.person_id,))
    office.tell(
        lan,
        mary,
        text="{day}, chưa đọc",
        fields={"day": date(2020, 9, 4), "count": 1500, "at": datetime(2020, 9, 4, 2, 0, tzinfo=UTC)},
    )
    assert "04/9/2020, chưa đọc" in lan.get("notifications.centre").text
    assert "4 Sep 2020, unread" in mary.get("notifications.centre").text


def test_what_people_typed_stays_text(office):
    lan = office.officer()
    office.tell(lan, fields={"title": "<b>{text.__class__}</b>"})
    assert "&lt;b&gt;{text.__class__}&lt;/b&gt;" in lan.get("notifications.centre").text


def test_unread_stand_first_and_opening_reads(office):
    lan = office.officer()
    for fact in ("cũ", "mới"):
        office.tell(lan, fact=fact)
    newest = office.ids(lan)[0]
    assert bell(lan) == "2"
    answer = lan.get("notifications.open", notification_id=newest)
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        office.agency.url("notifications.centre"),
    )
    assert office.texts(lan) == ["Việc cũ", "Việc mới"]
    assert office.texts(lan, unread=True) == ["Việc cũ"]
    assert bell(lan) == "1"
    text = lan.get("notifications.centre").text
    assert (
        text.index("Hôm nay, chưa đọc")
        < text.index("Việc cũ")
        < text.index("Hôm nay <")
        < text.index("Việc mới")
    )


def bell(officer):
    found = re.search(r'aria-label="Thông báo: ([^"]+)"', officer.get("tenants.home").text)
    return found[1] if found else ""


def test_marking_all_as_read_leaves_what_came_after_the_page(office):
    lan = office.officer()
    office.tell(lan, fact="trước")
    until = re.search(r'name="until" value="([^"]+)"', lan.get("notifications.centre").text)[1]
    office.tell(lan, fact="sau")
    assert lan.post("notifications.read_all", {"until": until}).status_code == 303
    assert office.texts(lan, unread=True) == ["Việc sau"]
    assert lan.post("notifications.read_all", {"until": "hôm qua"}).status_code == 422


def test_the_list_is_narrowed_to_a_kind(office):
    lan = office.officer()
    office.tell(lan)
    office.tell(lan, kind="notifications.mail_refused", fields={"title": "khác"})
    assert office.texts(lan, kind=KIND) == ["Việc 1"]
    page = lan.get("notifications.centre", query={"kind": KIND, "show": "unread"}).text
    assert "Loại: <strong>Ghi chú được ghim</strong>" in page


def test_an_empty_centre_says_so(office):
    assert "Bạn chưa có thông báo nào" in office.officer().get("notifications.centre").text


def test_what_a_module_left_behind_is_listed_and_leads_nowhere(office):
    lan = office.officer()
    office.tell(lan, route="example.notes")
    office.agency.switch("example", on=False)
    assert "Phân hệ này đang tắt" in lan.get("notifications.centre").text
    answer = lan.get("notifications.open", notification_id=office.ids(lan)[0])
    assert answer.headers["Location"] == office.agency.url("notifications.centre")


# ---- nobody else's


def test_a_notification_of_somebody_else_cannot_be_opened(office):
    lan, vinh = office.officer(), office.officer()
    office.tell(lan, route="example.notes")
    answer = vinh.get("notifications.open", notification_id=office.ids(lan)[0])
    assert answer.headers["Location"] == office.agency.url("notifications.centre")
    assert office.unread(lan) == 1
    vinh.post("notifications.read_all")
    assert office.unread(lan) == 1


def test_each_agency_of_a_person_has_its_own_notifications(ground, office):
    lan, other = office.officer(), PostOffice(ground.agency("example"))
    with other.agency.at_work():
        db.execute_sql(
            "INSERT INTO tenants.membership (tenant_id, id, person_id, unit_id, position, valid_from) "
            "VALUES (core.app_tenant(), gen_random_uuid(), %s, %s, 'Chuyên viên', tenants.today())",
            (lan.person_id, other.agency.units["Văn phòng"]),
        )
    other.tell(lan, fact="nơi khác")
    assert office.unread(lan) == 0
    assert office.texts(lan) == []
    with other.agency.at_work():
        found = Notification.select().where(Notification.person_id == lan.person_id).first()
    assert lan.get("notifications.open", notification_id=found.id).status_code == 404


# ---- many


@pytest.fixture
def analyze(database):
    superuser = psycopg2.connect(database.admin_url)
    superuser.autocommit = True
    yield lambda: superuser.cursor().execute("ANALYZE notifications.notification")
    superuser.close()


def many(office, officer, number):
    """Tell somebody many things, a minute apart; every fourth is unread."""
    with office.agency.at_work():
        db.execute_sql("SET LOCAL statement_timeout = 0")  # filling is not what is measured
        db.execute_sql(
            "INSERT INTO notifications.notification (tenant_id, id, person_id, kind, fact, text, fields, created_at, unread, read_at) "
            "SELECT core.app_tenant(), gen_random_uuid(), %s, CASE WHEN n %% 3 = 0 THEN 'notifications.mail_refused' ELSE 'example.pinned' END, "
            "n::text, 'x', jsonb_build_object('title', n::text), now() - n * interval '1 minute', n %% 4 = 0, "
            "CASE WHEN n %% 4 <> 0 THEN now() END FROM generate_series(1, %s) n",
            (officer.person_id, number),
        )


def to_cursor(key, *, backward=False):
    *values, row = decode_key(key)
    return Cursor(tuple(kind(value) for kind, value in zip(queries.KEY, values, strict=True)), row, backward)


def test_pages_hold_everything_once_forth_and_back(office):
    lan = office.officer()
    many(office, lan, 130)
    forth, back, cursor = [], [], Cursor()
    with lan.working() as ctx:
        while True:
            page = queries.notifications(ctx, queries.Filter(), cursor)
            forth.append([row.id for row in page.rows])
            if not page.next_key:
                break
            cursor = to_cursor(page.next_key)
        while page.previous_key:
            page = queries.notifications(ctx, queries.Filter(), to_cursor(page.previous_key, backward=True))
            back.insert(0, [row.id for row in page.rows])
    assert [len(rows) for rows in forth] == [50, 50, 30]
    assert len({each for rows in forth for each in rows}) == 130
    assert back == forth[:-1]


@pytest.mark.parametrize(
    "wanted", [queries.Filter(), queries.Filter(unread=True), queries.Filter(kind=KIND)], ids=str
)
def test_a_page_and_the_badge_read_a_page_of_a_hundred_thousand_rows(office, analyze, wanted):
    few, much = office.officer(), office.officer()
    many(office, few, 2_000)
    many(office, much, 98_000)
    analyze()
    for officer in (few, much):
        with officer.working() as ctx:
            second = to_cursor(queries.notifications(ctx, wanted).next_key)
            for cursor in (Cursor(), second):
                check(*queries._statement(ctx, wanted, cursor, 50), at_most=51)
            # Of somebody who owns nearly all rows, counting any thousand may as well read the table.
            if officer is few or wanted.unread:
                check(*queries._counting(ctx, wanted), at_most=queries.BOUND)


def test_what_is_forgotten_of_one_thing_is_looked_for_among_what_was_told_since(office, analyze):
    lan = office.officer()
    many(office, lan, 50_000)
    analyze()
    with office.agency.at_work():
        values = {
            "name": "title", "instead": '{"words": "Chặng đã rút lại"}', "tenant": office.agency.info.id, "route": "example.note",
            "of": '{"note_id": "1"}', "since": datetime.now(UTC) - timedelta(hours=12),
        }  # fmt: skip
        (document,) = db.execute_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {services._FORGET}", values).fetchone()
    (read,) = (each for each in nodes(document[0]["Plan"]) if each.get("Index Name") == "notification_age")
    assert read["Actual Rows"] + read.get("Rows Removed by Filter", 0) <= 36 * 60 + 1


def test_what_is_settled_is_found_by_its_fact_among_a_hundred_thousand_unread_rows(office, analyze):
    much = [office.officer() for _each in range(4)]
    for officer in much:
        many(office, officer, 25_000)
    with office.agency.at_work():
        db.execute_sql("SET LOCAL statement_timeout = 0")
        db.execute_sql("UPDATE notifications.notification SET unread = true, read_at = NULL WHERE NOT unread")
    analyze()
    facts = [str(number) for number in range(20_001, 20_011)]  # no other begins with one of these
    with office.agency.at_work():
        values = {
            "tenant": office.agency.info.id,
            "kinds": [KIND],
            "facts": facts,
            "ends": [f"{fact};" for fact in facts],
            "but": [],
        }
        (document,) = db.execute_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {services._SETTLE}", values).fetchone()
    scans = [each for each in nodes(document[0]["Plan"]) if each.get("Index Name") == "notification_fact"]
    assert scans, document
    read = sum(
        (each["Actual Rows"] + each.get("Rows Removed by Filter", 0)) * each["Actual Loops"] for each in scans
    )
    assert read <= 4 * 10
    assert not [each for each in nodes(document[0]["Plan"]) if each["Node Type"] == "Seq Scan"]


def test_what_is_so_no_more_is_read_for_whoever_was_told_and_nothing_else_is(office):
    lan, vinh = office.officer(), office.officer()
    for fact in ("7", "7:a", "70", "7;", "8"):
        office.tell(lan, vinh, fact=fact)
    office.tell(lan, fact="7", kind="notifications.mail_refused")
    with office.agency.at_work():
        services.settle([KIND], "7")
    assert (office.unread(lan), office.unread(vinh)) == (4, 3)


def check(sql, values, at_most):
    (document,) = db.execute_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", values).fetchone()
    plan = document[0]["Plan"]
    scans = [node for node in nodes(plan) if node.get("Relation Name") == "notification"]
    assert all(node["Node Type"] != "Seq Scan" for node in scans), scans
    assert all(node["Actual Rows"] <= at_most for node in scans)
    assert not [node for node in nodes(plan) if node["Node Type"] == "Sort"]


# ---- forgotten


def test_what_was_read_is_deleted_after_ninety_days_and_the_rest_after_a_year(office):
    lan = office.officer()
    for fact, days, unread in (
        ("đọc", 91, False),
        ("đọc mới", 89, False),
        ("chưa đọc", 91, True),
        ("quá năm", 366, True),
    ):
        office.tell(lan, fact=fact)
        with office.agency.at_work():
            db.execute_sql(
                "UPDATE notifications.notification SET created_at = now() - %s * interval '1 day', unread = %s, "
                "read_at = CASE WHEN %s THEN NULL ELSE now() - %s * interval '1 day' END "
                "WHERE tenant_id = core.app_tenant() AND fact = %s",
                (days, unread, unread, days, fact),
            )
    for _again in range(2):
        with db.connection_context(), scope(office.agency.info.id):
            services.delete_old()
    assert office.texts(lan) == ["Việc chưa đọc", "Việc đọc mới"]


# ---- for programs


def test_a_program_lists_and_reads_what_a_person_was_told(office):
    lan, vinh = office.officer(), office.officer()
    for number in range(52):
        office.tell(lan, fact=str(number))
    office.tell(vinh, fact="của người khác")
    first = lan.get("notifications.api_list").json
    rest = lan.follow(first["next"]).json
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (50, 2, "")
    texts = [each["text"] for each in first["items"] + rest["items"]]
    assert len(set(texts)) == 52
    assert texts[0] == "Ghi chú “Việc 51” được ghim: mọi người trong phòng cần nắm"
    newest = first["items"][0]
    for _again in range(2):
        read = lan.post("notifications.api_read", notification_id=newest["id"])
        assert (read.status_code, read.json) == (200, {**newest, "unread": False})
    assert lan.get("notifications.api_list", query={"unread": "true"}).json["items"][0] != newest
    (own,) = vinh.get("notifications.api_list").json["items"]
    assert lan.post("notifications.api_read", notification_id=own["id"]).status_code == 404
    assert office.unread(vinh) == 1
    assert lan.get("notifications.api_list", query={"unread": "có lẽ"}).status_code == 422
