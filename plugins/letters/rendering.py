"""The sheet as a PDF/A and as pictures, by typst; nothing of its words is ever taken for markup."""

import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

from core.api import installed_settings
from plugins.letters.composing import FOLDER, Sheet

SOURCE = FOLDER / "letter.typ"
STANDARD = "a-2b"
SHARPNESS = 110
"""Dots per inch of the preview."""
LONGEST, BEGINNING, END = 12_000, 8_000, 2_500
"""Characters of a text whose preview shows all of it, and what a longer one shows of its beginning and end."""
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


class Unprintable(Exception):
    """Raised for a character that the font of letters does not have."""

    def __init__(self, character: str) -> None:
        super().__init__(f"The font of letters has no {character!r}.")
        self.character = character


def font_folder() -> Path:
    """Return where the fonts of letters are.

    Raises FileNotFoundError when the assets have not been built; letters are never set in another font.
    """
    folder = installed_settings().static_dir / "vendor" / "tinos"
    if not any(folder.glob("tinos-regular*.ttf")):
        raise FileNotFoundError(f"{folder}: no Tinos; run scripts/assets.")
    return folder


def pdf(sheet: Sheet) -> bytes:
    """Return a letter as PDF/A-2b.

    Raises Unprintable.
    """
    (only,) = _compiled(sheet, "pdf", pdf_standards=[STANDARD])
    return only


def typeset(source: Path, name: str, data: object, *, strict: bool = True) -> bytes:
    """Return what a typst source of a module makes of some data as PDF/A-2b, in the font of letters.

    The source reads it with `json(bytes(sys.inputs.NAME))`. Raises Unprintable; unless `strict` is wanted a question mark
    stands for a character that the font lacks, for newspapers and voters write what they like.
    """
    told = json.dumps(data, ensure_ascii=False)
    while True:
        try:
            (only,) = _set(source, {name: told}, "pdf", pdf_standards=[STANDARD])
        except Unprintable as error:
            if strict or error.character not in told:
                raise
            told = told.replace(error.character, "?")
        else:
            return only


def pictures(sheet: Sheet) -> list[bytes]:
    """Return the pages of a letter as PNG; of a long one its middle is left out (`shortened` tells).

    Raises Unprintable.
    """
    if shortened(sheet):
        sheet = replace(sheet, paragraphs=_ends(sheet.paragraphs))
    # PNG would show an empty box where the PDF refuses a character.
    pdf(sheet)
    return _compiled(sheet, "png", ppi=SHARPNESS)


def shortened(sheet: Sheet) -> bool:
    """Tell whether the pictures of a letter leave its middle out."""
    return sum(map(len, sheet.paragraphs)) > LONGEST


def _ends(paragraphs: list[str]) -> list[str]:
    text = "\n".join(paragraphs)
    return [*text[:BEGINNING].splitlines(), "[…]", *text[-END:].splitlines()]


def _compiled(sheet: Sheet, form: Literal["pdf", "png"], **options: Any) -> list[bytes]:
    return _set(SOURCE, {"letter": json.dumps(asdict(sheet), ensure_ascii=False)}, form, **options)


def _set(source: Path, inputs: dict[str, str], form: Literal["pdf", "png"], **options: Any) -> list[bytes]:
    import typst  # 80 MB that most processes never need

    try:
        made = typst.compile(
            str(source),
            sys_inputs=inputs,
            font_paths=[str(font_folder())],
            ignore_system_fonts=True,
            format=form,
            **options,
        )
    except typst.TypstError as error:
        found = _MISSING.search(str(error))
        if found is None:
            raise
        raise Unprintable(_ESCAPED.sub(lambda code: chr(int(code[1], 16)), found[1])) from error
    # The stubs promise bytes; pictures of several pages come as a list.
    pages: Any = made
    return pages if isinstance(pages, list) else [pages]
