"""The demonstration: people who can sign in, passwords of this installation, and the same when asked again."""

import json
import stat

import pytest

from core.db import db, scope
from tenants import demo, queries, reconciler
from tenants.demo import OPERATOR, NotReady, seed_demo
from tenants.models import Person, Tenant
from tenants.provisioning.province import describe_province, find_province
from tests.tenants.stage import unavailable_from


@pytest.fixture
def province(stage, directory, tmp_path, monkeypatch):
    path = tmp_path / "hue.yaml"
    path.write_text(describe_province(find_province("Huế")), "utf-8")
    stage.apply(path)
    monkeypatch.setattr(reconciler.directories, "installed", lambda: directory)
    return tmp_path / "var" / "accounts.json"


def test_accounts_have_posts_in_the_agencies_they_name(stage, province, directory):
    accounts = seed_demo(province)

    assert accounts == json.loads(province.read_text("utf-8"))
    by_name = {account["username"]: account for account in accounts}
    agencies = {post["tenant"] for account in accounts for post in account["posts"]}
    assert len(agencies) == 10
    for code in agencies:
        holders = [
            a
            for a in accounts
            if any(p["tenant"] == code and "tenants.admin" in p["roles"] for p in a["posts"])
        ]
        assert holders, f"{code} has no administrator"
    assert any(len({post["tenant"] for post in account["posts"]}) == 2 for account in accounts)
    assert [name for name, account in by_name.items() if account["operator"]] == [OPERATOR]
    operator = by_name[OPERATOR]
    subject = Person.get(username=OPERATOR).subject
    assert directory.factors == {subject: operator["otp"]}
    assert directory.users[OPERATOR].operator
    assert all(
        directory.passwords[directory.subjects[name]] == account["password"]
        for name, account in by_name.items()
    )
    addresses = [each.email for each in Person.select(Person.email).where(Person.username.in_(list(by_name)))]
    assert all(address.endswith(".example") for address in addresses)
    assert len({account["password"] for account in accounts}) == len(accounts)


def test_nobody_but_leaders_sits_in_the_leaders_unit_and_samples_meet_them_first(
    stage, province, monkeypatch
):
    orders, positions = [], set()

    class Watched(demo.DemoMaker):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            here = [post for post in queries.posts(limit=100) if post.unit_name == "Lãnh đạo"]
            positions.update(post.position for post in here)
            orders.append([each.unit_id in {post.unit_id for post in here} for each in self.people])

    monkeypatch.setattr(demo, "DemoMaker", Watched)
    seed_demo(province)
    assert len(orders) == 10
    assert all(each[0] and each == sorted(each, reverse=True) for each in orders)
    assert positions
    assert "Chuyên viên" not in positions


def test_modules_are_on_in_some_agencies_and_off_in_others(stage, province):
    seed_demo(province)
    states = set()
    for tenant in Tenant.select():
        with scope(tenant.id), db.atomic():
            states.add(queries.module_states(tenant.id).switches.get("alpha", False))
    assert states == {True, False}


def test_only_the_owner_reads_the_passwords(stage, province):
    seed_demo(province)
    assert stat.S_IMODE(province.stat().st_mode) == 0o600


def test_seeding_again_changes_nothing(stage, province, directory):
    first = seed_demo(province)
    people = Person.select().count()
    directory.passwords.clear()

    assert seed_demo(province) == first
    assert Person.select().count() == people
    assert directory.passwords == {}


def test_the_province_s_own_file_changes_nothing_after_it(stage, province, tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "LEADER_TOO", ("tenants.admin",))
    accounts = seed_demo(province)
    assert not stage.plan(tmp_path / "hue.yaml").pending
    assert any(
        post["unit"] == "lanh-dao" and "tenants.admin" in post["roles"]
        for each in accounts
        for post in each["posts"]
    )


def test_without_the_file_there_are_new_passwords(stage, province, directory):
    first = seed_demo(province)
    province.unlink()
    second = seed_demo(province)
    assert [each["username"] for each in first] == [each["username"] for each in second]
    assert not {each["password"] for each in first} & {each["password"] for each in second}


def test_an_installation_without_agencies_is_told_what_to_do(stage, tmp_path):
    with pytest.raises(NotReady, match="provision"):
        seed_demo(tmp_path / "accounts.json")


def test_without_keycloak_nothing_is_promised(stage, province, directory):
    directory.before_call = unavailable_from(5)
    with pytest.raises(NotReady, match="Keycloak"):
        seed_demo(province)
    assert not province.exists()
    directory.before_call = lambda number: None
    assert seed_demo(province)
