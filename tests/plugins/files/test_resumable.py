import hashlib
import io
import os
import re
import time
from html import unescape
from types import SimpleNamespace
from uuid import UUID

import pytest

from core.db import db
from core.web.errors import Invalid
from plugins.files import api, jobs, resumable, store
from tests.plugins.files import samples
from tests.plugins.files.samples import Desk

CONTENT = samples.PDF + os.urandom(300_000)


class Client:
    """A program that sends a file in pieces."""

    def __init__(self, desk, content=CONTENT, name="Bản vẽ.pdf"):
        self.desk, self.content, self.name, self.id = desk, content, name, None

    def begin(self, **other):
        answer = self.desk.officer.post_json(
            "files.uploads", {"name": self.name, "size": len(self.content), **other}
        )
        if answer.status_code == 201:
            self.id = answer.json["id"]
        return answer

    def piece(self, offset, content, **headers):
        return self.send(
            "PATCH", "files.upload", body=content, headers={"Upload-Offset": str(offset), **headers}
        )

    def send(self, method, route, *, headers=None, **options):
        officer = self.desk.officer
        return officer._send(
            method,
            officer.agency.url(route, upload_id=self.id),
            headers={"X-CSRF-Token": officer.csrf_token, **(headers or {})},
            **options,
        )

    def offset(self):
        return int(self.send("HEAD", "files.upload").headers["Upload-Offset"])

    def finish(self):
        return self.send("POST", "files.finish")

    def whole(self):
        self.begin()
        self.piece(0, self.content)
        return self.finish().json


def used(desk):
    from plugins.files import queries

    with desk.officer.working():
        return queries.usage()


def test_a_file_in_pieces_arrives_as_it_was_and_is_given_to_its_object(desk):
    client = Client(desk)
    begun = client.begin()
    assert begun.headers["Location"].endswith(client.id)
    for at in range(0, len(CONTENT), 100_000):
        answer = client.piece(at, CONTENT[at : at + 100_000])
        assert answer.status_code == 204
        assert int(answer.headers["Upload-Offset"]) == min(at + 100_000, len(CONTENT))
    finished = client.finish()
    assert (finished.status_code, finished.json["name"]) == (201, "Bản vẽ.pdf")
    answer = desk.officer.post("example.attach", {"files_id": finished.json["id"]}, note_id=desk.note_id)
    assert answer.status_code == 303
    (file,) = desk.files()
    assert hashlib.sha256(CONTENT).hexdigest() == file.digest
    assert desk.get("files.file", file).content == CONTENT
    assert not list(store.incoming("uploads").iterdir())


def test_an_upload_goes_on_after_a_cut_and_a_restart(desk):
    client = Client(desk)
    client.begin()
    client.piece(0, CONTENT[:100_000])
    # The server dies after writing a second piece and before counting it.
    part = store.incoming("uploads") / client.id.replace("-", "")
    with part.open("ab") as file:
        file.write(b"half a piece")
    assert client.offset() == 100_000
    assert client.piece(100_000, CONTENT[100_000:]).status_code == 204
    assert client.finish().status_code == 201
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert store.store().exists(digest)


def test_of_a_piece_cut_on_its_way_what_came_counts(desk):
    client = Client(desk)
    client.begin()
    with desk.officer.working() as ctx:
        upload = resumable.add(ctx, UUID(client.id), 0, io.BytesIO(CONTENT[:70_000]), 100_000)
    assert upload.received == client.offset() == 70_000
    assert client.piece(70_000, CONTENT[70_000:]).status_code == 204
    assert client.finish().status_code == 201


def test_two_gigabytes_cut_in_the_middle_cost_one_piece_and_no_memory(desk):
    """Only the count is large here; benchmarks/files.py sends the bytes."""
    client = Client(desk)
    client.begin(size=2_000_000_000)
    part = store.incoming("uploads") / client.id.replace("-", "")
    with part.open("wb") as file:
        file.truncate(1_234_000_000)
    with desk.officer.working():
        resumable.Upload.update(received=1_234_000_000).execute()
    assert client.offset() == 1_234_000_000
    answer = client.piece(1_234_000_000, b"x" * 1000)
    assert answer.headers["Upload-Offset"] == "1234001000"
    assert part.stat().st_size == 1_234_001_000


def test_a_piece_that_does_not_fit_is_told_where_to_go_on(desk):
    client = Client(desk)
    client.begin()
    client.piece(0, CONTENT[:1000])
    for offset in (0, 999, 5000):
        answer = client.piece(offset, b"x")
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "1000")
    early = client.finish()
    assert (early.status_code, early.json["type"]) == (409, "/problems/upload-incomplete"), (
        "not all is there yet"
    )
    assert early.json["instance"].startswith("urn:request:")
    assert client.piece(1000, CONTENT).status_code == 422, "longer than announced"
    assert client.send("PATCH", "files.upload", body=b"x").status_code == 400
    assert client.piece(1000, b"").status_code == 413
    assert client.piece(1000, b"x" * (resumable.PIECE_BYTES + 1)).status_code == 413
    assert client.offset() == 1000


def test_when_the_beginning_is_lost_the_client_begins_again(desk):
    client = Client(desk)
    client.begin()
    client.piece(0, CONTENT)
    (store.incoming("uploads") / client.id.replace("-", "")).unlink()
    answer = client.finish()
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "0")
    assert client.offset() == 0
    assert client.piece(0, CONTENT).status_code == 204
    assert client.finish().status_code == 201


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"name": "a.txt", "size": 0}, "file"),
        ({"name": "a.txt", "size": 5_000_000_000}, "file"),
        ({"name": "a.txt", "size": "x"}, "size"),
        ({"name": "", "size": 1}, "name"),
        ({"size": 1}, "name"),
    ],
)
def test_an_upload_that_cannot_be_is_refused_at_once(desk, document, field):
    answer = desk.officer.post_json("files.uploads", document)
    assert answer.status_code == 422
    assert field in answer.json["errors"]


def test_a_file_larger_than_its_field_takes_is_refused_before_it_travels(desk):
    page = desk.officer.get("example.note", note_id=desk.note_id).text
    address = unescape(re.search(r'data-lt-upload="([^"]+)"', page)[1])
    token = {"X-CSRF-Token": desk.officer.csrf_token}
    refused = desk.officer._send("POST", address, json={"name": "a.pdf", "size": 70_000_000}, headers=token)
    assert refused.status_code == 422
    assert refused.json["errors"]["file"] == ["Tệp lớn quá 50 MB."]
    taken = desk.officer._send("POST", address, json={"name": "a.pdf", "size": 50_000_000}, headers=token)
    assert taken.status_code == 201


def test_what_is_announced_counts_for_the_quota(desk, setting):
    setting(files_quota_mb=1)
    first = Client(desk)
    first.begin(size=700_000)
    assert Client(desk).begin(size=700_000).status_code == 422
    assert first.send("DELETE", "files.upload").status_code == 204
    assert Client(desk).begin(size=700_000).status_code == 201


def test_a_slow_disk_does_not_keep_a_complete_upload_from_being_finished(desk, monkeypatch):
    class Slow:
        def __init__(self):
            db.execute_sql("SET LOCAL idle_in_transaction_session_timeout = '2s'")
            self.digest = hashlib.sha256()

        def update(self, chunk):
            time.sleep(0.1)
            self.digest.update(chunk)

        def hexdigest(self):
            return self.digest.hexdigest()

    client = Client(desk)
    client.begin()
    client.piece(0, CONTENT)
    monkeypatch.setattr(store, "CHUNK", 5_000)
    monkeypatch.setattr(store, "MEANWHILE_EVERY", 10_000)
    monkeypatch.setattr(store, "hashlib", SimpleNamespace(sha256=Slow))
    assert client.finish().status_code == 201


def test_a_finished_upload_counts_once(desk, setting):
    setting(files_quota_mb=1)
    client = Client(desk, b"x" * 600_000, "a.txt")
    assert client.whole()["size"] == 600_000
    figures = used(desk)
    assert (figures.used, figures.coming) == (600_000, 0)


def test_a_full_disk_loses_nothing_that_has_arrived(desk, monkeypatch, setting):
    client = Client(desk)
    client.begin()
    client.piece(0, CONTENT[:1000])
    setting(files_reserve_mb=10**9)
    answer = client.piece(1000, CONTENT[1000:])
    assert answer.status_code == 422
    assert "không còn chỗ" in answer.json["errors"]["file"][0]
    setting(files_reserve_mb=0)
    assert client.offset() == 1000
    client.piece(1000, CONTENT[1000:])
    assert client.finish().status_code == 201


def test_a_piece_needs_the_room_that_was_there_when_the_upload_began(desk, monkeypatch, setting):
    """The piece lies on the same disk while it comes, and is not counted once more beside itself."""
    setting(files_reserve_mb=1)
    coming = []

    class Spool(store.SpooledTemporaryFile):
        def write(self, chunk):
            coming.append(len(chunk))
            return super().write(chunk)

        def __exit__(self, *error):
            coming.clear()
            return super().__exit__(*error)

    monkeypatch.setattr(store, "SpooledTemporaryFile", Spool)
    room = 1_000_000 + len(CONTENT)
    lying = lambda: sum(part.stat().st_size for part in store.incoming("uploads").iterdir())  # noqa: E731
    before = lying()
    monkeypatch.setattr(store, "free_space", lambda: room - (lying() - before) - sum(coming))
    client = Client(desk)
    assert client.begin().status_code == 201
    assert client.piece(0, CONTENT[:1000]).status_code == 204
    assert client.piece(1000, CONTENT[1000:]).status_code == 204
    assert client.finish().status_code == 201


def test_a_file_that_lies_is_refused_at_the_end_and_can_be_dropped(desk):
    client = Client(desk, samples.PROGRAM, "hop-dong.pdf")
    client.begin()
    client.piece(0, samples.PROGRAM)
    answer = client.finish()
    assert answer.status_code == 422
    assert "chương trình" in answer.json["errors"]["file"][0]
    assert client.send("DELETE", "files.upload").status_code == 204
    assert client.send("GET", "files.upload").status_code == 404


def test_a_finished_upload_is_taken_back_until_an_object_has_it(agency, desk):
    client, stranger = Client(desk), Client(Desk.open(agency))
    client.id = stranger.id = client.whole()["id"]
    assert stranger.send("DELETE", "files.upload").status_code == 404
    before = used(desk).used
    assert client.send("DELETE", "files.upload").status_code == 204
    assert used(desk).used == before - len(CONTENT)
    client.id = client.whole()["id"]
    with desk.officer.working():
        api.give(resumable.UUID(client.id), desk.owner)
    assert client.send("DELETE", "files.upload").status_code == 404
    assert len(desk.files()) == 1


def test_a_lost_answer_to_the_end_of_an_upload_costs_nothing(agency, desk):
    client, stranger = Client(desk), Client(Desk.open(agency))
    file = client.whole()  # and the line broke before the answer
    stranger.id = client.id
    assert file["id"] == client.id
    assert client.offset() == len(CONTENT)
    again = client.finish()
    assert (again.status_code, again.json) == (201, file)
    assert used(desk).files == 1
    assert [stranger.send("GET", "files.upload").status_code, stranger.finish().status_code] == [404, 404]
    with desk.officer.working():
        api.give(UUID(client.id), desk.owner)
    assert [client.send("GET", "files.upload").status_code, client.finish().status_code] == [404, 404]


def test_an_upload_finished_twice_at_once_is_one_file(desk, monkeypatch):
    client = Client(desk)
    client.begin()
    client.piece(0, CONTENT)
    measured = resumable._measured

    def while_another_ends_it(upload):
        monkeypatch.setattr(resumable, "_measured", measured)
        first.append(client.finish().json)
        return measured(upload)

    first = []
    monkeypatch.setattr(resumable, "_measured", while_another_ends_it)
    again = client.finish()
    assert (again.status_code, [again.json]) == (201, first)
    assert used(desk).files == 1


def test_a_form_that_comes_back_names_the_files_that_were_sent(desk):
    sent = [f"{Client(desk).whole()['id']}/Biên bản.pdf", "00000000-0000-7000-8000-000000000009/Ảnh.png"]
    answer = desk.officer.post("example.attach", {"files_id": sent}, note_id=desk.note_id)
    assert answer.status_code == 422
    assert "Biên bản.pdf, đã gửi, chờ lưu" in answer.text
    assert f'value="{sent[0]}" checked' in answer.text
    assert desk.officer.post("example.attach", {"files_id": sent[0]}, note_id=desk.note_id).status_code == 303


def test_who_looks_after_the_space_sees_and_removes_what_belongs_to_nothing(agency, desk):
    file_id, admin = Client(desk, name="Bỏ quên.pdf").whole()["id"], agency.officer("tenants.admin")
    page = admin.get("files.space").text
    listed = page.partition("Chưa gắn vào đâu")[2]
    assert "Bỏ quên.pdf" in listed
    assert desk.officer.name in listed
    assert desk.officer.post("files.discard", file_id=file_id).status_code == 403
    assert admin.post("files.discard", file_id=file_id).status_code == 303
    assert admin.post("files.discard", file_id=file_id).status_code == 404
    assert "Chưa gắn vào đâu" not in admin.get("files.space").text
    kept = desk.store(b"cua doi tuong")
    assert admin.post("files.discard", file_id=kept.id).status_code == 404


def test_an_upload_is_its_senders_alone(agency, desk):
    client = Client(desk)
    client.begin()
    stranger = Client(Desk.open(agency))
    stranger.id = client.id
    for method, route in (("GET", "files.upload"), ("DELETE", "files.upload"), ("POST", "files.finish")):
        assert stranger.send(method, route).status_code == 404
    assert stranger.piece(0, b"x").status_code == 404
    client.piece(0, CONTENT)
    file_id = client.finish().json["id"]
    with stranger.desk.officer.working(), pytest.raises(Invalid):
        api.give(api.stored(resumable.UUID(file_id)).id, stranger.desk.owner)
    url = agency.url("files.file", file_id=file_id)
    assert desk.officer.follow(url).status_code == 200
    assert stranger.desk.officer.follow(url).status_code == 404


def test_giving_twice_is_giving_once_and_another_object_cannot_take_it(agency, desk):
    file_id = resumable.UUID(Client(desk).whole()["id"])
    elsewhere = Desk.open(agency)
    with desk.officer.working():
        first = api.give(file_id, desk.owner)
        assert api.give(file_id, desk.owner) == first
        with pytest.raises(Invalid):
            api.give(file_id, elsewhere.owner)


def test_a_field_checks_what_it_is_given(desk):
    file_id = resumable.UUID(Client(desk).whole()["id"])
    with desk.officer.working():
        with pytest.raises(Invalid, match="Còn chỗ"):
            api.give(file_id, desk.owner, allowed=api.PICTURES)
        with pytest.raises(Invalid, match="Còn chỗ"):
            api.give(file_id, desk.owner, max_bytes=1000)


def test_an_unknown_id_is_an_error_of_the_field(desk):
    for sent in ("khong-phai-ma", "00000000-0000-7000-8000-000000000009"):
        answer = desk.officer.post("example.attach", {"files_id": sent}, note_id=desk.note_id)
        assert answer.status_code == 422
        assert 'id="e-files"' in answer.text


def test_nobody_keeps_countless_uploads_open(desk):
    with desk.officer.working() as ctx:
        for number in range(resumable.MAX_OPEN):
            resumable.begin(ctx, name=f"{number}.txt", size=1)
        with pytest.raises(Invalid):
            resumable.begin(ctx, name="a.txt", size=1)


def test_what_nobody_went_on_with_is_forgotten(desk):
    stale, fresh, given, ungiven = (Client(desk) for _each in range(4))
    for client in (stale, fresh):
        client.begin()
        client.piece(0, b"x")
    given_id, ungiven_id = given.whole()["id"], ungiven.whole()["id"]
    with desk.officer.working():
        api.give(resumable.UUID(given_id), desk.owner)
        db.execute_sql(
            "UPDATE files.upload SET changed_at = now() - interval '4 days' WHERE id = %s", (stale.id,)
        )
        db.execute_sql("UPDATE files.file SET created_at = now() - interval '4 days'")
    with db.connection_context(), desk_scope(desk):
        jobs.forget_stale()
        jobs.forget_stale()
    assert stale.send("GET", "files.upload").status_code == 404
    assert fresh.offset() == 1
    assert [str(each.id) for each in desk.files()] == [given_id]
    assert desk.officer.follow(desk.officer.agency.url("files.file", file_id=ungiven_id)).status_code == 404
    assert not (store.incoming("uploads") / stale.id.replace("-", "")).exists()


def desk_scope(desk):
    from core.db import scope

    return scope(desk.officer.agency.info.id)


def test_pieces_are_streamed(desk):
    """A piece is never asked for as a whole."""

    class Watched(io.BytesIO):
        def read(self, size=-1):
            assert 0 < size <= store.CHUNK
            return super().read(size)

    with desk.officer.working() as ctx:
        upload = resumable.begin(ctx, name="a.txt", size=1_000_000)
        resumable.add(ctx, upload.id, 0, Watched(b"x" * 1_000_000), 1_000_000)


def test_a_field_of_documents_refuses_other_kinds_before_they_travel_and_when_they_have_no_ending(desk):
    officer = desk.officer

    def begin(name, kinds):
        address = f"{officer.agency.url('files.uploads')}?kinds={kinds}"
        headers = {"X-CSRF-Token": officer.csrf_token}
        return officer._send("POST", address, headers=headers, json={"name": name, "size": 5})

    refused = begin("sơ đồ.svg", "documents")
    assert refused.status_code == 422
    assert "không nhận" in refused.json["errors"]["file"][0]
    assert begin("sơ đồ.svg", "any").status_code == 201
    assert begin("sơ đồ.pdf", "documents").status_code == 201
    assert begin("sơ đồ.svg", "rac").status_code == 422
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'
    nameless = Client(desk, svg, name="sơ đồ")
    nameless.begin()
    nameless.piece(0, svg)
    address = f"{officer.agency.url('files.finish', upload_id=nameless.id)}?kinds=documents"
    assert officer._send("POST", address, headers={"X-CSRF-Token": officer.csrf_token}).status_code == 422
