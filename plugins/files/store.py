"""Where the bytes are: under the digest of their content, written once and never changed.

`Store` is all that the rest of the module knows; object storage can take the place of the folder. In
the folder a file is written beside its place, synced and renamed, so that a power cut leaves it there
as a whole or not at all. Bytes come before the row that names them; bytes that no row names are
collected a day later (`jobs.py`), and storing them again in the meantime makes them young again.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Protocol
from uuid import uuid4

import falcon

from core.api import installed_settings

CHUNK = 256 * 1024
IN_MEMORY = 1_000_000
MB = 1_000_000
MEANWHILE_EVERY = 16_000_000
"""So many bytes even a slow disk reads in less time than PostgreSQL lets a transaction rest."""
SPACE_EVERY = 64 * 1024 * 1024
"""So many bytes are written between two looks at the free space."""


class Readable(Protocol):
    """Bytes that come in."""

    def read(self, size: int, /) -> bytes: ...


class TooLarge(Exception):
    """Raised when more comes than may be stored."""


class StoreFull(Exception):
    """Raised when the disk has no room; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """A file that has come in whole and belongs to nobody yet."""

    path: Path
    digest: str
    size: int


class Store(Protocol):
    """Keeps bytes by their SHA-256 digest."""

    def put(self, spooled: Spooled) -> None:
        """Take over a file that came in; the same bytes twice are stored once. Raises StoreFull."""

    def open(self, digest: str) -> IO[bytes]:
        """Open stored bytes for reading. Raises FileNotFoundError."""

    def exists(self, digest: str) -> bool:
        """Tell whether bytes are stored."""

    def delete(self, digest: str, *, unless_after: datetime) -> bool:
        """Delete bytes and what was made of them, unless they were stored again since."""

    def iterate(self) -> Iterator[tuple[str, datetime]]:
        """Yield the digest of everything stored and when it was stored last."""

    def rendition(self, digest: str, name: str) -> Path:
        """Return where something made of stored bytes is kept; it can be made again at any time."""


class FolderStore:
    """A store in a folder that web processes and worker share."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._objects = root / "objects"
        self._made = root / "renditions"

    def put(self, spooled: Spooled) -> None:
        """Take over a file that came in; see Store.put."""
        target = self._place(self._objects, spooled.digest)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._shared():
                if target.exists():
                    os.utime(target)
                else:
                    spooled.path.rename(target)
                    target.chmod(0o440)
            sync_folder(target.parent)
        except OSError as error:
            raise StoreFull from error

    def open(self, digest: str) -> IO[bytes]:
        """Open stored bytes for reading; see Store.open."""
        return self._place(self._objects, digest).open("rb")

    def exists(self, digest: str) -> bool:
        """Tell whether bytes are stored."""
        return self._place(self._objects, digest).is_file()

    def delete(self, digest: str, *, unless_after: datetime) -> bool:
        """Delete bytes and what was made of them; see Store.delete."""
        target = self._place(self._objects, digest)
        with self._alone(), suppress(FileNotFoundError):
            if datetime.fromtimestamp(target.stat().st_mtime, UTC) > unless_after:
                return False
            target.unlink()
            for made in self._place(self._made, digest).parent.glob(f"{digest}-*"):
                made.unlink()
            return True
        return False

    def iterate(self) -> Iterator[tuple[str, datetime]]:
        """Yield digests and times; see Store.iterate."""
        for path in self._objects.glob("??/??/*"):
            with suppress(FileNotFoundError):
                yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def rendition(self, digest: str, name: str) -> Path:
        """Return where something made of stored bytes is kept; see Store.rendition."""
        place = self._place(self._made, digest)
        return place.with_name(f"{digest}-{name}")

    @staticmethod
    def _place(folder: Path, digest: str) -> Path:
        return folder / digest[:2] / digest[2:4] / digest

    @contextmanager
    def _shared(self) -> Iterator[None]:
        """Keep the collector from deleting what is being stored again at this moment."""
        with self._locked(fcntl.LOCK_SH):
            yield

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._locked(fcntl.LOCK_EX):
            yield

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        with (self.root / "lock").open("ab") as file:
            fcntl.flock(file, how)
            yield


def store() -> Store:
    """Return the store of this installation."""
    return FolderStore(installed_settings().files_dir)


def incoming(kind: str = "incoming") -> Path:
    """Return a folder of the store's own disk for what is not stored yet."""
    folder = installed_settings().files_dir / kind
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def spooled(content: IO[bytes], *, max_bytes: int) -> Iterator[Spooled]:
    """Write a stream to the store's disk piece by piece, and take it away again unless it was stored.

    Raises TooLarge, StoreFull.
    """
    path = incoming() / uuid4().hex
    try:
        digest, size = hashlib.sha256(), 0
        try:
            require_space(0)
            with path.open("xb") as file:
                while chunk := content.read(CHUNK):
                    size += len(chunk)
                    if size > max_bytes:
                        raise TooLarge
                    if size % SPACE_EVERY < len(chunk):
                        require_space(0)
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        except (OSError, falcon.HTTPInsufficientStorage) as error:
            raise StoreFull from error
        yield Spooled(path, digest.hexdigest(), size)
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def received(stream: Readable, size: int) -> Iterator[IO[bytes]]:
    """Read a piece that is on its way, to memory or to the store's disk; room for it is asked for once, before it comes.

    Raises StoreFull.
    """
    require_space(size)
    with SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(incoming())) as file:
        while chunk := stream.read(CHUNK):
            try:
                file.write(chunk)
            except OSError as error:
                raise StoreFull from error
        file.seek(0)
        yield file


def measure(path: Path, meanwhile: Callable[[], object]) -> Spooled:
    """Return a file that is on the store's disk already, with its digest; `meanwhile` is called again and again."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if size % MEANWHILE_EVERY < len(chunk):
                meanwhile()
        return Spooled(path, digest.hexdigest(), file.tell())


def require_space(size: int) -> None:
    """Check that so many bytes fit, with what must stay free.

    Raises StoreFull.
    """
    if free_space() - size < installed_settings().files_reserve_mb * MB:
        raise StoreFull


def free_space() -> int:
    """Return how many bytes are free on the store's disk."""
    return shutil.disk_usage(incoming()).free


def sync_folder(folder: Path) -> None:
    """Make a rename last: the name of a file is part of its folder."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
