"""What happens to files. Modules tell of their own attachments; this is what concerns the platform."""

from dataclasses import dataclass
from typing import ClassVar

from core.api import N_, Event


@dataclass(frozen=True, kw_only=True)
class VirusFound(Event):
    """The scanner found something in a file, which was refused."""

    name: ClassVar[str] = "files.virus_found"
    label: ClassVar[str] = N_("gửi tệp “{file}” có mã độc {signature}, đã bị từ chối")
    object_type: ClassVar[str] = "files.file"
    milestone: ClassVar[bool] = True
    file: str
    signature: str


@dataclass(frozen=True, kw_only=True)
class VirusFoundLater(Event):
    """The scanner found something in a file that is stored already, which is closed since."""

    name: ClassVar[str] = "files.virus_found_later"
    label: ClassVar[str] = N_("phát hiện mã độc {signature} trong tệp đã lưu “{file}”, tệp bị khoá")
    object_type: ClassVar[str] = "files.file"
    milestone: ClassVar[bool] = True
    file: str
    signature: str


@dataclass(frozen=True, kw_only=True)
class UploadDiscarded(Event):
    """Somebody who looks after the agency's space removed a file that no object had taken."""

    name: ClassVar[str] = "files.upload_discarded"
    label: ClassVar[str] = N_("xoá tệp “{file}” chưa gắn vào đâu")
    object_type: ClassVar[str] = "files.file"
    file: str


ALL = (VirusFound, VirusFoundLater, UploadDiscarded)
