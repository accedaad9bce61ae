"""Commands that provision agencies from a file, and fill a demonstration."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack, nullcontext
from functools import partial
from getpass import getuser
from pathlib import Path
from typing import Any

import click

from tenants.upkeep.terminal import clear_errors, fail, of_file, settings_or_exit

OK, ERRORS, CHANGES = 0, 1, 3  # 2 is wrong usage
SHOWN = 20


@click.group()
def provision() -> None:
    """Tạo và cập nhật cơ quan · Create and change agencies from a description: a YAML file or an Excel workbook.

    Tables agencies, units, people, posts, modules; column heads in Vietnamese or English. What the file
    does not name stays as it is. The same file may be applied any number of times.
    """


@provision.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@clear_errors
def plan(file: Path, as_json: bool) -> None:
    """Xem trước điều tệp sẽ đổi · Show what applying FILE would do; nothing is written.

    \b
    Ví dụ · example:
      lienthong provision plan co-quan.xlsx

    Mã thoát · exit codes: 0 không có gì đổi · nothing would change; 1 tệp có lỗi, kèm số dòng · the file has errors, with their lines; 2 gọi sai · called wrongly; 3 sẽ có thay đổi · something would change.
    """  # noqa: D301
    from core.app import boot
    from core.db import db

    platform = boot(settings_or_exit())
    with db.connection_context():
        made = _plan_or_exit(file, platform.catalogue, as_json=as_json)
    if as_json:
        click.echo(json.dumps(_plan_json(made), ensure_ascii=False, indent=2, default=str))
    else:
        _print_plan(made)
    sys.exit(ERRORS if made.problems else CHANGES if made.pending else OK)


@provision.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, progress on standard error.")
@click.option("--yes", is_flag=True, help="Do not ask, even on a terminal.")
@click.option(
    "--other-province",
    is_flag=True,
    help="Apply a file that seems to be that of another province; --yes does not cover that.",
)
@click.option(
    "--passwords", type=click.Path(path_type=Path),
    help="Give the people of FILE who have never had a password a one-time one, and write them there (CSV).",
)  # fmt: skip
@clear_errors
def apply(file: Path, as_json: bool, yes: bool, other_province: bool, passwords: Path | None) -> None:
    """Ghi điều `plan` đã cho xem · Do what `plan FILE` shows, one agency after the other, then bring Keycloak up to date.

    May be stopped or killed at any point and run again. When Keycloak does not answer the agencies are
    written all the same, and the worker brings Keycloak up to date later. With --passwords see
    `lienthong people passwords`, which also does what was left.

    \b
    Ví dụ · example:
      lienthong provision apply co-quan.xlsx --passwords mat-khau.csv

    Mã thoát · exit codes: 0 đúng như tệp · everything is as the file says; 1 tệp có lỗi hoặc có cơ quan chưa ghi được, có nêu tên · errors, or an agency could not be written (named); 2 gọi sai · called wrongly.
    """  # noqa: D301
    from core.app import boot
    from core.db import PLATFORM, db, scope
    from core.events import SYSTEM, acting, emit
    from tenants.events import DescriptionApplied
    from tenants.people_cli import create_or_exit
    from tenants.provisioning.apply import AlreadyRunning, apply_plan

    platform = boot(settings_or_exit())
    settled = True
    with db.connection_context(), acting(SYSTEM), ExitStack() as stack:
        made = _plan_or_exit(file, platform.catalogue, as_json=as_json)
        if made.problems:
            _print_causes(made)
            fail(f"{file.name}: {len(made.problems)} lỗi, chưa ghi gì · errors, nothing written.")
        if made.pending and made.elsewhere and not other_province:
            _print_problems([made.elsewhere], "CẢNH BÁO")
            fail(
                "Chưa ghi gì. Đúng là tệp này thì thêm --other-province · Nothing written. If this is the file you mean, add --other-province."
            )
        if made.pending and not yes and sys.stdin.isatty():
            _print_plan(made)
            click.confirm("Áp dụng? · Apply?", abort=True)
        # Before anything is written: a file that cannot be made must not come as a surprise afterwards.
        out = stack.enter_context(create_or_exit(passwords)) if passwords else None
        if made.pending:
            with scope(PLATFORM), db.atomic():
                emit(DescriptionApplied(file=f"{file.name} · lienthong provision apply, {_account()}"))
        try:
            result = apply_plan(made, platform.catalogue, progress=_print_step)
        except AlreadyRunning:
            fail("Một lần áp dụng khác đang chạy · another apply is running.")
        mirror = _drain()
        if passwords and out:
            settled = _give_passwords(made, out, passwords)
    if as_json:
        shown = {"written": result.written, "failed": result.failed, "keycloak": mirror}
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{_number(result.written)} thay đổi đã ghi · changes written.")
    if result.failed:
        fail(
            f"{len(result.failed)} cơ quan chưa ghi được, sửa rồi chạy lại · agencies failed: {', '.join(result.failed)}"
        )
    if not settled:
        sys.exit(ERRORS)


@provision.command()
@click.argument("name")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write; default: standard output.")
def province(name: str, out: Path | None) -> None:
    """Viết bản khai của một tỉnh, thành phố · Write the description of a province: usual departments and all communes, from public data.

    NAME is one of the 34 provinces, with or without accents ("Huế", "thanh hoa"), or its two-digit code.

    \b
    Ví dụ · example:
      lienthong provision province "Đà Nẵng" --out da-nang.yaml

    Mã thoát · exit codes: 0 đã viết · written; 1 không có tỉnh đó hoặc không ghi được tệp · no such province, or the file cannot be written; 2 gọi sai · called wrongly.
    """  # noqa: D301
    from tenants.provisioning.province import UnknownProvince, describe_province, find_province

    try:
        text = describe_province(find_province(name))
    except UnknownProvince as error:
        vietnamese, english = error.hint
        fail(f"Không có tỉnh, thành phố “{name}”. {vietnamese}\nThere is no province “{name}”. {english}")
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        fail(f"{out}: {of_file(error)}")
    click.echo(f"{out}: {text.count(chr(10))} dòng · lines.")


@click.group()
def demo() -> None:
    """Dữ liệu mẫu · Fill an installation for demonstrations and tests."""


@demo.command()
@click.option(
    "--accounts", type=click.Path(path_type=Path), required=True,
    help="Where to write the accounts with their passwords (JSON, readable by its owner alone).",
)  # fmt: skip
@click.option(
    "--scale",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0.01, 3),
    help="How much of a year's work to make.",
)
@clear_errors
def seed(accounts: Path, scale: float) -> None:
    """Làm dữ liệu mẫu · Give some agencies people with posts and passwords, and let the modules add sample data.

    The agencies must have been provisioned and Keycloak must answer. Running it again keeps the
    passwords that are in the file, and fills what a run that was cut off has left empty.

    \b
    Ví dụ · example:
      lienthong demo seed --accounts tai-khoan.json --scale 0.1

    Mã thoát · exit codes: 0 xong · done; 1 chưa xong, có nêu lý do, chạy lại là làm tiếp · not complete, with the reason; again goes on; 2 gọi sai · called wrongly.
    """  # noqa: D301
    from core.app import boot
    from core.db import db
    from core.events import SYSTEM, acting
    from tenants.demo import NotReady, dated_facts, seed_demo
    from tenants.interfaces import DirectoryUnavailable

    if accounts.is_dir():
        fail(f"{accounts}: {of_file(IsADirectoryError())}")
    settings = settings_or_exit()
    boot(settings)
    owner = settings.owner_database_url if settings else ""
    with db.connection_context(), acting(SYSTEM), dated_facts(owner) if owner else nullcontext():
        try:
            made = seed_demo(accounts, fill=partial(_fill_side_by_side, scale))
        except NotReady as error:
            fail(str(error))
        except DirectoryUnavailable as error:
            fail(f"Keycloak chưa trả lời · does not answer: {error}")
    click.echo(f"{len(made)} tài khoản · accounts: {accounts}")


def _fill_side_by_side(scale: float, groups: list[list[str]]) -> None:
    """Fill each group of agencies in a process of its own; the first to fail ends the command, not the others."""
    program = [
        sys.executable,
        "-c",
        "from tenants.upkeep.command_line import main; main()",
        "demo",
        "fill",
        "--scale",
        str(scale),
    ]
    running = [subprocess.Popen([*program, *codes]) for codes in groups]
    try:
        codes = [process.wait() for process in running]
    except BaseException:
        for process in running:
            process.terminate()
        raise
    if any(codes):
        fail(
            "Dữ liệu mẫu chưa làm xong; lý do ở ngay trên. Chạy lại là làm tiếp. · The sample data is not complete."
        )


@demo.command(hidden=True)
@click.argument("codes", nargs=-1, required=True)
@click.option("--scale", default=1.0)
@clear_errors
def fill(codes: tuple[str, ...], scale: float) -> None:
    """Làm dữ liệu mẫu cho vài cơ quan · Let the modules add sample data to some agencies; `seed` runs one for each group.

    \b
    Ví dụ · example:
      lienthong demo fill so-y-te --scale 0.1

    Mã thoát · exit codes: 0 xong · done; 1 chưa xong · not complete; 2 gọi sai · called wrongly.
    """  # noqa: D301
    from core.app import boot
    from core.db import db
    from core.events import SYSTEM, acting
    from tenants.demo import fill_group

    boot(settings_or_exit())
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    with db.connection_context(), acting(SYSTEM):
        fill_group(codes, lambda line: click.echo(f"    {codes[0]}: {line}"), scale=scale)


def _end_with(parent: int) -> None:
    """End this process when the command that runs it was killed, so that the next one need not wait for it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _account() -> str:
    """Return whose hand gives the command: the account of this machine, or its number where it has no name."""
    try:
        return getuser()
    except (KeyError, OSError):  # as in a container
        return str(os.getuid())


# ---- how it is shown -----------------------------------------------------------------------------


def _plan_or_exit(file: Path, catalogue: Any, *, as_json: bool) -> Any:
    from tenants.provisioning.description import Unreadable
    from tenants.provisioning.plan import make_plan
    from tenants.provisioning.readers import read_description

    try:
        return make_plan(read_description(file), catalogue)
    except Unreadable as error:
        if as_json:
            click.echo(json.dumps({"errors": [_problem_json(error.problem)]}, ensure_ascii=False, indent=2))
        else:
            _print_problems([error.problem])
        sys.exit(ERRORS)


def _problem_json(problem: Any) -> dict[str, Any]:
    from core.i18n import in_both

    vietnamese, english = in_both(lambda: problem.text)
    cause = dict(zip(("sheet", "line"), problem.cause, strict=True)) if problem.cause else None
    return {
        "line": problem.line, "sheet": problem.sheet, "message": vietnamese, "message_en": english, "cause": cause,
    }  # fmt: skip


def _plan_json(made: Any) -> dict[str, Any]:
    def rows(action: str) -> list[dict[str, Any]]:
        return [
            {
                "line": each.line, "table": each.what, "agency": each.agency, "label": each.label,
                "fields": {key: list(pair) for key, pair in each.fields.items()}, "effect": each.effect,
            }
            for each in made.changes
            if each.action == action
        ]  # fmt: skip

    return {
        "elsewhere": _problem_json(made.elsewhere) if made.elsewhere else None,
        "garbled": _problem_json(made.garbled) if made.garbled else None,
        "errors": [_problem_json(problem) for problem in made.problems],
        "added": rows("add"),
        "changed": rows("change"),
        "unchanged": made.count("same"),
        "removed": rows("absent"),
    }


_HEADS = (("add", "+", "Thêm · added"), ("change", "~", "Đổi · changed"))


def _print_plan(made: Any) -> None:
    _print_problems(filter(None, (made.elsewhere, made.garbled)), "CẢNH BÁO")
    for action, mark, title in _HEADS:
        found = [each for each in made.changes if each.action == action]
        if found:
            click.echo(f"\n{title}: {_number(len(found))}")
        for each in found[:SHOWN]:
            line = f"{each.line:>6} " if each.line else " " * 7
            what = ". ".join(part for part in (each.details, each.effect) if part)
            click.echo(
                f"{line}{mark} {each.agency and f'{each.agency} · '}{each.label}{f': {what}' if what else ''}"
            )
        if len(found) > SHOWN:
            click.echo(f"       … và {_number(len(found) - SHOWN)} dòng nữa · more (--json)")
    counts = {each: _number(made.count(each)) for each in ("add", "change", "same", "absent")}
    counts |= {"errors": _number(len(made.problems)), "rows": _number(made.wrong_rows)}
    click.echo(
        "\n{errors} lỗi ở {rows} dòng, {add} thêm, {change} đổi, {same} giữ nguyên, {absent} không có trong tệp nên giữ nguyên\n"
        "{errors} errors in {rows} rows, {add} added, {change} changed, {same} unchanged, {absent} not in the file, so kept".format(
            **counts
        )
    )
    _print_causes(made)


def _print_causes(made: Any) -> None:
    """Print what is to be mended, each with the number of rows that only follow from it."""
    followers = dict(made.followers)
    for problem in made.causes:
        _print_problems([problem])
        if count := followers.pop((problem.sheet, problem.line), 0):
            click.echo(
                f"    … kéo theo {_number(count)} dòng cần dòng này · rows that need this one (--json)",
                err=True,
            )


def _print_problems(problems: Iterable[Any], head: str = "LỖI") -> None:
    from core.i18n import in_both

    for problem in problems:
        vietnamese, english = in_both(partial(getattr, problem, "text"))
        place = f"dòng {problem.line}" if problem.line else "tệp"
        sheet = f" [{problem.sheet}]" if problem.sheet else ""
        click.echo(f"{head} {place}{sheet}: {vietnamese}", err=True)
        if english != vietnamese:
            click.echo(f"    {english}", err=True)


def _print_step(step: Any) -> None:
    click.echo(
        f"[{step.done}/{step.total}] {step.code or '·'} {step.error or _number(step.written)}", err=True
    )


def _drain() -> dict[str, Any]:
    """Bring Keycloak up to date with progress, as far as it answers."""
    from tenants.reconciler import Busy, directory, reconcile

    def show(kind: str, done: int, total: int) -> None:
        click.echo(f"Keycloak {kind} {done}/{total}", err=True)

    try:
        outcome = reconcile(directory, everything=True, progress=show)
    except Busy:
        click.echo("Keycloak đang được cập nhật bởi tiến trình khác · another process is at it.", err=True)
        return {"busy": True}
    if outcome.unavailable:
        click.echo(
            f"Keycloak chưa trả lời, còn {outcome.left} mục; worker sẽ làm tiếp · "
            f"Keycloak does not answer, {outcome.left} entries wait for the worker: {outcome.unavailable}",
            err=True,
        )
    elif outcome.refused:
        click.echo(f"Keycloak từ chối {outcome.refused} mục · refused entries; `lienthong doctor`.", err=True)
    return {
        "done": outcome.done,
        "refused": outcome.refused,
        "left": outcome.left,
        "unavailable": outcome.unavailable,
    }


def _give_passwords(made: Any, file: Any, out: Path) -> bool:
    """Give the people a description names their first passwords; return whether everybody has one."""
    from tenants.password_list import newcomers
    from tenants.people_cli import write_passwords

    return write_passwords(newcomers(usernames=made.usernames()), file, out)


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")
