from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

import pytest

from core.db import PLATFORM, ScopeError, db, new_id, scope
from core.events import SYSTEM, Actor, Event, NoActor, acting, changed, check_event, current_actor, emit
from tests.core import stage
from tests.core.stage import WITHOUT, A, NoteMoved, NoteRead

LAN = Actor(UUID(int=7), "Trần Thị Lan")


def moved(**fields) -> NoteMoved:
    return NoteMoved(object_id=new_id(), title="Họp", **fields)


def queued(superuser):
    return superuser("SELECT task_name, queue_name, args FROM jobs.procrastinate_jobs ORDER BY id")


def test_a_fact_is_recorded_and_told_in_its_transaction(app_url, superuser):
    event = moved(
        day=date(2026, 9, 4),
        changes=changed({"due": None, "open": True}, {"due": date(2026, 9, 4), "open": True}),
    )
    with scope(A), acting(LAN), db.atomic():
        emit(event)
    assert stage.heard == [event]
    ((tenant, kind, actor, name, data, changes),) = superuser(
        "SELECT tenant_id, actor_kind, actor_id, actor_name, data, changes FROM core.audit_entry"
    )
    assert (tenant, kind, actor, name) == (A, "person", LAN.person_id, LAN.name)
    assert data == {"title": "Họp", "day": "2026-09-04", "readers": []}
    assert changes == {"due": [None, "2026-09-04"]}
    ((task, queue, args),) = queued(superuser)
    assert (task, queue) == ("sample.after.sample.note_moved.hear_later", str(A))
    assert list(args) == ["entry"], "a job's arguments carry no content of the fact"


def test_a_rollback_takes_entry_and_job_with_it(app_url, superuser):
    with scope(A), acting(LAN), db.atomic() as transaction:
        emit(moved())
        transaction.rollback()
    assert superuser("SELECT * FROM core.audit_entry") == []
    assert superuser("SELECT * FROM core.audit_pending") == []
    assert queued(superuser) == []


def test_a_subscriber_that_fails_undoes_the_fact(app_url, superuser):
    stage.trouble.append(ValueError("no"))
    with pytest.raises(ValueError, match="no"), scope(A), acting(LAN), db.atomic():
        emit(moved())
    assert superuser("SELECT * FROM core.audit_entry") == []


@pytest.mark.parametrize("tenant", [WITHOUT, PLATFORM])
def test_a_module_that_is_not_in_effect_hears_nothing(app_url, superuser, tenant):
    with scope(tenant), acting(SYSTEM), db.atomic():
        emit(moved())
    assert stage.heard == []
    assert queued(superuser) == []
    assert len(superuser("SELECT * FROM core.audit_entry")) == 1


def test_a_fact_needs_actor_scope_transaction_and_registration(app_url):
    @dataclass(frozen=True, kw_only=True)
    class Imposter(Event):
        name: ClassVar[str] = NoteRead.name
        label: ClassVar[str] = ""

    with pytest.raises(NoActor), scope(A), db.atomic():
        emit(NoteRead())
    with pytest.raises(ScopeError), acting(LAN), db.atomic():
        emit(NoteRead())
    with pytest.raises(RuntimeError, match="outside the transaction"), scope(A), acting(LAN):
        emit(NoteRead())
    with pytest.raises(RuntimeError, match="not registered"), scope(A), acting(LAN), db.atomic():
        emit(Imposter())


def test_the_actor_is_restored():
    with acting(LAN):
        with acting(SYSTEM):
            assert current_actor() is SYSTEM
        assert current_actor() is LAN
    with pytest.raises(NoActor):
        current_actor()


def test_a_stored_fact_comes_back_as_it_was():
    event = NoteMoved(
        object_id=UUID(int=3), title="Họp", day=date(2026, 9, 4), readers=(UUID(int=1), UUID(int=2))
    )
    assert NoteMoved.restore(event.object_id, event.data(), {}) == event
    assert NoteMoved.restore(event.object_id, {"title": "Cũ"}, {}).day is None, (
        "fields gained since take their defaults"
    )


def test_facts_that_could_not_be_stored_or_read_are_refused_at_start():
    @dataclass(frozen=True, kw_only=True)
    class Weighed(Event):
        name: ClassVar[str] = "sample.weighed"
        label: ClassVar[str] = "cân"
        weight: float

    @dataclass(frozen=True, kw_only=True)
    class Misspelt(Event):
        name: ClassVar[str] = "sample.misspelt"
        label: ClassVar[str] = "sửa {titel}"
        title: str

    check_event(NoteMoved)
    with pytest.raises(TypeError, match="weight"):
        check_event(Weighed)
    with pytest.raises(TypeError, match="titel"):
        check_event(Misspelt)


def test_values_without_one_canonical_text_are_refused():
    assert NoteRead(changes={}).data() == {}
    with pytest.raises(TypeError, match="float"):
        NoteMoved(title=0.1).data()
    assert NoteMoved(title=Decimal("0.10")).data()["title"] == "0.10"
