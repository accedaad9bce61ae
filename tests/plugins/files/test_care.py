"""What operators have: the health of the folder and the command that reads every byte."""

import pytest
from click.testing import CliRunner

from core.db import db
from plugins.files import api, cli, health, store


def verify():
    with db.connection_context():
        return CliRunner().invoke(cli.verify)


def place(file):
    return store.store()._place(store.store()._objects, file.digest)


@pytest.fixture
def desk(desk):
    """A desk that leaves no damage behind: the command looks at the files of all tests."""
    yield desk
    for file in desk.files():
        place(file).unlink(missing_ok=True)
    desk.clear()


def test_verify_is_content_with_sound_files(desk):
    desk.store(b"nguyen ven")
    answer = verify()
    assert answer.exit_code == 0, answer.output
    assert "0 damaged, 0 missing" in answer.output


def test_verify_names_damaged_and_missing_files_and_counts_orphans(desk):
    orphans = int(verify().output.split(" missing, ")[1].split()[0])
    damaged, missing, orphan = (
        desk.store(b"hong", "hong.txt"),
        desk.store(b"mat", "mat.txt"),
        desk.store(b"le"),
    )
    place(damaged).chmod(0o640)
    place(damaged).write_bytes(b"khac")
    place(missing).unlink()
    with desk.officer.working():
        api.remove(orphan.id)
    answer = verify()
    assert answer.exit_code == 1
    assert f"damaged {damaged.digest} hong.txt" in answer.output
    assert f"missing {missing.digest} mat.txt" in answer.output
    assert f"1 damaged, 1 missing, {orphans + 1} named by no file" in answer.output


def test_the_folder_is_well_until_what_must_stay_free_is_reached(ground, setting):
    setting(files_reserve_mb=0)
    assert health.folder().ok
    setting(files_reserve_mb=10**9)
    found = health.folder()
    assert not found.ok
    assert "không nhận tệp mới" in found.detail


def test_a_folder_that_cannot_be_written_is_an_error(ground, setting, tmp_path):
    (tmp_path / "tep").write_text("not a folder")
    setting(files_dir=tmp_path / "tep")
    with pytest.raises(OSError, match="Not a directory"):
        health.folder()
