"""Make sure of the virtual environment var/venv and of the packages in it.

Runs before anything is installed, hence with the standard library alone. A second run finds the
stamp of the first and returns at once.
"""

import errno
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / "var" / "venv"
STAMP = VENV / "lienthong-stamp.json"
PYTHON = VENV / "bin" / "python"
NEEDED_BYTES = 1_200_000_000


class BootstrapError(Exception):
    """A reason, in Vietnamese and English, why the packages could not be installed."""


def main() -> int:
    """Install what setup.py asks for unless the stamp says that it is there; return an exit code."""
    wanted = stamp()
    if read_stamp() == wanted:
        return 0
    try:
        VENV.parent.mkdir(exist_ok=True)
        with (VENV.parent / ".install.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if read_stamp() != wanted:
                install(wanted)
    except BootstrapError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\n{describe(error)}", file=sys.stderr)
        return 1
    return 0


def stamp() -> dict[str, str]:
    """Describe the wanted state: the place of the clone and all that decides what gets installed."""
    digest = hashlib.sha256((ROOT / "setup.py").read_bytes())
    for path in sorted(ROOT.glob("plugins/*/plugin.py")):  # each is an entry point of the distribution
        digest.update(path.parent.name.encode() + b"\n")
    return {"root": str(ROOT), "requirements": digest.hexdigest()}


def read_stamp() -> dict[str, str]:
    try:
        return json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def install(wanted: dict[str, str]) -> None:
    """Create the environment where it is missing or was made for another place, then fill it."""
    started = time.monotonic()
    say("Cài các gói Python · installing the Python packages ...")
    free = shutil.disk_usage(VENV.parent).free
    if not PYTHON.exists() and free < NEEDED_BYTES:
        raise BootstrapError(full_disk(free))
    if read_stamp().get("root", str(ROOT)) != str(ROOT) or not runs(PYTHON):
        shutil.rmtree(VENV, ignore_errors=True)
        create()
    fill()
    STAMP.write_text(json.dumps(wanted), "utf-8")
    say(f"... xong · done ({time.monotonic() - started:.1f} s)")


def create() -> None:
    """Make an empty environment; Debian's Python without python3-venv can do so only without pip."""
    for options in ([], ["--without-pip"]):
        made = subprocess.run(
            [sys.executable, "-m", "venv", "--clear", *options, str(VENV)],
            check=False,
            capture_output=True,
            text=True,
        )
        if made.returncode == 0:
            return
    raise BootstrapError(f"{sys.executable} -m venv:\n{made.stdout}{made.stderr}")


def fill() -> None:
    """Install the product and its tools with uv, or with pip where uv cannot (its own index, an odd machine)."""
    installers = [command for command in (uv(), pip()) if command is not None]
    if not installers:
        raise BootstrapError(
            "Python này thiếu cả pip lẫn venv. Cài đặt (Debian, Ubuntu): apt-get install python3-venv\n"
            "This Python has neither pip nor venv. Install python3-venv, or uv, and start again."
        )
    said = ""
    for command in installers:
        done = subprocess.run(
            [*command, "--editable", f"{ROOT}[dev,test]"],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode == 0:
            return
        said += done.stdout[-3000:]
        if os.strerror(errno.ENOSPC) in done.stdout:
            raise BootstrapError(full_disk(shutil.disk_usage(VENV).free))
    raise BootstrapError(
        f"{said}\nKhông cài được các gói Python (xem ở trên; mạng có thông không?).\n"
        "The Python packages could not be installed (see above; is the network up?)."
    )


def uv() -> list[str] | None:
    """Return the command line of uv, fetched with pip when the machine has none; None where it cannot run."""
    inside = VENV / "bin" / "uv"
    found = str(inside) if inside.exists() else shutil.which("uv")
    if found is None:
        if (install_with_pip := pip()) is None:
            return None
        if subprocess.run([*install_with_pip, "--quiet", "uv"], check=False).returncode != 0:
            return None
        found = str(inside)
    return [found, "pip", "install", "--python", str(PYTHON)] if runs(Path(found)) else None


def pip() -> list[str] | None:
    """Return the command line of the environment's pip, else of the base Python's acting on it."""
    for command in ([str(PYTHON), "-m", "pip"], [sys.executable, "-m", "pip", "--python", str(PYTHON)]):
        if runs(*command):
            return [*command, "--disable-pip-version-check", "install"]
    return None


def runs(*command: str | Path) -> bool:
    try:
        return subprocess.run([*command, "--version"], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def full_disk(free: int) -> str:
    return (
        f"Đĩa chứa {ROOT} chỉ còn {free // 1_000_000} MB; cần khoảng {NEEDED_BYTES // 1_000_000} MB. Hãy dọn bớt rồi chạy lại.\n"
        f"The disk of {ROOT} has {free // 1_000_000} MB left; about {NEEDED_BYTES // 1_000_000} MB are needed. "
        "Free some space and start again."
    )


def describe(error: OSError) -> str:
    """Put an error of the file system into words that say what to do."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return full_disk(shutil.disk_usage(ROOT).free)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return (
            f"Không ghi được vào {error.filename}: hãy chạy bằng người dùng sở hữu thư mục này.\n"
            f"{error.filename} cannot be written: run as the user who owns this folder."
        )
    return str(error)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
