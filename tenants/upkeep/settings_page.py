"""The settings as people read them: those in force, and the page docs/settings.md made from their declarations."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from core.settings import PREFIX, Settings


def settings_lines(settings: Settings) -> str:
    """Return the settings in force as lines `NAME=value`; secrets that are set as •••."""
    lines = []
    for each in fields(Settings):
        value = _shown(getattr(settings, each.name))
        lines.append(f"{PREFIX}{each.name.upper()}={'•••' if value and each.metadata['secret'] else value}")
    return "\n".join(lines)


def settings_page() -> str:
    """Return docs/settings.md."""
    lines = [
        "# Settings", "",
        ("Each is an environment variable, or a line `NAME=value` in the file that `LIENTHONG_SETTINGS_FILE` names; "
         "the environment wins. Unknown or missing settings stop the start. Made by `lienthong settings --markdown`."),
        "",
        "| setting | type | default | what it is |", "|---|---|---|---|",
    ]  # fmt: skip
    for each in fields(Settings):
        kind = "Path" if each.type == Path | None else getattr(each.type, "__name__", str(each.type))
        kind = kind.removeprefix("tuple[").split(",")[0]
        default = (
            "**required**"
            if each.default is MISSING
            else f"`{_shown(each.default)}`"
            if _shown(each.default)
            else "empty"
        )
        lines.append(
            f"| `{PREFIX}{each.name.upper()}` | {_allowed(kind, each.metadata)} | {default} | {each.metadata['help']} |"
        )
    return "\n".join(lines) + "\n"


def _allowed(kind: str, declared: Mapping[str, Any]) -> str:
    """Say what a setting may be, as the page of settings does."""
    if declared["within"]:
        low, high = declared["within"]
        return f"{kind}, {low} to {high}"
    if declared["choices"]:
        return " or ".join(f"`{each}`" for each in declared["choices"])
    if declared["schemes"]:
        return " or ".join(f"`{each}://…`" for each in declared["schemes"])
    return kind


def _shown(value: Any) -> str:
    return ",".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
