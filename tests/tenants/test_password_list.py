"""First passwords for many: into a private file, each once, and again after a stop."""

import csv
import stat

import pytest

from tenants import services
from tenants.models import Person
from tenants.password_list import BATCH, PasswordFile, count_newcomers, give_first_passwords, newcomers
from tests.tenants.stage import unavailable_from
from tests.tenants.test_cli import run  # noqa: F401 - a fixture

PEOPLE = 2 * BATCH + 5


@pytest.fixture
def office(stage):
    """An agency in which everybody waits for a password."""
    from core.db import db, scope

    agency = stage.agency("so-y-te", short_name="Sở Y tế")
    with scope(agency.id), db.atomic():
        unit = services.create_unit("Văn phòng")
        for number in range(PEOPLE):
            person = services.register_person(f"canbo{number}", f"Lê Văn {number}")
            services.grant_post(services.Authority.operator(), person.id, unit.id, "Chuyên viên")
    return agency


def give(path, directory, **choice):
    with PasswordFile(path) as file:
        return give_first_passwords(newcomers(**choice), lambda: directory, file.add)


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_everybody_gets_one_that_works_and_must_be_changed(office, directory, tmp_path):
    path = tmp_path / "mat-khau.csv"
    outcome = give(path, directory)
    assert (outcome.given, outcome.left, outcome.refused) == (PEOPLE, 0, 0)
    rows = rows_of(path)
    assert {row["Tên đăng nhập"] for row in rows} == {f"canbo{number}" for number in range(PEOPLE)}
    for row in rows:
        assert directory.passwords[directory.subjects[row["Tên đăng nhập"]]] == row["Mật khẩu dùng một lần"]
        assert (row["Cơ quan"], row["Phòng"]) == ("Sở Y tế", "Văn phòng")
    assert directory.own_passwords == set()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert count_newcomers() == 0
    assert Person.select().where(Person.subject.is_null()).count() == 0


def test_stopped_in_the_middle_the_file_holds_what_was_set_and_the_next_run_the_rest(
    office, directory, tmp_path
):
    directory.before_call = unavailable_from(2 * (BATCH + 3))
    outcome = give(tmp_path / "first.csv", directory)
    first = rows_of(tmp_path / "first.csv")
    assert outcome.unavailable == "connection refused"
    assert 0 < len(first) == outcome.given == PEOPLE - outcome.left < PEOPLE
    for row in first:
        assert directory.passwords[directory.subjects[row["Tên đăng nhập"]]] == row["Mật khẩu dùng một lần"]
    assert count_newcomers() == outcome.left

    directory.before_call = lambda number: None
    assert give(tmp_path / "second.csv", directory).left == 0
    names = [row["Tên đăng nhập"] for row in first + rows_of(tmp_path / "second.csv")]
    assert len(names) == len(set(names)) == PEOPLE


def test_killed_between_setting_and_writing_nobody_is_left_without(office, directory, tmp_path):
    def die(newcomer, password):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        give_first_passwords(newcomers(), lambda: directory, die)
    assert directory.passwords, "some were set, and nobody has read them"
    give(tmp_path / "again.csv", directory)
    for row in rows_of(tmp_path / "again.csv"):
        assert directory.passwords[directory.subjects[row["Tên đăng nhập"]]] == row["Mật khẩu dùng một lần"]
    assert len(rows_of(tmp_path / "again.csv")) == PEOPLE


def test_who_chose_their_own_is_left_alone(office, directory, tmp_path):
    directory.subjects["canbo7"] = "s7"
    directory.set_password("s7", "của riêng tôi", temporary=False)
    outcome = give(tmp_path / "mat-khau.csv", directory)
    assert (outcome.given, outcome.known) == (PEOPLE - 1, 1)
    assert directory.passwords["s7"] == "của riêng tôi"
    assert "canbo7" not in {row["Tên đăng nhập"] for row in rows_of(tmp_path / "mat-khau.csv")}
    assert count_newcomers() == 0


def test_somebody_given_one_on_a_page_meanwhile_keeps_it(office, directory, tmp_path):
    wanted = newcomers()
    Person.update(password_at="2026-01-01").where(Person.username == "canbo3").execute()
    with PasswordFile(tmp_path / "mat-khau.csv") as file:
        outcome = give_first_passwords(wanted, lambda: directory, file.add)
    assert (outcome.given, outcome.known, outcome.left) == (PEOPLE - 1, 1, 0)
    assert directory.subjects.keys().isdisjoint({"canbo3"})


def test_one_that_is_refused_does_not_keep_the_others_waiting(office, directory, tmp_path):
    directory.refused.add("canbo1")
    outcome = give(tmp_path / "mat-khau.csv", directory)
    assert (outcome.given, outcome.refused) == (PEOPLE - 1, 1)
    assert [each.person.username for each in newcomers()] == ["canbo1"]


def test_only_people_of_one_agency(stage, office, directory, tmp_path):
    other = stage.agency("so-noi-vu")
    assert newcomers(tenant_id=other.id) == []
    assert len(newcomers(tenant_id=office.id)) == PEOPLE
    assert len(newcomers(usernames=["canbo1", "canbo2", "khong.co"])) == 2
    services.disable_person(Person.get(username="canbo1").id)
    assert len(newcomers(usernames=["canbo1", "canbo2"])) == 1


def test_a_name_like_a_formula_stays_a_name(stage, directory, tmp_path):
    services.register_person("xau", "=HYPERLINK(1)")
    give(tmp_path / "mat-khau.csv", directory)
    assert rows_of(tmp_path / "mat-khau.csv")[0]["Họ và tên"] == "'=HYPERLINK(1)"


# ---- the commands --------------------------------------------------------------------------------------------


def test_the_command_writes_once_and_never_over_a_file(run, office, directory, tmp_path):  # noqa: F811
    first = run("people", "passwords", "--tenant", "so-y-te", "--out", "a.csv")
    assert first.exit_code == 0
    assert len(rows_of(tmp_path / "a.csv")) == PEOPLE
    for row in rows_of(tmp_path / "a.csv"):
        assert row["Mật khẩu dùng một lần"] not in first.output, "secrets are in the file alone"
    before = (tmp_path / "a.csv").read_bytes()
    again = run("people", "passwords", "--out", "b.csv")
    assert (again.exit_code, (tmp_path / "b.csv").exists()) == (0, False)
    services.register_person("moi", "Người Mới")
    refused = run("people", "passwords", "--out", "a.csv")
    assert refused.exit_code == 1
    assert "đã có" in refused.stderr
    assert (tmp_path / "a.csv").read_bytes() == before
    assert run("people", "passwords", "--tenant", "khong-co", "--out", "c.csv").exit_code == 1


def test_without_keycloak_no_empty_file_stays(run, office, directory, tmp_path):  # noqa: F811
    directory.before_call = unavailable_from(1)
    result = run("people", "passwords", "--out", "a.csv")
    assert result.exit_code == 1
    assert f"còn {PEOPLE} người" in result.stderr
    assert not (tmp_path / "a.csv").exists()


def test_apply_gives_the_people_of_its_file_their_passwords(run, office, directory, tmp_path):  # noqa: F811
    result = run("provision", "apply", "file.yaml", "--passwords", "new.csv")
    assert result.exit_code == 0
    assert [row["Tên đăng nhập"] for row in rows_of(tmp_path / "new.csv")] == ["anhpn"]
    again = run("provision", "apply", "file.yaml", "--passwords", "new2.csv")
    assert again.exit_code == 0
    assert not (tmp_path / "new2.csv").exists()
    assert run("provision", "apply", "file.yaml", "--passwords", "new.csv").exit_code == 1
