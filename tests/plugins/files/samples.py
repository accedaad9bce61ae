"""Files for the tests: honest ones, and ones that are not what they seem."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from uuid import UUID, uuid4

from PIL import Image

from core.declarations import FileOwner
from plugins.files import api
from tests.support.modules import UNIT, Agency, Officer

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PROGRAM = b"MZ" + bytes(62) + b"PE\x00\x00" + bytes(200)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def picture(form: str = "JPEG", size: tuple[int, int] = (800, 600), **options) -> bytes:
    """Draw a picture in which every corner has a colour of its own."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def photograph() -> bytes:
    """A picture taken with the camera on its side, somewhere in Huế."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "ghi chu rieng"
    return picture(exif=exif)


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be an enormous picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    about = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", about)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def archive(**entries: bytes) -> bytes:
    """Pack files into a zip; `__` in a name is a slash, and dots are written out."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return file.getvalue()


def word(kind: str = "wordprocessingml.document.main+xml") -> bytes:
    types = f'<Override ContentType="application/vnd.openxmlformats-officedocument.{kind}"/>'
    return archive(**{"[Content_Types].xml": types.encode(), "word/document.xml": b"<w:document/>"})


def bomb() -> bytes:
    """A Word file of some hundred kilobytes that unpacks to hundreds of megabytes."""
    types = b'<Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    return archive(**{"[Content_Types].xml": types, "word/document.xml": bytes(150_000_000)})


@dataclass
class Desk:
    """Somebody with a note of their own."""

    officer: Officer
    note_id: UUID

    @classmethod
    def open(cls, agency: Agency, unit: str = UNIT) -> "Desk":
        officer = agency.officer("example.writer", unit=unit)
        with officer.working() as ctx:
            from plugins.example import services

            note = services.write_note(ctx, unit_id=agency.units[unit], title="Hồ sơ")
        return cls(officer, note.id)

    @property
    def owner(self) -> FileOwner:
        return FileOwner("example", "note", self.note_id)

    def store(self, content: bytes, name: str = "a.txt", **limits) -> api.StoredFile:
        """Store a file for the note."""
        with self.officer.working():
            return api.store(io.BytesIO(content), name=name, owner=self.owner, **limits)

    def files(self) -> list[api.StoredFile]:
        with self.officer.working():
            return api.files_of(self.owner)

    def clear(self) -> None:
        """Take all files off the note."""
        with self.officer.working():
            api.remove_all_of([self.owner])

    def get(self, route: str, file: api.StoredFile, *, headers=None, **fields):
        """Open a file by a route."""
        url = self.officer.agency.url(route, file_id=file.id, **fields)
        return self.officer._send("GET", url, headers=headers)

    def post_form(self, *parts: tuple[str, str, bytes]):
        """Attach files as a form without script does: (field, name of the file or "", content)."""
        boundary = uuid4().hex
        body = b""
        for field, name, content in (("csrf_token", "", self.officer.csrf_token.encode()), *parts):
            about = f'form-data; name="{field}"' + (f'; filename="{name}"' if name else "")
            body += f"--{boundary}\r\nContent-Disposition: {about}\r\n\r\n".encode() + content + b"\r\n"
        return self.officer._send(
            "POST",
            self.officer.agency.url("example.attach", note_id=self.note_id),
            body=body + f"--{boundary}--\r\n".encode(),
            headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
        )
