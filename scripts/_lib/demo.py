"""Bring up the platform with a real province in it, on this machine alone."""

import argparse
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn, TypeVar

from scripts._lib import assets, databases
from scripts._lib.console import Failure, Steps, ensure_room, explain, run, say
from scripts._lib.installation import (
    ACCOUNTS,
    DATABASE,
    FILE,
    KEYCLOAK_DATABASE,
    MAIL,
    PROVINCE_FILE,
    SETTINGS,
    Installation,
    read_saved,
    write_private,
)
from scripts._lib.places import RECORD, ROOT, VAR
from scripts._lib.ports import FIRST_WEB_PORT, keycloak_port, web_port
from scripts._lib.processes import recall, remember
from scripts._lib.provinces import province_name
from scripts._lib.services import Services, recorded, run_command, running, stop_all, web_trouble

READY = VAR / "run" / "ready"
REVIVED = VAR / "run" / "revived"
REVIVAL_SECONDS = 900  # Keycloak on a busy machine takes minutes
LOCK = VAR / "run" / "demo.lock"
LOG = VAR / "log" / "demo.log"
NOT_RUNNING = 3
SCALES = (0.01, 3)
N = TypeVar("N", int, float)
CUT_OFF = 130  # as a shell reports Ctrl-C


def main() -> int:
    """Do what the command line asks; return an exit code."""
    options = _options()
    try:
        return _do(options)
    except Failure as failure:
        say(f"\n{failure}")
    except BrokenPipeError:
        raise
    except OSError as error:
        say(f"\n{explain(error)}")
    except KeyboardInterrupt:
        return CUT_OFF
    return 1


def _do(options: argparse.Namespace) -> int:
    if options.province:
        options.province = province_name(options.province)  # a wrong name is refused whatever else is asked
    if options.status:
        return status()
    if options.stop or options.reset:
        stop()
    if options.reset:
        forget()
    if options.stop:
        return 0
    if (pid := recall(RECORD)) is not None:
        return revive(pid, options)
    return detach() if options.detach else foreground(options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        allow_abbrev=False,  # `detach` hands the options on word by word
        description="Bring up Liên Thông with a real province: PostgreSQL, Keycloak, web and worker. "
        "Everything lives in var/; stopping keeps it, starting again goes on.",
        epilog="Exit codes: 0 done (--status: everything serves), 1 a trouble it names (--status: a server or the demo itself has "
        "died, or the web does not serve), 2 wrong usage, 3 --status while nothing runs, or it still starts or stops.",
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--detach", action="store_true", help="return when everything runs; --stop ends it")
    way.add_argument("--stop", action="store_true", help="stop what runs, keep the data")
    way.add_argument("--status", action="store_true", help="print addresses, processes and accounts as JSON")
    parser.add_argument(
        "--reset", action="store_true", help="forget all data and start anew (with --stop: only forget)"
    )
    parser.add_argument(
        "--province", metavar="NAME", help="one of the 34; Thành phố Huế unless told (first start only)"
    )
    parser.add_argument(
        "--scale",
        type=_scale,
        metavar="SHARE",
        help=f"how much of a year's work to make up, {SCALES[0]:g} to {SCALES[1]:g}; 1 unless told, 0.1 is quick (first start only)",
    )
    parser.add_argument(
        "--port", type=_port, help=f"port of the web pages (default: {FIRST_WEB_PORT} or the next free one)"
    )
    options = parser.parse_args()
    if options.status and options.reset:
        parser.error("argument --reset: not allowed with argument --status")
    return options


def _scale(text: str) -> float:
    return _between(float, text, *SCALES)


def _port(text: str) -> int:
    return _between(int, text, 1, 65535)


def _between(kind: Callable[[str], N], text: str, least: N, most: N) -> N:
    """Read a number of the command line; argparse says what is raised, with the option's name."""
    with suppress(ValueError):
        if least <= (value := kind(text)) <= most:
            return value
    raise argparse.ArgumentTypeError(
        f"“{text}”: cần một số từ {least:g} đến {most:g} · a number from {least:g} to {most:g} is needed"
    )


def status() -> int:
    """Print what runs, in one JSON object."""
    installation = Installation.load()
    accounts = read_saved(ACCOUNTS) if ACCOUNTS.exists() else []
    shown: dict[str, Any] = dict.fromkeys(("url", "keycloak_url", "database_url"))
    supervisor = recall(RECORD)
    if installation is not None:
        shown = {
            "url": installation.url,
            "keycloak_url": installation.keycloak_url,
            "database_url": installation.database_url("app"),
        }
    alive = running(recorded())
    pids = ({"demo": supervisor} if supervisor else {}) | alive
    # While it starts or stops, nothing has died.
    started = installation is not None and bool(supervisor) and READY.exists()
    dead = _dead(installation) if installation and started else []
    if dead:
        say(
            f"Đã dừng ngoài ý muốn: {', '.join(dead)}. Chạy lại: ./scripts/demo\n"
            f"Has died: {', '.join(dead)}. Start it again: ./scripts/demo"
        )
    left = [] if supervisor else list(alive)
    if left:
        say(
            f"Bản demo đã bị ngắt, còn chạy: {', '.join(left)}. Dọn và chạy lại: ./scripts/demo\n"
            f"The demo itself was killed and has left running: {', '.join(left)}. Clean up and start again: ./scripts/demo"
        )
    if supervisor and not started:
        say("Đang khởi động hoặc đang dừng, chưa dùng được.\nStarting or stopping, not to be used yet.")
    trouble = web_trouble(installation) if installation and started and not dead else ""
    if trouble:
        say(
            f"Mọi tiến trình đều chạy nhưng web chưa phục vụ được: {trouble}. Chạy lại: ./scripts/demo\n"
            f"Everything runs but web cannot serve: {trouble}. Start it again: ./scripts/demo"
        )
    ready = started and not dead and not trouble
    print(
        json.dumps(
            {**shown, "pids": pids, "accounts": accounts, "ready": ready}, ensure_ascii=False, indent=2
        )
    )
    if dead or trouble or left:
        return 1
    return 0 if ready else NOT_RUNNING


def _dead(installation: Installation) -> list[str]:
    """Name the servers that do not run; a PostgreSQL given by DATABASE_URL is not ours to watch."""
    alive = running(recorded())
    return [
        name for name in recorded() if name not in alive and not (name == "postgres" and installation.server)
    ]


def stop() -> None:
    """Stop the running demo, or what a killed one left behind."""
    if (pid := recall(RECORD)) is not None:
        say("Đang dừng · stopping ...")
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 150
        while recall(RECORD) is not None:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)
    stop_all(recorded())
    say("Đã dừng. · Stopped.")


def forget() -> None:
    """Delete the data of the installation; what was downloaded and installed stays."""
    try:
        installation = Installation.load()
    except Failure as failure:  # damaged: this is the way out of it
        installation = None
        say(
            f"{failure}\nNếu dùng máy chủ ở DATABASE_URL, cơ sở dữ liệu {DATABASE}, {KEYCLOAK_DATABASE} còn lại trên đó: tự xoá.\n"
            f"On a server given by DATABASE_URL the databases {DATABASE}, {KEYCLOAK_DATABASE} stay: drop them yourself."
        )
    if installation is not None and installation.server:
        installation.settle_on_server()
        for name in (DATABASE, KEYCLOAK_DATABASE):
            databases.drop_database(installation.admin_url, name)
    for folder in ("postgres", "postgres.new", "keycloak", "files", "mail", "log", "run"):
        shutil.rmtree(VAR / folder, ignore_errors=True)
    for path in (SETTINGS, PROVINCE_FILE, ACCOUNTS, FILE):
        path.unlink(missing_ok=True)
    say("Đã xoá dữ liệu của bản cài này. · The installation's data is deleted.")


def revive(pid: int, options: argparse.Namespace) -> int:
    """Let a running demo start again what has died in it."""
    installation = Installation.load()
    if installation is None:
        raise Failure(
            "Thiếu var/installation.json; hãy --stop.", "var/installation.json is missing; use --stop."
        )
    other_port = options.port not in {None, installation.web_port}
    if other_port or options.province not in {None, installation.province}:
        raise Failure(
            f"Đang chạy {installation.province} tại {installation.url}; hãy ./scripts/demo --stop trước.",
            f"{installation.province} is running at {installation.url}; ./scripts/demo --stop first.",
        )
    _refuse_another_scale(options.scale, installation)
    if not READY.exists():
        _await_start(pid, installation)
    elif dead := _dead(installation) or ([] if not web_trouble(installation) else ["web"]):
        say(f"Khởi động lại · starting again: {', '.join(dead)}")
        REVIVED.unlink(missing_ok=True)
        os.kill(pid, signal.SIGUSR1)
        _await_revival(pid)
        installation = Installation.load() or installation  # it may have moved
    say(f"Đang chạy tại · running at {installation.url}")
    return 0


def _await_start(pid: int, installation: Installation) -> None:
    """Wait until the demo that another command has started is ready; raises Failure when it ends instead."""
    say(f"Đang khởi động (lệnh khác đã gọi) · being started by another command: {installation.url} ...")
    while not READY.exists() and recall(RECORD) == pid:
        time.sleep(0.1)
    if not READY.exists():
        raise Failure(
            f"Lần khởi động đó không thành. Nhật ký ở {VAR / 'log'}; chạy lại ./scripts/demo.",
            f"That start has failed. The logs are in {VAR / 'log'}; run ./scripts/demo again.",
        )


def _await_revival(pid: int) -> None:
    """Wait until the demo says that everything serves again; raises Failure when it does not."""
    deadline = time.monotonic() + REVIVAL_SECONDS
    while not REVIVED.exists() and recall(RECORD) == pid and time.monotonic() < deadline:
        time.sleep(0.1)
    if not REVIVED.exists():
        raise Failure(
            f"Chưa chạy lại được. Nhật ký ở {VAR / 'log'}.",
            f"It did not come up. The logs are in {VAR / 'log'}.",
        )
    if reason := REVIVED.read_text("utf-8"):
        raise Failure(*json.loads(reason))


def detach() -> int:
    """Start the demo in the background and show its progress until it is ready or has failed."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    READY.unlink(missing_ok=True)
    arguments = [argument for argument in sys.argv[1:] if argument not in {"--detach", "--reset"}]
    with LOG.open("w", encoding="utf-8") as log, LOG.open(encoding="utf-8") as shown:
        demo = subprocess.Popen(
            [sys.executable, "-m", "scripts._lib.demo", *arguments],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            while demo.poll() is None and not READY.exists():
                say(shown.read(), end="")
                time.sleep(0.1)
        except KeyboardInterrupt:
            demo.terminate()
            demo.wait()
        say(shown.read(), end="")
    return demo.returncode or 0


def foreground(options: argparse.Namespace) -> int:
    """Start everything, then watch it until asked to stop."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if ending != signal.SIGHUP or signal.getsignal(ending) != signal.SIG_IGN:  # nohup
            signal.signal(ending, _interrupt)
    revival = threading.Event()
    signal.signal(signal.SIGUSR1, lambda _number, _frame: revival.set())
    with _alone():
        installation = _prepare(options)
        services = Services(installation, web_may_move=options.port is None)
        try:
            _start(services)
            _announce(installation)
            _watch(services, revival)
        except KeyboardInterrupt:
            say("\nĐang dừng · stopping ...")
            code = 0 if READY.exists() else CUT_OFF
        finally:
            for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(ending, signal.SIG_IGN)
            READY.unlink(missing_ok=True)
            stop_all(services.all)
            RECORD.unlink(missing_ok=True)
    return code


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock of this clone's demo for as long as it runs; the system lets go of it at kill -9."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Failure(
                "Bản demo của thư mục này đang khởi động.", "This clone's demo is starting already."
            ) from error
        remember(RECORD, os.getpid())
        yield


def _prepare(options: argparse.Namespace) -> Installation:
    """Load or make the installation, and settle its ports."""
    installation = Installation.load()
    wanted = options.province
    if installation is None:
        installation = Installation(wanted or province_name("Thành phố Huế"))
    elif wanted not in {None, installation.province}:
        raise Failure(
            f"Bản cài này là {installation.province}; dùng --reset để bắt đầu lại với {wanted}.",
            f"This installation is {installation.province}; use --reset to start anew with {wanted}.",
        )
    if installation.seeded:
        _refuse_another_scale(options.scale, installation)
    else:
        installation.scale = options.scale or installation.scale
    stop_all(recorded())  # what a killed run left
    ensure_room()
    installation.settle_on_server()
    installation.web_port = web_port(options.port, installation.web_port)
    installation.keycloak_port = keycloak_port(installation.keycloak_port)
    installation.save()
    return installation


def _refuse_another_scale(wanted: float | None, installation: Installation) -> None:
    """Raise Failure when another share of a year is asked for than the installation has."""
    if wanted not in {None, installation.scale}:
        raise Failure(
            f"Dữ liệu mẫu của bản cài này là {installation.scale:g} năm; dùng --reset để bắt đầu lại với {wanted:g}.",
            f"The sample data of this installation is {installation.scale:g} of a year; use --reset to start anew with {wanted:g}.",
        )


def _start(services: Services) -> None:
    installation = services.installation
    steps = Steps(7)
    with steps.step(f"PostgreSQL ({installation.server or 'riêng · private'})"):
        services.start("postgres")
    # Before Keycloak: the theme of its pages takes the fonts from here.
    with steps.step("Tệp giao diện · static files"):
        assets.build()
    # Keycloak takes longest and needs nobody: the next step runs beside it.
    with ThreadPoolExecutor(1) as beside:
        keycloak = beside.submit(services.start, "keycloak")
        try:
            with steps.step("Cấu trúc dữ liệu · database migrations"):
                run_command("migrate")
            with steps.step("Keycloak"):
                keycloak.result()
        except BaseException:
            services.keycloak.stop()  # or the thread would go on waiting for it
            raise
    with steps.step(f"Cơ quan · agencies: {installation.province}"):
        _provision(installation)
    with steps.step("Dữ liệu mẫu, tài khoản · sample data, accounts"):
        if not (installation.seeded and ACCOUNTS.exists()):
            run_command("demo", "seed", "--accounts", ACCOUNTS, "--scale", str(installation.scale))
            run_command("reports", "rebuild")  # gathers what the agencies' acts have counted
            ACCOUNTS.chmod(0o600)
            installation.seeded = True
            installation.save()
    with steps.step("Thư, web, worker · mail, web, worker"):
        # Not before: nobody wants a year's letters at the first start.
        services.start("mail")
        services.start("web")
        services.start("worker")
    say(f"Tổng thời gian · total: {steps.elapsed:.1f} s")


def _provision(installation: Installation) -> None:
    """Bring the province in; a run that was cut off goes on where it stopped."""
    if not PROVINCE_FILE.exists():
        unfinished = PROVINCE_FILE.with_suffix(".new.yaml")
        run_command("provision", "province", installation.province, "--out", unfinished)
        unfinished.replace(PROVINCE_FILE)
    if not installation.provisioned:
        run_command("provision", "apply", PROVINCE_FILE)
        installation.provisioned = True
        installation.save()


def _announce(installation: Installation) -> None:
    """Print where to go, and one account for each kind of person."""
    accounts = json.loads(ACCOUNTS.read_text("utf-8"))
    found: dict[int, dict[str, Any]] = {}
    for account in accounts:
        found.setdefault(_kind(account), account)
    kinds = dict(sorted(found.items()))
    width = max((len(account["username"]) for account in kinds.values()), default=0)
    say(f"\nLiên Thông · {installation.province}: {installation.url}\n")
    for account in kinds.values():
        places = ["vận hành · operator"] if account["operator"] else []
        places += [f"{post['tenant']} ({', '.join(post['roles'])})" for post in account["posts"]]
        otp = f"  TOTP {account['otp']}" if account["otp"] else ""
        say(
            f"  {account['username']:<{width}}  {account['password']}  {account['name']}: {'; '.join(places)}{otp}"
        )
    say(f"\nCả {len(accounts)} tài khoản · all accounts: ./scripts/demo --status")
    say(f"Thư hệ thống gửi · mail it sends: {MAIL.relative_to(ROOT)}/new")
    say("Dừng · stop: Ctrl-C hoặc · or ./scripts/demo --stop")
    READY.touch()


def _kind(account: dict[str, Any]) -> int:
    """Return the place in the list of kinds: administrator, in two agencies, officer, leader, operator."""
    posts = account["posts"]
    if account["operator"]:
        return 4
    if any("tenants.admin" in post["roles"] for post in posts):
        return 0
    if len(posts) > 1:
        return 1
    return 3 if posts[0]["unit"] == "lanh-dao" else 2


def _watch(services: Services, revival: threading.Event) -> NoReturn:
    """Report a server that dies; start it again only when a second scripts/demo asks for it."""
    reported: set[str] = set()
    while True:
        time.sleep(0.5)
        alive = running(services.all)
        for name, service in services.all.items():
            if name in alive:
                reported.discard(name)
            elif name not in reported:
                reported.add(name)
                say(
                    f"\n{name} đã dừng ngoài ý muốn · has died (code {service.exit_code}). Nhật ký · log: {service.log}\n"
                    f"{service.tail(8)}\nChạy lại · start it again: ./scripts/demo"
                )
        if revival.is_set():
            revival.clear()
            _revive(services)


def _revive(services: Services) -> None:
    """Start again what is needed, and leave word for the command that asked."""
    reason = ""
    try:
        services.revive()
    except (Failure, OSError) as error:
        failure = error if isinstance(error, Failure) else explain(error)
        say(f"\n{failure}")
        reason = json.dumps([failure.vietnamese, failure.english])
    write_private(REVIVED, reason)


if __name__ == "__main__":
    sys.exit(run(main))
