"""The description of any province can be read, applied, and stays the same."""

import pytest
from vietnam_provinces import Province, Ward

from tenants.names import NameMaker, TakenNames, slug, username_of
from tenants.provisioning.province import UnknownProvince, describe_province, find_province
from tenants.provisioning.readers import read_description

PROVINCES = list(Province.iter_all())


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("hue", "Thành phố Huế"), ("TP. Huế", "Thành phố Huế"), ("thành phố hồ chí minh", "Thành phố Hồ Chí Minh"),
        ("ho_chi_minh", "Thành phố Hồ Chí Minh"), ("Tỉnh Thanh Hoá", "Thanh Hóa"), ("thanh-hoa", "Thanh Hóa"), ("04", "Cao Bằng"),
    ],
)  # fmt: skip
def test_a_province_is_found_as_people_type_it(typed, name):
    assert find_province(typed).name == name


def test_an_unknown_province_is_answered_with_names_like_it():
    with pytest.raises(UnknownProvince) as caught:
        find_province("Quảng Bnh")
    assert {"Quảng Ninh", "Quảng Trị", "Quảng Ngãi"} & set(caught.value.near)
    assert caught.value.hint[1].startswith("Did you mean")


@pytest.mark.parametrize("typed", ["", "xyz"])
def test_a_name_like_none_is_answered_with_all(typed):
    with pytest.raises(UnknownProvince) as caught:
        find_province(typed)
    assert len(caught.value.near) == 34
    assert caught.value.hint[1].startswith("Choose one of")


@pytest.mark.parametrize(
    ("typed", "today"),
    [
        ("Quảng Bình", "Quảng Trị"), ("Thừa Thiên Huế", "Thành phố Huế"), ("thừa thiên-huế", "Thành phố Huế"), ("Sai Gon", "Thành phố Hồ Chí Minh"),
        ("TP HCM", "Thành phố Hồ Chí Minh"), ("tỉnh Hòa Bình", "Phú Thọ"), ("Bạc Liêu", "Cà Mau"), ("Bến Tre", "Vĩnh Long"), ("Long An", "Tây Ninh"),
        ("Phú Yên", "Đắk Lắk"), ("Bình Định", "Gia Lai"), ("Hà Giang", "Tuyên Quang"), ("Nam Định", "Ninh Bình"), ("Hải Dương", "Thành phố Hải Phòng"),
        ("Kiên Giang", "An Giang"), ("Bình Thuận", "Lâm Đồng"), ("Tiền Giang", "Đồng Tháp"), ("Quảng Nam", "Thành phố Đà Nẵng"),
        ("Bình Phước", "Đồng Nai"), ("Thái Bình", "Hưng Yên"), ("Bắc Giang", "Bắc Ninh"), ("Yên Bái", "Lào Cai"), ("Kon Tum", "Quảng Ngãi"),
        ("Ninh Thuận", "Khánh Hòa"), ("Hậu Giang", "Thành phố Cần Thơ"), ("Bắc Cạn", "Thái Nguyên"), ("Hà Tây", "Thành phố Hà Nội"),
    ],
)  # fmt: skip
def test_a_name_of_before_is_answered_with_the_province_of_today(typed, today):
    with pytest.raises(UnknownProvince) as caught:
        find_province(typed)
    assert caught.value.near == [today]


@pytest.mark.parametrize("province", PROVINCES, ids=lambda province: province.codename)
def test_every_province_is_described_without_mistakes(province, tmp_path):
    path = tmp_path / "province.yaml"
    path.write_text(describe_province(province), "utf-8")
    description = read_description(path)

    assert description.problems == []
    assert all(row.email.endswith(".example") for row in description.people), "no mail to invented people"
    codes = [row.code for row in description.agencies]
    assert len(set(codes)) == len(codes)
    communes = [row for row in description.agencies if row.kind in ("ward", "commune", "special_zone")]
    assert {row.administrative_code for row in communes} == {
        f"{ward.code.value:05}" for ward in Ward.iter_by_province(province.code)
    }
    assert {row.agency for row in description.posts if "tenants.admin" in row.roles} == set(codes)
    assert len({row.username for row in description.people}) == len(codes)
    names = TakenNames()
    for row in description.agencies:
        for name in {row.name, row.short_name}:
            assert not names.owner(name, row.administrative_code, besides=row.code)
            names.add(name, row.administrative_code, row.code)


def test_a_province_is_applied_as_it_is(stage, tmp_path):
    path = tmp_path / "hue.yaml"
    path.write_text(describe_province(find_province("Huế")), "utf-8")

    assert stage.apply(path).failed == {}
    assert stage.plan(path).pending == 0


def test_the_same_province_is_described_the_same_way():
    assert describe_province(find_province("hue")) == describe_province(find_province("Huế"))


def test_codes_are_stable_and_plain():
    text = describe_province(find_province("hue"))
    for line in (
        "code: phuong-thuan-hoa",
        "code: so-y-te",
        "code: trung-tam-chuyen-doi-so",
        'administrative_code: "46"',
    ):
        assert line in text


def test_names_make_codes_and_user_names():
    assert slug("Sở Văn hoá, Thể thao và Du lịch") == "so-van-hoa-the-thao-va-du-lich"
    assert username_of("Phạm Ngọc Anh") == "anhpn"
    make = NameMaker("x", taken=["anhpn"])
    assert [make.username("Phạm Ngọc Ánh"), make.username("Phạm Ngọc Anh")] == ["anhpn2", "anhpn3"]
    assert NameMaker("x").full_name() == NameMaker("x").full_name()
