"""What the description of the API declares: the document that programs read, and the page that people read."""

from core.api import N_, SIGNED_IN, Manifest, Route, hookimpl
from plugins.reference.openapi import Description
from plugins.reference.resources import Reference

manifest = Manifest(
    key="reference",
    title=N_("Tài liệu API"),
    summary=N_("Mọi việc chương trình làm được, theo đúng quyền của người chủ mã."),
    version="1.0",
    icon="code",
    builtin=True,
)


@hookimpl
def register_routes() -> list[Route]:
    return [
        Route("root", "/api/v1/openapi.json", Description(), "reference.document", SIGNED_IN),
        Route("root", "/api-reference", Reference(), "reference.page", SIGNED_IN),
    ]
