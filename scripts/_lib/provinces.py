"""Recognise a province as people type it."""

import re

from vietnam_provinces import Province

from core.text import fold, sort_key
from scripts._lib.console import Failure

_KIND = re.compile(r"^(thanh pho|tinh|tp\.?)\s*")


def province_name(typed: str) -> str:
    """Return the full name of one of the 34 provinces: "hue" and "TP. Huế" are Thành phố Huế.

    Raises Failure with all names when there is no such province.
    """
    names = {_KIND.sub("", fold(each.name)): each.name for each in Province.iter_all()}
    name = names.get(_KIND.sub("", fold(typed)))
    if name is None:
        known = ", ".join(sorted(names.values(), key=sort_key))
        raise Failure(
            f"Không có tỉnh, thành phố “{typed}”. Có: {known}.", "No such province; the 34 are listed above."
        )
    return name
