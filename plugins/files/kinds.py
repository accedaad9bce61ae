"""What a file really is, told by its content; its name is a claim that has to agree.

Formats that offices use are told apart here; everything else puremagic names.
"""

import codecs
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import IO

from core.api import N_, _

HEAD = 64 * 1024
ZIP_ENTRIES = 20_000
ZIP_RATIO = 200
ZIP_BYTES = 2_000_000_000
"""Nothing of ours unpacks a file, but whoever downloads it does: beyond these it is a bomb."""
ZIP_SMALL = 100_000_000
ENTRY_BYTES = 1_000_000
UNKNOWN = "application/octet-stream"
PROGRAM = "application/x-msdownload"
SVG = "image/svg+xml"
ZIP = "application/zip"
OLE = "application/x-ole-storage"

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_ODF = "application/vnd.oasis.opendocument."

# Media type → endings of names, and what officers call it.
KINDS: dict[str, tuple[tuple[str, ...], str]] = {
    "image/jpeg": (("jpg", "jpeg", "jpe", "jfif"), N_("ảnh JPEG")),
    "image/png": (("png",), N_("ảnh PNG")),
    "image/webp": (("webp",), N_("ảnh WebP")),
    "image/gif": (("gif",), N_("ảnh GIF")),
    SVG: (("svg",), N_("hình vẽ SVG")),
    "application/pdf": (("pdf",), N_("tệp PDF")),
    _WORD: (("docx",), N_("văn bản Word")),
    _EXCEL: (("xlsx",), N_("bảng tính Excel")),
    _SLIDES: (("pptx",), N_("trình chiếu PowerPoint")),
    f"{_ODF}text": (("odt",), N_("văn bản OpenDocument")),
    f"{_ODF}spreadsheet": (("ods",), N_("bảng tính OpenDocument")),
    f"{_ODF}presentation": (("odp",), N_("trình chiếu OpenDocument")),
    "application/msword": (("doc", "dot"), N_("văn bản Word đời cũ")),
    "application/vnd.ms-excel": (("xls",), N_("bảng tính Excel đời cũ")),
    "application/vnd.ms-powerpoint": (("ppt", "pps"), N_("trình chiếu PowerPoint đời cũ")),
    OLE: (("msg",), N_("tệp Office đời cũ")),
    "application/vnd.ms-office.macro": (("docm", "xlsm", "pptm"), N_("tệp Office có macro")),
    "application/rtf": (("rtf",), N_("văn bản RTF")),
    "text/plain": (("txt", "md", "log", "eml", "ini", "yaml", "yml"), N_("tệp chữ")),
    "text/csv": (("csv", "tsv"), N_("bảng CSV")),
    "application/json": (("json",), N_("tệp JSON")),
    "text/xml": (("xml", "xsl", "xsd", "gml", "kml", "rss", "atom"), N_("tệp XML")),
    "text/html": (("html", "htm", "xhtml", "mht"), N_("trang web HTML")),
    ZIP: (("zip",), N_("tệp nén ZIP")),
    "application/vnd.rar": (("rar",), N_("tệp nén RAR")),
    "application/x-7z-compressed": (("7z",), N_("tệp nén 7z")),
    "video/mp4": (("mp4", "m4v"), N_("phim MP4")),
    "audio/mpeg": (("mp3",), N_("tệp tiếng MP3")),
    PROGRAM: (("exe", "dll", "scr", "com", "msi", "bat", "cmd", "ps1", "vbs"), N_("chương trình máy tính")),
}
_BY_ENDING = {ending: kind for kind, (endings, _title) in KINDS.items() for ending in endings}
_OLD_OFFICE = frozenset({
    "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", OLE
})  # fmt: skip
_TEXTS = frozenset({
    "text/plain", "text/csv", "application/json", "text/xml", "text/html", SVG, "application/rtf"
})  # fmt: skip
_PLAIN_TEXTS = frozenset({"text/plain", "text/csv", "application/json", "text/xml"})
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x7fELF", PROGRAM),
    (b"ID3", "audio/mpeg"),
)


@dataclass(frozen=True, slots=True)
class FileKinds:
    """Kinds of files that a field takes; `title` says which, in words (marked with N_)."""

    title: str
    media_types: frozenset[str]

    @property
    def accept(self) -> str:
        """What the browser's file chooser offers."""
        return ",".join(f".{ending}" for kind in sorted(self.media_types) for ending in KINDS[kind][0])


PICTURES = FileKinds(
    N_("ảnh JPEG, PNG, WebP hoặc GIF"), frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
)
DOCUMENTS = FileKinds(
    N_("PDF, Word, Excel, PowerPoint, OpenDocument, RTF, chữ, CSV"),
    frozenset({
        "application/pdf", _WORD, _EXCEL, _SLIDES, f"{_ODF}text", f"{_ODF}spreadsheet", f"{_ODF}presentation",
        "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/rtf",
        "text/plain", "text/csv",
    }),
)  # fmt: skip
ANY = FileKinds(N_("mọi loại tệp, trừ chương trình máy tính"), frozenset(KINDS) - {PROGRAM})
NAMED = {"any": ANY, "documents": DOCUMENTS, "pictures": PICTURES}
"""Kinds that an upload can be begun for, so that a file of another kind is refused before it has travelled."""


class Refused(Exception):
    """Raised with the reason, in words for the person, why a file is not taken."""


def judge(file: IO[bytes], name: str, allowed: FileKinds) -> str:
    """Return the media type of a file whose name tells the truth and whose kind is allowed.

    Raises Refused with what it really is.
    """
    found = look(file)
    claimed = claim(name)
    if claimed == PROGRAM:  # to give it another ending would help nobody
        require_allowed(claimed, allowed)
    if claimed and not _agrees(claimed, found):
        raise Refused(
            _("Tên tệp có đuôi .{ending} nhưng nội dung là {found}. Chọn đúng tệp, hoặc đặt lại đuôi cho đúng.",
              ending=ending_of(name), found=title_of(found))
        )  # fmt: skip
    kind = claimed or found
    require_allowed(kind, allowed)
    return kind


def require_allowed(kind: str, allowed: FileKinds) -> None:
    """Check that a field takes a media type.

    Raises Refused.
    """
    anything = ANY.media_types <= allowed.media_types and kind != PROGRAM
    if kind in allowed.media_types or (anything and kind not in KINDS):
        return
    if kind == SVG:
        raise Refused(_("Hình vẽ SVG có thể chứa mã chạy được nên không nhận. Xuất hình ra PNG rồi gửi lại."))
    raise Refused(_("Đây là {found}. Ở đây nhận {allowed}.", found=title_of(kind), allowed=_(allowed.title)))


def look(file: IO[bytes]) -> str:
    """Return the media type that the content tells.

    Raises Refused for a zip that would burst whoever unpacks it.
    """
    file.seek(0)
    head = file.read(HEAD)
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zip_kind(file)
    if head[:2] == b"MZ" and b"PE\x00\x00" in head[:4096]:
        return PROGRAM
    return _text_kind(head) or _any_kind(head)


def claim(name: str) -> str:
    """Return the media type that a name claims; empty when its ending claims nothing we know."""
    return _BY_ENDING.get(ending_of(name), "")


def ending_of(name: str) -> str:
    """Return what comes after the last dot of a name, in lower case."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def title_of(kind: str) -> str:
    """Return what officers call a kind of files."""
    return _(KINDS[kind][1]) if kind in KINDS else _("tệp không rõ loại ({kind})", kind=kind)


def clean_name(name: str) -> str:
    """Return a name that shows what it is: no folders, no signs that hide or turn around what is written.

    SECURITY: with a right-to-left mark `gpj.exe` reads `exe.jpg`.
    """
    plain = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    shown = "".join(
        c if unicodedata.category(c)[0] not in "CZ" else " " if c.isspace() else "" for c in plain
    )
    words = " ".join(shown.split()).strip(". ")
    stem, dot, ending = words.rpartition(".")
    if dot and stem and len(ending) <= 10:
        return f"{stem[: 180 - len(ending)]}.{ending}"
    return words[:180] or "tep"


def _agrees(claimed: str, found: str) -> bool:
    if claimed == found or (claimed == ZIP and found.startswith("application/vnd.o")):
        return True
    if claimed.partition("/")[0] == found.partition("/")[0] in ("video", "audio"):
        return True
    if found == OLE:
        return claimed in _OLD_OFFICE or claimed == PROGRAM
    if claimed in _TEXTS and found in _TEXTS:
        # A table or a note may hold any text; what a browser would run may not call itself a note.
        return found in _PLAIN_TEXTS or (found == "text/html" and claimed in ("text/xml", "text/plain"))
    return False


def _zip_kind(file: IO[bytes]) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _refuse_bomb(entries)
            names = {each.filename for each in entries}
            if "[Content_Types].xml" in names:
                return _office_kind(_entry(archive, "[Content_Types].xml"))
            if "mimetype" in names:
                kind = _entry(archive, "mimetype").decode("ascii", "replace").strip()
                return kind if kind in KINDS else ZIP
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Refused(_("Tệp nén này hỏng, không mở được.")) from error
    return ZIP


def _refuse_bomb(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(each.file_size for each in entries)
    packed = sum(each.compress_size for each in entries) or 1
    if (
        len(entries) > ZIP_ENTRIES
        or unpacked > ZIP_BYTES
        or (unpacked > ZIP_SMALL and unpacked / packed > ZIP_RATIO)
    ):
        raise Refused(_("Tệp nén này mở ra sẽ lớn bất thường, có thể làm treo máy, nên không nhận."))


def _entry(archive: zipfile.ZipFile, name: str) -> bytes:
    """Read the beginning of an entry; what its size says is not to be trusted."""
    with archive.open(name) as entry:
        return entry.read(ENTRY_BYTES)


def _office_kind(content_types: bytes) -> str:
    if b"macroEnabled" in content_types:
        return "application/vnd.ms-office.macro"
    for kind in (_WORD, _EXCEL, _SLIDES):
        if f"{kind}.main+xml".encode() in content_types:
            return kind
    return ZIP


def _text_kind(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = head.decode("utf-16", "replace")
    elif any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head):
        return ""
    else:
        text = head.decode("utf-8", "replace")
    start = text.lstrip("\ufeff \t\r\n").lower()
    if start.startswith("<"):
        beginning = start[:4096]
        if "<svg" in beginning or "<!doctype svg" in beginning:
            return SVG
        if start.startswith("<?xml") and "<html" not in beginning:
            return "text/xml"
        if any(mark in beginning for mark in ("<html", "<!doctype html", "<script", "<body", "<head")):
            return "text/html"
    return "text/plain"


def _any_kind(head: bytes) -> str:
    import puremagic

    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    return next((each.mime_type for each in guesses if each.mime_type), UNKNOWN)
