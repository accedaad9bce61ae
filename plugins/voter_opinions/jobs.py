"""Background work: long files are read and recorded while their sender does something else."""

from uuid import UUID

from core.api import N_, Job
from plugins.voter_opinions import intakes


def read(intake: str) -> None:
    """Read a file that is too long to wait for."""
    intakes.read(UUID(intake))


def record(intake: str) -> None:
    """Record its rows."""
    intakes.record_rows(UUID(intake))


ALL = (Job("voter_opinions.read", read, N_("Đọc tệp kiến nghị cử tri")), Job("voter_opinions.record", record, N_("Ghi kiến nghị cử tri từ tệp")))  # fmt: skip
