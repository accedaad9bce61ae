"""Speak to the person at the terminal: steps with their time, and failures that say what to do."""

import errno
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from scripts._lib.places import ROOT, VAR

ROOM_TO_WORK = 300_000_000
ROOM_TO_BREATHE = 20_000_000
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
_DISK_FULL_WORDS = ("No space left on device", "Disk quota exceeded")


class Failure(Exception):
    """What went wrong and what to do about it, in Vietnamese and in English."""

    def __init__(self, vietnamese: str, english: str) -> None:
        super().__init__(f"{vietnamese}\n{english}")
        self.vietnamese = vietnamese
        self.english = english


class Steps:
    """Number the steps of one start and print how long each took."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._number = 0
        self._began = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Print the title before the work and the seconds after it."""
        self._number += 1
        say(f"[{self._number:>2}/{self._total}] {title} ...")
        began = time.monotonic()
        yield
        say(f"        xong · done ({time.monotonic() - began:.1f} s)")

    @property
    def elapsed(self) -> float:
        """Seconds since the first step could begin."""
        return time.monotonic() - self._began


def say(line: str, end: str = "\n") -> None:
    """Print a line at once, so that a log file read by another process never lags.

    When nobody reads any more, as behind `| head`, the work goes on in silence.
    """
    with suppress(BrokenPipeError):
        print(line, end=end, file=sys.stderr, flush=True)


def run(main: Callable[[], int]) -> int:
    """Run a script; a reader of its output that has seen enough, as `head` has, is no trouble."""
    code = 0
    try:
        try:
            code = main()
        finally:  # `--help` ends by an exception
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the flush at the end complains
    return code


def explain(error: OSError) -> Failure:
    """Turn an error of the operating system into a failure that says what to do."""
    if error.errno in _DISK_FULL:
        return disk_full()
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return Failure(
            f"Không có quyền ghi hoặc đọc {error.filename}. Hãy chạy bằng chính người dùng đã chạy lần đầu.",
            f"{error.filename} cannot be read or written. Run as the user who ran this first.",
        )
    return Failure(f"Lỗi hệ thống: {error}", f"The operating system says: {error}")


def ensure_room() -> None:
    """Refuse to start when the servers would run out of disk while they work; raises Failure."""
    free, needed = shutil.disk_usage(VAR).free // 1_000_000, ROOM_TO_WORK // 1_000_000
    if free < needed:
        raise Failure(
            f"Đĩa chứa {VAR} còn {free} MB, cần ít nhất {needed} MB. Hãy dọn bớt rồi chạy lại; dữ liệu đã ghi vẫn còn.",
            f"The disk of {VAR} has {free} MB left, at least {needed} MB are needed. Free some space and start again; "
            "nothing saved is lost.",
        )


def is_full() -> bool:
    """Tell whether the disk has so little left that programs fail for want of it."""
    return shutil.disk_usage(VAR).free < ROOM_TO_BREATHE


def disk_full() -> Failure:
    """Say how much room is left on the disk of this clone."""
    free = shutil.disk_usage(VAR if VAR.exists() else ROOT).free // 1_000_000
    return Failure(
        f"Hết chỗ trên đĩa chứa {VAR} (còn {free} MB). Hãy dọn bớt rồi chạy lại; dữ liệu đã ghi vẫn còn.",
        f"The disk of {VAR} is full ({free} MB left). Free some space and start again; nothing saved is lost.",
    )


def tells_of_full_disk(output: str) -> bool:
    """Find the complaint of a full disk in what a program printed."""
    return any(words in output for words in _DISK_FULL_WORDS)
