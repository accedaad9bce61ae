from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from core.api import HOME_ZONE, Conflict, Forbidden, Invalid, NotFound, db, object_history
from core.events import Actor, acting
from plugins.example import demo, jobs, queries, services
from plugins.example.models import Acknowledgement, Note
from tenants.demo import DemoMaker, DemoPerson
from tests.support.modules import OTHER_UNIT, UNIT


def change(notebook, by, note_id, version=1, title="Kết luận mới", body="Nội dung mới"):
    with by.working() as ctx:
        return services.change_note(ctx, note_id, version=version, title=title, body=body)


# ---- writing


def test_a_note_is_written_once_however_often_it_is_sent(notebook):
    lan, note_id = notebook.writer(), uuid4()
    for _again in range(2):
        with lan.working() as ctx:
            note = services.write_note(
                ctx, note_id=note_id, unit_id=notebook.agency.units[UNIT], title="Một lần", body=""
            )
            assert note.id == note_id
    assert notebook.titles(lan) == ["Một lần"]
    assert notebook.audit().count("example.note_written") == 1 + 2  # two welcome notes came before


def test_the_id_of_somebody_elses_note_cannot_be_used_again(notebook):
    lan, vinh = notebook.writer(), notebook.writer()
    taken = notebook.note(lan, "Của Lan")
    with pytest.raises(Invalid), vinh.working() as ctx:
        services.write_note(
            ctx, note_id=taken, unit_id=notebook.agency.units[UNIT], title="Của Vinh", body=""
        )
    assert notebook.stored(taken).title == "Của Lan"


def test_a_note_goes_only_into_a_notebook_of_ones_own_unit(notebook):
    lan, keeper = notebook.writer(), notebook.keeper()
    with pytest.raises(Forbidden, match="Sổ này của phòng khác"):
        notebook.note(lan, unit=OTHER_UNIT)
    assert notebook.note(keeper, unit=OTHER_UNIT)


def test_a_reader_writes_nothing(notebook):
    lan, reader = notebook.writer(), notebook.reader()
    note_id = notebook.note(lan)
    with reader.working() as ctx:
        for act in (
            lambda: services.write_note(ctx, unit_id=notebook.agency.units[UNIT], title="x"),
            lambda: services.change_note(ctx, note_id, version=1, title="x", body=""),
            lambda: services.set_pinned(ctx, note_id, pinned=True),
            lambda: services.archive_note(ctx, note_id),
            lambda: services.restore_note(ctx, note_id),
        ):
            with pytest.raises(Forbidden):
                act()


@pytest.mark.parametrize("mine", [True, False])
def test_a_unit_that_does_not_exist_here_is_refused(notebook, ground, mine):
    unit_id = uuid4() if mine else ground.agency("example").units[UNIT]
    with pytest.raises(Invalid) as caught, notebook.keeper().working() as ctx:
        services.write_note(ctx, unit_id=unit_id, title="Lạc", body="")
    assert list(caught.value.errors) == ["unit_id"]


def test_a_note_of_another_agency_is_not_there(notebook, ground):
    elsewhere = ground.agency("example")
    foreign = elsewhere.officer("example.keeper")
    with foreign.working() as ctx:
        note = services.write_note(ctx, unit_id=elsewhere.units[UNIT], title="Của cơ quan khác")
    with notebook.keeper().working() as ctx:
        for act in (services.archive_note, services.restore_note, services.acknowledge):
            with pytest.raises(NotFound):
                act(ctx, note.id)


# ---- changing


def test_a_change_is_kept_with_who_and_what(notebook):
    lan, vinh = notebook.writer(name="Hoàng Thị Lan"), notebook.writer(name="Lê Quang Vinh")
    note_id = notebook.note(lan, "Cũ", "Một")
    change(notebook, vinh, note_id, title="Mới", body="Một hai")
    stored = notebook.stored(note_id)
    assert (stored.title, stored.body, stored.version, stored.changed_by) == (
        "Mới",
        "Một hai",
        2,
        vinh.person_id,
    )
    with vinh.working() as ctx:
        newest, *_older = history_of(ctx, note_id)
    assert newest.actor == "Lê Quang Vinh"
    assert newest.text == "sửa ghi chú “Mới”"
    assert [(each.field, each.old, each.new) for each in newest.changes] == [
        ("Tiêu đề", "Cũ", "Mới"),
        ("Số ký tự", "3", "7"),
    ]


def history_of(ctx, note_id):
    return object_history(ctx, queries.note(note_id), "example.note", note_id)


def test_the_second_of_two_writers_gets_a_conflict_and_changes_nothing(notebook):
    lan, vinh = notebook.writer(), notebook.writer()
    note_id = notebook.note(lan)
    change(notebook, lan, note_id, version=1, title="Bản của Lan")
    with pytest.raises(Conflict) as caught:
        change(notebook, vinh, note_id, version=1, title="Bản của Vinh")
    assert caught.value.current.title == "Bản của Lan"
    assert notebook.stored(note_id).title == "Bản của Lan"


def test_saving_the_same_text_is_no_change(notebook):
    lan = notebook.writer()
    note_id = notebook.note(lan, "Giữ nguyên", "Như cũ")
    change(notebook, lan, note_id, title="Giữ nguyên", body="Như cũ")
    assert notebook.stored(note_id).version == 1
    assert "example.note_changed" not in notebook.audit()


def test_the_search_finds_the_new_text_and_not_the_old(notebook):
    lan = notebook.writer()
    note_id = notebook.note(lan, "Giấy mời họp")
    change(notebook, lan, note_id, title="Lịch tiếp công dân", body="")
    assert notebook.titles(lan, search="tiep cong dan") == ["Lịch tiếp công dân"]
    assert notebook.titles(lan, search="giấy mời") == []


# ---- pinning, putting away, taking note


def test_pinning_twice_is_one_fact(notebook):
    lan = notebook.writer()
    note_id = notebook.note(lan)
    for pinned in (True, True, False, False):
        with lan.working() as ctx:
            services.set_pinned(ctx, note_id, pinned=pinned)
    assert notebook.audit()[-2:] == ["example.note_pinned", "example.note_unpinned"]


def test_a_note_that_is_put_away_is_unpinned_unchangeable_and_can_come_back(notebook):
    lan = notebook.writer()
    note_id = notebook.note(lan, "Cất đi", pinned=True)
    with lan.working() as ctx:
        services.archive_note(ctx, note_id)
        services.archive_note(ctx, note_id)
        services.set_pinned(ctx, note_id, pinned=True)
    assert notebook.stored(note_id).pinned is False
    assert notebook.titles(lan) == []
    assert notebook.titles(lan, state="archived") == ["Cất đi"]
    with pytest.raises(Invalid):
        change(notebook, lan, note_id)
    with lan.working() as ctx:
        services.restore_note(ctx, note_id)
    assert notebook.titles(lan) == ["Cất đi"]
    assert notebook.audit()[-2:] == ["example.note_archived", "example.note_restored"]


def unread(ctx):
    return db.execute_sql(*queries.unread(ctx)).fetchone()[0]


def test_a_new_text_wants_to_be_taken_note_of_anew(notebook):
    lan, vinh = notebook.writer(), notebook.reader()
    note_id = notebook.note(lan, pinned=True)
    with vinh.working() as ctx:
        assert unread(ctx) == 1
        services.acknowledge(ctx, note_id)
        services.acknowledge(ctx, note_id)
        assert unread(ctx) == 0
        assert [each.name for each in queries.acknowledged(note_id)] == [vinh.name]
    with lan.working() as ctx:
        services.set_pinned(ctx, note_id, pinned=False)
        assert len(queries.acknowledged(note_id)) == 1
        services.set_pinned(ctx, note_id, pinned=True)
    change(notebook, lan, note_id)
    with vinh.working() as ctx:
        assert unread(ctx) == 1
        assert queries.acknowledged(note_id) == []


def test_ones_own_and_other_units_pinned_notes_are_not_unread(notebook):
    lan, hung = notebook.writer(), notebook.writer(unit=OTHER_UNIT)
    notebook.note(lan, pinned=True)
    notebook.note(hung, unit=OTHER_UNIT, pinned=True)
    with lan.working() as ctx:
        assert unread(ctx) == 0


# ---- the job


def test_what_was_put_away_long_ago_is_deleted_with_a_fact_and_the_rest_stays(notebook):
    lan = notebook.writer()
    old, recent = datetime.now(UTC) - timedelta(days=31), datetime.now(UTC) - timedelta(days=29)
    gone = notebook.note(lan, "Quá hạn", archived_at=old)
    notebook.note(lan, "Chưa đến hạn", archived_at=recent)
    notebook.note(lan, "Đang dùng")
    with lan.working() as ctx:
        services.acknowledge(ctx, gone)
    with notebook.agency.at_work():
        jobs.delete_expired()
        jobs.delete_expired()
        assert {note.title for note in Note.select()} == {"Chưa đến hạn", "Đang dùng"}
        assert not Acknowledgement.select().exists()
    assert notebook.audit().count("example.notes_deleted") == 1


def test_the_job_goes_through_any_number_of_notes(notebook, monkeypatch):
    monkeypatch.setattr(jobs, "AT_ONCE", 10)
    notebook.many(25)
    with notebook.agency.at_work():
        Note.update(archived_at=datetime.now(UTC) - timedelta(days=40)).execute()
        jobs.delete_expired()
        assert not Note.select().exists()


def test_the_job_touches_no_other_agency(notebook, ground):
    other = ground.agency("example")
    keeper = other.officer("example.keeper")
    with keeper.working() as ctx:
        note = services.write_note(ctx, unit_id=other.units[UNIT], title="Của cơ quan khác")
        Note.update(archived_at=datetime.now(UTC) - timedelta(days=40)).where(Note.id == note.id).execute()
    with notebook.agency.at_work():
        jobs.delete_expired()
    with other.at_work():
        assert queries.note(note.id)


# ---- sample data


def test_sample_notes_are_written_by_people_who_may(notebook):
    lan, unit = notebook.writer(), notebook.agency.units[UNIT]
    other = notebook.agency.officer("tenants.admin")
    people = [
        DemoPerson(each.person_id, each.name, unit, roles)
        for each, roles in ((other, ("tenants.admin",)), (lan, ("example.writer",)))
    ]
    with notebook.agency.at_work(), acting(Actor(None, "Hệ thống", "system")):
        demo.seed(DemoMaker("hue", people))
        assert {note.author_id for note in Note.select()} == {lan.person_id}


def test_sample_notes_are_the_same_for_the_same_seed_and_are_not_added_twice(notebook):
    lan = notebook.writer()
    person = DemoPerson(lan.person_id, lan.name, notebook.agency.units[UNIT])
    with notebook.agency.at_work(), acting(Actor(None, "Hệ thống", "system")):
        demo.seed(DemoMaker("hue", [person]))
        first = {(note.title, note.pinned) for note in Note.select()}
        demo.seed(DemoMaker("hue", [person]))
        assert {(note.title, note.pinned) for note in Note.select()} == first
        Note.delete().execute()
        demo.seed(DemoMaker("hue", [person]))
        assert {(note.title, note.pinned) for note in Note.select()} == first
    assert 2 <= len(first) <= 4


def test_sample_notes_are_written_while_an_office_is_open(notebook):
    lan = notebook.writer()
    person = DemoPerson(lan.person_id, lan.name, notebook.agency.units[UNIT])
    with notebook.agency.at_work(), acting(Actor(None, "Hệ thống", "system")):
        demo.seed(DemoMaker("hue", [person]))
        written = [note.created_at.astimezone(HOME_ZONE) for note in Note.select()]
    assert all(at.weekday() <= demo.FRIDAY and 7 <= at.hour <= 17 for at in written), written
