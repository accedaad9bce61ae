import errno
import io
import os
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from core.db import db
from core.declarations import FileOwner
from core.web.errors import Invalid
from plugins.files import api, jobs, pictures, store
from plugins.files.store import StoreFull
from tests.plugins.files import samples

LONG_AGO = datetime.now(UTC) - timedelta(days=2)


def aged(digest):
    path = store.store()._place(store.store()._objects, digest)
    os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))


def left_over():
    return list(store.incoming().iterdir())


def test_the_same_bytes_are_stored_once(desk):
    first, second = desk.store(b"mot noi dung"), desk.store(b"mot noi dung", "b.txt")
    assert first.digest == second.digest
    assert first.id != second.id
    with api.open_content(second) as file:
        assert file.read() == b"mot noi dung"
    assert not left_over()


def test_a_full_disk_is_told_in_words_and_leaves_nothing_half_stored(desk, monkeypatch, setting):
    stored = len(list(store.store().iterate()))
    setting(files_reserve_mb=10**9)
    with pytest.raises(Invalid) as problem:
        desk.store(b"khong con cho")
    assert "không còn chỗ" in problem.value.errors["file"][0]
    setting(files_reserve_mb=0)

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Invalid, match="Còn chỗ cần sửa"):
        desk.store(b"khong con cho")
    monkeypatch.undo()
    assert len(list(store.store().iterate())) == stored
    assert not left_over()
    assert desk.files() == []


def test_a_stream_that_breaks_off_leaves_nothing(desk):
    class Breaking(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise OSError("the visitor is gone")
            return super().read(10)

    spooling = store.spooled(Breaking(b"x" * 100), max_bytes=1000)
    with pytest.raises(StoreFull):
        spooling.__enter__()
    assert not left_over()


def test_bytes_that_no_file_names_are_collected_after_a_day_with_their_renditions(desk):
    kept, gone = desk.store(b"giu lai"), desk.store(samples.picture(size=(640, 401)), "a.jpg")
    small = pictures.rendition(store.store(), gone.digest, 320)
    with desk.officer.working():
        api.remove(gone.id)
    jobs_run()
    assert store.store().exists(gone.digest), "young bytes may belong to a transaction that is still running"
    aged(kept.digest)
    aged(gone.digest)
    jobs_run()
    assert store.store().exists(kept.digest)
    assert not store.store().exists(gone.digest)
    assert not small.exists()


def test_bytes_stored_again_are_young_again(desk):
    first = desk.store(b"noi dung cu")
    with desk.officer.working():
        api.remove(first.id)
    aged(first.digest)
    again = desk.store(b"noi dung cu")
    assert not store.store().delete(again.digest, unless_after=datetime.now(UTC) - timedelta(days=1))
    assert store.store().exists(again.digest)


def test_bytes_of_one_agency_survive_their_removal_in_another(ground, desk):
    from tests.plugins.files.samples import Desk

    other = Desk.open(ground.agency("example"))
    mine, theirs = desk.store(b"mau don chung"), other.store(b"mau don chung")
    with desk.officer.working():
        api.remove(mine.id)
    aged(theirs.digest)
    jobs_run()
    assert other.get("files.file", theirs).content == b"mau don chung"


def test_a_rolled_back_transaction_leaves_only_bytes(desk):
    with desk.officer.working():
        kept = api.store(io.BytesIO(b"khong thanh"), name="a.txt", owner=desk.owner)
        db.rollback()
    assert desk.files() == []
    aged(kept.digest)
    jobs_run()
    assert not store.store().exists(kept.digest)


def test_files_of_deleted_objects_go_together(desk):
    first = desk.store(b"1")
    with desk.officer.working():
        other = api.store(io.BytesIO(b"2"), name="b.txt", owner=FileOwner("example", "note", uuid4()))
        api.remove_all_of([desk.owner])
        assert api.files_by_id([first.id, other.id]) == {other.id: other}


def jobs_run():
    with db.connection_context():
        jobs.collect_orphans()
