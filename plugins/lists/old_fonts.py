"""Text written for the fonts of before Unicode, TCVN3 (.VnTime) and VNI (VNI-Times), as the Unicode it meant."""

import re
import unicodedata

_TCVN3_SIGNS = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦"
_TCVN3_MEANT = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ"
TCVN3 = str.maketrans(_TCVN3_SIGNS, _TCVN3_MEANT)

_TONES = dict(zip("ùøûõï", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_HATS = dict(zip("âáàåãä", ("", *_TONES.values()), strict=True))
_BREVES = dict(zip("êéèúüë", ("", *_TONES.values()), strict=True))
_ALONE = {"æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ"}


def _vni() -> dict[str, str]:
    """Return what VNI writes a letter as, by one sign or by a vowel and its marks."""
    found = dict(_ALONE)
    vowels = {"a": "a", "e": "e", "o": "o", "u": "u", "y": "y", "ô": "ơ", "ö": "ư"}
    for sign, vowel in vowels.items():
        found[sign] = vowel
        found |= {sign + mark: vowel + tone for mark, tone in _TONES.items()}
    for vowel in "aeo":
        found |= {vowel + mark: f"{vowel}\u0302{tone}" for mark, tone in _HATS.items()}
    found |= {"a" + mark: f"a\u0306{tone}" for mark, tone in _BREVES.items()}
    found = {sign: unicodedata.normalize("NFC", letter) for sign, letter in found.items()}
    return {**found, **{sign.upper(): letter.upper() for sign, letter in found.items()}}


VNI = _vni()
_VNI_SIGNS = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))
# "Aù" and "AÙ" are both written.
_VNI_MIXED = {sign.capitalize(): letter.capitalize() for sign, letter in VNI.items() if len(sign) == 2}

VIETNAMESE = set("ăđơưĂĐƠƯ") | {chr(code) for code in range(0x1EA0, 0x1EFA)}
_PLAIN = set("àáâãèéêìíòóôõùúýÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ")
_PUNCTUATION = set("«»°²³\xa0§±×")
ENOUGH = 2
"""So many signs that Vietnamese does not have tell that a text is no Unicode; a foreign name may have one."""


def strange(text: str) -> int:
    """Return how many signs of a text are none of Vietnamese, as long as they are of the old one-byte sets."""
    return sum("\x80" <= sign <= "\xff" and sign not in _PLAIN and sign not in _PUNCTUATION for sign in text)


_ONSET = "b|ch|c|d|đ|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|r|s|th|tr|t|v|x"
_OPEN = "a[iouy]?|â[uy]|eo?|êu?|i[au]?|iêu|o[ai]?|oa[ioy]|oeo?|ôi?|ơi?|u[ai]?|uây|uê|uơ|uôi|uy[au]?|ư[aiu]?|ươ[iu]?|yêu"
_CLOSED = (
    "a(?:c|ch|m|n|ng|nh|p|t)|[ăâ](?:c|m|n|ng|p|t)|e(?:c|m|n|ng|p|t)|ê(?:ch|m|n|nh|p|t)|i(?:ch|m|n|nh|p|t)|[iy]ê(?:c|m|n|ng|p|t)|[oô](?:c|m|n|ng|p|t)|"
    "oa(?:c|ch|n|ng|nh|t)|oă(?:c|m|n|ng|t)|oe[nt]|oo(?:c|ng)|ơ[mnpt]|u(?:c|m|n|ng|p|t)|uâ(?:n|ng|t)|uê(?:ch|nh)|uô(?:c|m|n|ng|t)|"
    "uy(?:ch|n|nh|t|ên|êt)|ư(?:c|m|ng|t)|ươ(?:c|m|n|ng|p|t)"
)
_SYLLABLE = re.compile(f"(?:qu|[hklmstv])?y|quy(?:ch|n|nh|p|t)|(?:{_ONSET})?(?:{_OPEN}|{_CLOSED})")
"""How Vietnamese syllables are spelt, without their tones."""
_WORDS = re.compile(r"[^\W\d_]+[^\s\w.,;:!?()/\-]*\w*")
_TONE_MARKS = str.maketrans("", "", "\u0300\u0301\u0303\u0309\u0323")


def unlikely(text: str) -> int:
    """Return how many words with signs beyond a to z cannot be Vietnamese syllables."""
    words = [word for word in _WORDS.findall(text.lower()) if not word.isascii()]
    plain = (
        unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(_TONE_MARKS))
        for word in words
    )
    return sum(not _SYLLABLE.fullmatch(word) for word in plain)


_FONTS = ((".vn", "tcvn3"), ("vni", "vni"))
"""How the names of the fonts of an old code begin."""


def _named(font: str) -> str:
    return next((code for begins, code in _FONTS if font.lower().startswith(begins)), "")


def is_old(font: str) -> bool:
    """Tell whether a font is one of before Unicode, by its name."""
    return bool(_named(font))


def code_of(text: str, font: str = "") -> str:
    """Return which old code a text is written in, "tcvn3" or "vni"; empty for Unicode.

    `font` is that of the file, which tells it where the text alone is too short to.
    """
    if VIETNAMESE & set(text):
        return ""
    if named := _named(font):
        return named if any("\x80" <= sign <= "\xff" for sign in text) else ""
    if strange(text) < ENOUGH:
        return ""
    found = min(
        ("tcvn3", "vni"), key=lambda code: (strange(decoded(text, code)), -_meant(decoded(text, code)))
    )
    return found if strange(decoded(text, found)) < strange(text) else ""


def _meant(text: str) -> int:
    return sum(sign in VIETNAMESE for sign in text)


def decoded(text: str, code: str, font: str = "") -> str:
    """Return a text of an old code as Unicode; fonts that end in H show capitals."""
    if code == "tcvn3":
        text = text.translate(TCVN3)
    elif code == "vni":
        text = _VNI_SIGNS.sub(
            lambda found: VNI[found[0]], _VNI_MIXED_SIGNS.sub(lambda found: _VNI_MIXED[found[0]], text)
        )
    return text.upper() if code == "tcvn3" and font.endswith("H") else text


_VNI_MIXED_SIGNS = re.compile("|".join(map(re.escape, _VNI_MIXED)))
