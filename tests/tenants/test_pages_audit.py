"""The audit as people read it: in words, filtered, both ways, with the state of its chain."""

import psycopg2
import pytest

from core.db import db
from tenants import services
from tenants.upkeep.sealing import seal
from tests.tenants.pages import ADMIN, member


def test_facts_are_told_in_words_with_titles_instead_of_codes(agency, admin):
    with agency.at_work():
        role = services.create_role(services.Authority.operator(), "Trực ban", ["alpha.read"])
        services.change_role(
            services.Authority.operator(), role.id, 1, title="Trực ban", permissions=["alpha.write"]
        )
    officer = member(agency, "own.truc-ban", "alpha.writer", name="Lê Quang Vinh")
    admin.post("tenants.module_enable", key="beta")
    words = admin.get("tenants.audit").words
    assert "Phạm Ngọc Anh bật phân hệ Phân hệ beta Phân hệ" in words
    assert "giao Lê Quang Vinh vị trí Chuyên viên tại Văn phòng" in words
    assert "Vai trò: Người viết, Trực ban" in words
    assert "Quyền: Xem đổi thành Viết" in words or "Quyền: Xem Viết" in words
    assert officer.get("tenants.audit").status == 403


def test_filters_narrow_by_module_person_and_days(agency, admin):
    admin.post("tenants.module_enable", key="beta")

    def count(**query):
        page = admin.get("tenants.audit", query).text
        return page[page.index("<main") : page.index("</main>")].count("<time")

    everything = count()
    assert 0 < count(actor=admin.person_id) < everything
    assert count(module="tenants") == everything
    assert count(module="alpha") == 0
    assert 0 < count(module="agency") <= everything
    assert count(until="1/1/2020") == 0
    assert count(since="1/1/2020") == everything
    wrong = admin.get("tenants.audit", {"since": "31/2"})
    assert "Ngày “31/2” chưa đúng" in wrong.words
    assert wrong.status == 200


def test_a_long_audit_turns_forth_and_back(agency, admin):
    with agency.at_work():
        for number in range(60):
            services.create_unit(f"Tổ {number}")
    first = admin.get("tenants.audit")
    second = admin.get(first.links("after=")[0])
    assert "Dòng 51–" in second.words
    back = admin.get(second.links("before=")[0])
    assert back.words == first.words


def test_the_unsealed_tail_and_the_chain_are_shown(agency, admin):
    page = admin.get("tenants.audit")
    assert "mục chờ khoá sổ" in page.words
    with db.connection_context():
        count = seal(agency.info.id)
    page = admin.get("tenants.audit")
    assert f"Nhật ký nguyên vẹn, {count} mục" in page.words
    assert "mục chờ khoá sổ" not in page.words


def test_an_entry_somebody_changed_is_marked(agency, admin, database):
    with db.connection_context():
        seal(agency.info.id)
    connection = psycopg2.connect(database.admin_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE core.audit_entry SET actor_name = 'Ai đó' WHERE tenant_id = %s AND event = 'tenants.agency_created'",
            (str(agency.info.id),),
        )
    connection.close()
    page = admin.get("tenants.audit")
    assert "1 mục khác với lúc ghi" in page.words
    assert "Báo ngay đơn vị vận hành nền tảng" in page.words


def test_operators_read_an_agencys_audit_and_the_installations_own(agency, operator):
    operator.post("tenants.agency_suspend", code=agency.info.code)
    page = operator.get("tenants.agency_audit", code=agency.info.code)
    assert f"Nhật ký của {agency.info.name}" in page.words
    assert "tạm ngừng cơ quan" in page.words
    assert operator.get("tenants.platform_audit").status == 200
    assert operator.get("tenants.agency_audit", code="khong-co").status == 404


def test_the_installations_own_audit_says_where_acts_on_an_agency_stand_and_offers_only_kinds_it_has(
    site, operator, agency, admin
):
    console = operator.get("tenants.platform_audit")
    assert "làm với một cơ quan nằm ở nhật ký của cơ quan đó" in console.words
    main = console.text[console.text.index("<main") :]
    assert f'href="{site.ground.platform.catalogue.url("tenants.agencies")}">danh sách cơ quan</a>' in main
    for key in ("agency", "alpha", "casework"):  # own domains are decided in the installation's
        assert f'<option value="{key}"' not in main
    own = admin.get("tenants.audit").text
    assert '<option value="agency"' in own
    assert '<option value="tenants"' in own
    assert '<option value="websites"' not in own


@pytest.mark.parametrize(
    "route",
    ["tenants.platform_audit", "tenants.agencies", "tenants.jobs", "tenants.health", "tenants.provision"],
)
def test_nobody_but_operators_sees_that_there_is_a_console(agency, route):
    assert member(agency, ADMIN).get(route).status == 404
