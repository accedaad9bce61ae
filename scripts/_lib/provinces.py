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
        vietnamese, english = error.hint
        raise Failure(
            f"Không có tỉnh, thành phố “{typed}”. {vietnamese}", f"There is no province “{typed}”. {english}"
        ) from error
