"""What a benchmark found: figures with their targets, as a table and as a file."""

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts._lib.places import ROOT, VAR


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value and what it should be; `at_least` says on which side of the target it belongs."""

    name: str
    value: float
    target: float | None
    """None: for information."""
    unit: str = "×"
    at_least: bool = False
    detail: str = ""

    @property
    def reached(self) -> bool:
        if self.target is None:
            return True
        return self.value >= self.target if self.at_least else self.value <= self.target


@dataclass
class Report:
    """The figures of one run, on one machine."""

    name: str
    figures: list[Figure] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)
    """What the figures were computed from."""

    @property
    def reached(self) -> bool:
        return all(figure.reached for figure in self.figures)

    def text(self) -> str:
        """Return the table."""
        rows = [("figure", "measured", "target", "", "")]
        for each in self.figures:
            sign = "≥" if each.at_least else "≤"
            target = "" if each.target is None else f"{sign} {each.target:g} {each.unit}"
            verdict = "information" if each.target is None else "ok" if each.reached else "MISSED"
            rows.append(
                (
                    each.name,
                    f"{each.value:.2f} {each.unit}",
                    target,
                    verdict,
                    each.detail,
                )
            )
        widths = [max(len(row[column]) for row in rows) for column in range(5)]
        lines = [
            "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
            for row in rows
        ]
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        return "\n".join(lines)

    def save(self) -> Path:
        """Write everything to var/bench and return the file."""
        folder = VAR / "bench"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.json"
        document = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "commit": _commit(),
            "machine": {
                "cpus": os.cpu_count(),
                "system": platform.platform(),
                "python": platform.python_version(),
            },
            "figures": [asdict(figure) | {"reached": figure.reached} for figure in self.figures],
            "raw": self.raw,
        }
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2, default=asdict), "utf-8")
        return path


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], check=False, capture_output=True, text=True, cwd=ROOT
    )
    return done.stdout.strip()
