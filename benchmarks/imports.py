"""An old site's export from WordPress: how long the import takes, and what it costs in memory."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from benchmarks.installation import FOLDER, Installation, database, postgres
from benchmarks.pages import furnish
from benchmarks.table import Figure, Report
from scripts._lib.console import say
from scripts._lib.postgres import Cluster

MB = 1_000_000
PART = 10
"""The small export, which the large one is compared with, is so many times smaller."""
PICTURES = 50
MEMORY = 60
GROWTH = 1.3
AGAIN = 0.5
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:wp="http://wordpress.org/export/1.2/" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"><channel>'
)
SENTENCE = (
    "Uỷ ban nhân dân phường phối hợp với các tổ dân phố kiểm tra, nhắc nhở và hướng dẫn từng hộ thực hiện "
    "đúng quy định, không để phát sinh điểm nóng về vệ sinh môi trường trong khu dân cư. "
)


class Run(NamedTuple):
    """One import to its end."""

    seconds: float
    program: float
    """Processor time of the import itself, in seconds."""
    database: float
    """Processor time of its connection to PostgreSQL."""
    megabytes: float
    """Resident memory at its peak."""


def measure(*, megabytes: int) -> Report:
    """Import an export, the same again, and one of a tenth of its size."""
    report = Report("imports", raw={"megabytes": megabytes})
    FOLDER.mkdir(parents=True, exist_ok=True)
    small, large = FOLDER / "small.xml", FOLDER / "large.xml"
    try:
        items = [write_export(small, megabytes * MB // PART), write_export(large, megabytes * MB)]
        with postgres() as cluster:
            runs = {}
            for name, file in (("small", small), ("large", large)):
                installation = database(cluster, f"bench_import_{name}")
                code = furnish(installation)["code"]
                runs[name] = run(cluster, installation, code, file)
                say(
                    f"  {file.stat().st_size // MB} MB: {runs[name].seconds:.0f} s, {runs[name].megabytes:.0f} MB of memory"
                )
            again = run(cluster, installation, code, large)
            say(f"  the same again: {again.seconds:.0f} s")
    finally:
        small.unlink(missing_ok=True)
        large.unlink(missing_ok=True)
        shutil.rmtree(FOLDER / "old-pictures", ignore_errors=True)
    report.raw |= {"items": items, "small": runs["small"], "large": runs["large"], "again": again}
    report.figures = figures(runs["small"], runs["large"], again, items)
    return report


def figures(small: Run, large: Run, again: Run, items: list[int]) -> list[Figure]:
    """Return what the runs say: an import takes time in proportion, and no more memory when it is longer."""
    each = [(run.program + run.database) / count for run, count in zip((small, large), items, strict=True)]
    return [
        Figure(
            "processor time of one item, large export ÷ small one",
            each[1] / each[0],
            GROWTH,
            detail=f"{items[1]} items in {large.seconds:.0f} s, "
            f"{1000 * large.program / items[1]:.1f} + {1000 * large.database / items[1]:.1f} ms each",
        ),
        Figure(
            "the same again ÷ the first time",
            again.seconds / large.seconds,
            AGAIN,
            detail=f"{again.seconds:.0f} s",
        ),
        Figure(
            "more memory for the large export than for the small one",
            large.megabytes - small.megabytes,
            MEMORY,
            "MB",
            detail=f"{large.megabytes:.0f} MB at its peak",
        ),
    ]


def run(cluster: Cluster, installation: Installation, code: str, file: Path) -> Run:
    """Import a file as a program of its own, and watch it."""
    program = [
        str(Path(sys.executable).with_name("lienthong")), "websites", "import", str(file),
        "--tenant", code, "--publish", "--pictures", str(pictures()), "--json",
    ]  # fmt: skip
    began, spent = time.perf_counter(), of_ended(cluster)
    with (FOLDER / "import.log").open("w") as log:
        process = subprocess.Popen(program, stdout=log, stderr=log, env=installation.environment)
        highest, ended = 0.0, 0
        while not ended:
            # What wait4 tells of memory begins with that of the program which started this one.
            highest = max(highest, so_far(process.pid))
            time.sleep(0.1)
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError((FOLDER / "import.log").read_text("utf-8")[-2000:])
    seconds = time.perf_counter() - began
    while (database := of_ended(cluster)) == spent:
        time.sleep(0.1)  # until PostgreSQL has taken leave of the connection
    return Run(seconds, used.ru_utime + used.ru_stime, database - spent, highest)


def so_far(process: int) -> float:
    """Return the largest resident memory of a process in megabytes, or 0 when it has just ended."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text("utf-8"))
    return int(found[1]) * 1024 / MB if found else 0


def of_ended(cluster: Cluster) -> float:
    """Return the processor time of all processes of PostgreSQL that have ended."""
    fields = Path(f"/proc/{cluster.service.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def pictures() -> Path:
    """Return a folder with the old site's pictures."""
    folder = FOLDER / "old-pictures"
    folder.mkdir(exist_ok=True)
    for number in range(PICTURES):
        file = folder / f"anh-{number}.jpg"
        if not file.exists():
            Image.effect_noise((1280, 720), 40 + number).convert("RGB").save(file, quality=80)
    return folder


def write_export(file: Path, size: int) -> int:
    """Write an export of about so many bytes; return how many posts it has."""
    written = count = 0
    with file.open("wb") as out:
        out.write(HEAD.encode())
        for post in posts():
            written += out.write(post.encode())
            count += 1
            if written >= size:
                break
        out.write(b"</channel></rss>")
    return count


def posts() -> Iterator[str]:
    """Yield posts as WordPress exports them; one in twenty shows a picture."""
    number = 0
    while True:
        number += 1
        body = "\n\n".join(
            f'<p style="text-align: justify;"><span class="x">Việc {part} của tin {number}: {SENTENCE * 3}</span></p>'
            for part in range(7)
        )
        if number % 20 == 0:
            name = f"anh-{number // 20 % PICTURES}.jpg"
            body += f'<img class="wp-image-{number}" src="http://cu.vn/wp-content/uploads/{name}" alt="Buổi ra quân" />'
        yield (
            f'<item><title>Tin số {number} của phường</title><guid isPermaLink="false">http://cu.vn/?p={number}</guid>'
            f"<content:encoded><![CDATA[{body}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>"
            f"<wp:post_id>{number}</wp:post_id><wp:post_date_gmt>2018-05-{1 + number % 28:02} 02:00:00</wp:post_date_gmt>"
            "<wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>\n"
        )
