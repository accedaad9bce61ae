"""What the kernel itself declares, through the same hooks as every module."""

from core.declarations import Job, Manifest
from core.events import Event
from core.hookspecs import HOOK_API, hookimpl
from core.i18n import N_
from core.jobs import JobCancelled, JobRetried
from core.web.idempotency import forget_answers

manifest = Manifest(key="core", title="Liên Thông", summary="", version=HOOK_API, builtin=True, icon="link")


@hookimpl
def register_events() -> list[type[Event]]:
    return [JobRetried, JobCancelled]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(
            "core.forget_answers",
            forget_answers,
            N_("Xoá câu trả lời giữ cho khoá chống gửi trùng"),
            schedule="40 1 * * *",
        )
    ]
