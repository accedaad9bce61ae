"""Recognise a province as people type it."""

from scripts._lib.console import Failure
from tenants.provisioning.province import UnknownProvince, find_province


def province_name(typed: str) -> str:
    """Return the full name of one of the 34 provinces: "hue" and "TP. Huế" are Thành phố Huế.

    Raises Failure with the names that come near.
    """
    try:
        return find_province(typed).name
    except UnknownProvince as error:
        near = ", ".join(error.near)
        raise Failure(
            f"Không có tỉnh, thành phố “{typed}”. Có phải: {near}?",
            f"There is no province “{typed}”. Did you mean: {near}?",
        ) from error
