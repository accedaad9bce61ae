"""The API described by itself: OpenAPI 3.1 out of the routes and schemas that modules declare."""

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import falcon
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_instance
from marshmallow import Schema

from core.api import (
    HOOK_API,
    Address,
    Catalogue,
    Document,
    Request,
    RequestContext,
    _,
    current_locale,
    dispatcher,
    send_json,
)

PREFIX = "/api/v1/t/{tenant}"
CHANGES = frozenset({"PATCH", "PUT"})
LONGEST_KEY = 200
MOST_SERVERS = 50
PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457); `type` is stable, `title` and `detail` are words for people.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "instance": {"type": "string", "description": "The request's own number, for asking the IT centre."},
        "detail": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "Field → what is wrong with it.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "current_version": {"type": "integer", "description": "The version that is stored now (412)."},
    },
    "required": ["type", "title", "status", "instance"],
}
PROBLEMS = {
    400: "The request cannot be read, or a parameter is malformed.",
    401: "Nobody is signed in, or the token is not valid any more.",
    403: "The permission is missing, the object is refused, or the token only reads.",
    404: "There is no such thing in this agency, or its module is not in effect.",
    409: "Somebody changed the object first, or a request with the same idempotency key is under way.",
    412: "If-Match names another version than the one that is stored.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "Fields are wrong (`errors` names them), or an idempotency key was used for something else.",
    428: "If-Match is missing.",
    500: "Our fault; `instance` names the request for the IT centre.",
    503: "A part of the installation does not answer now.",
}
ALWAYS = frozenset({400, 401, 403, 404, 500, 503})
_KINDS: dict[str, dict[str, str]] = {"uuid": {"type": "string", "format": "uuid"}, "int": {"type": "integer"}}
_FIELD = re.compile(r"\{(\w+)(?::([a-z]+)[^}]*)?\}")


class Description:
    """The description of the API, for the agencies in which the reader works."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        assert req.ctx is not None
        send_json(resp, describe(dispatcher().catalogue, servers(req.ctx)))


def servers(ctx: RequestContext) -> list[dict[str, str]]:
    """Return the API's address in each agency of a person."""
    agencies = {post.tenant.code: post.tenant.name for post in ctx.posts}
    return [
        {"url": PREFIX.replace("{tenant}", code), "description": name}
        for code, name in list(agencies.items())[:MOST_SERVERS]
    ]


def describe(catalogue: Catalogue, at: list[dict[str, str]]) -> dict[str, Any]:
    """Return the OpenAPI document of the installed modules; `at` are its servers."""
    spec = _made(catalogue, current_locale())
    return {**spec, "servers": at or [{"url": PREFIX, "variables": {"tenant": {"default": "agency"}}}]}


@cache
def _made(catalogue: Catalogue, _locale: str) -> dict[str, Any]:
    """Make the document in the language in use, once: the declarations do not change while a process runs."""
    return _Builder(catalogue).spec


def operations(catalogue: Catalogue) -> Iterator[tuple[Address, str, Document, str]]:
    """Go over the operations of the API: address, method, document and what the docstring says."""
    for address in catalogue.routes.values():
        if address.route.area == "api":
            for method, responder in address.responders.items():
                text = inspect.getdoc(responder) or inspect.getdoc(address.route.resource) or ""
                yield address, method, responder.document, text  # type: ignore[attr-defined]


class _Builder:
    """Collects the operations and the schemas they use into one document."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._plugin = MarshmallowPlugin(schema_name_resolver=_schema_name)

    @property
    def spec(self) -> dict[str, Any]:
        """The document without its servers."""
        used = {address.module.key for address, *_rest in operations(self._catalogue)}
        spec = APISpec(
            title="Liên Thông",
            version=HOOK_API,
            openapi_version="3.1.0",
            plugins=[self._plugin],
            info={
                "description": "Documents of one agency; see docs/api.md. Problems are RFC 9457 documents."
            },
            security=[{"token": []}, {"session": [], "form": []}],
            tags=[
                {"name": key, "description": _(module.manifest.title)}
                for key, module in self._catalogue.modules.items()
                if key in used
            ],
        )
        assert self._plugin.converter is not None  # APISpec has just made it
        self._plugin.converter.add_attribute_function(_text_length)  # type: ignore[no-untyped-call]
        spec.components.schema("Problem", component=PROBLEM)
        for status, text in PROBLEMS.items():
            content = {"application/problem+json": {"schema": "Problem"}}
            spec.components.response(f"Problem{status}", {"description": text, "content": content})
        for name, scheme in _security().items():
            spec.components.security_scheme(name, scheme)
        for address, method, document, text in operations(self._catalogue):
            path = _FIELD.sub(r"{\1}", address.pattern.removeprefix(PREFIX)) or "/"
            spec.path(path=path, operations={method: self._operation(address, method, document, text)})
        return _complete(spec.to_dict())

    def _operation(self, address: Address, method: str, document: Document, text: str) -> dict[str, Any]:
        permission = address.route.permission
        title = self._catalogue.permissions.get(permission)
        needs = f"{permission}: {_(title.title)}" if title else permission
        summary, _blank, rest = text.partition("\n")
        operation: dict[str, Any] = {
            "operationId": f"{address.name}.{method}",
            "summary": summary,
            "description": f"{rest.strip()}\n\nPermission: {needs}".strip(),
            "tags": [address.module.key],
            "parameters": list(_parameters(address, method, document)),
            "responses": dict(_responses(method, document)),
        }
        if title:
            operation["x-permission"] = permission
        if document.raw:
            binary = {"schema": {"type": "string", "format": "binary"}}
            operation["requestBody"] = {"required": True, "content": {"application/octet-stream": binary}}
        if document.takes is not None:
            operation["requestBody"] = {
                "required": True,
                "content": {falcon.MEDIA_JSON: {"schema": document.takes}},
            }
        return operation


def _parameters(address: Address, method: str, document: Document) -> Iterator[dict[str, Any]]:
    for name, kind in _FIELD.findall(address.pattern.removeprefix(PREFIX)):
        yield {
            "in": "path", "name": name, "required": True,
            "schema": _KINDS.get(kind, {"type": "string", "minLength": 1}),
        }  # fmt: skip
    if document.query is not None:
        yield {"in": "query", "schema": document.query}
    if method.upper() in CHANGES and not document.raw:
        yield _header("If-Match", "The ETag of the version the change was made from.", required=True)
    elif method == "post":
        text = "The same key with the same body is answered once."
        yield _header("Idempotency-Key", text, maxLength=LONGEST_KEY)
    elif method == "get" and _is_versioned(document):
        yield _header("If-None-Match", "The ETag that is known already; answered with 304 if it still holds.")


def _header(name: str, text: str, *, required: bool = False, **schema: Any) -> dict[str, Any]:
    return {
        "in": "header", "name": name, "description": text, "required": required,
        "schema": {"type": "string", **schema},
    }  # fmt: skip


def _responses(method: str, document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return what an operation answers, problems included, by status."""
    answer: dict[str, Any] = {"description": "Done"}
    if document.answers is not None:
        answer["content"] = {falcon.MEDIA_JSON: {"schema": document.answers}}
    if _is_versioned(document):
        answer["headers"] = {"ETag": {"schema": {"type": "string"}, "example": '"3-e3b0c44298fc"'}}
        if method == "get":
            yield "304", {"description": "Not changed since the version in If-None-Match"}
    yield str(document.status), answer
    met = set(ALWAYS)
    if method != "get":
        met |= {409, 413, 415, 422}
    elif document.query is not None:
        met.add(422)
    if method.upper() in CHANGES and not document.raw:
        met |= {412, 428}
    for status in sorted(met):
        yield str(status), {"$ref": f"#/components/responses/Problem{status}"}


def _is_versioned(document: Document) -> bool:
    """Tell whether the answer is a row with a version, which is its ETag."""
    return document.answers is not None and "version" in resolve_schema_instance(document.answers).fields


def _security() -> dict[str, dict[str, str]]:
    return {
        "token": {"type": "http", "scheme": "bearer", "description": "A personal token: lt_…"},
        "session": {"type": "apiKey", "in": "cookie", "name": "__Host-lt_session"},
        "form": {
            "type": "apiKey", "in": "header", "name": "X-CSRF-Token",
            "description": "The session's form token; pages of ours only.",
        },
    }  # fmt: skip


def _schema_name(schema: Any) -> str:
    """Return a schema's name in the document: its module's key and its own, Patch when all may be left out."""
    cls = schema if isinstance(schema, type) else type(resolve_schema_instance(schema))
    parts = cls.__module__.split(".")
    key = parts[1] if parts[0] == "plugins" else parts[0]
    return f"{key}.{cls.__name__}{'Patch' if isinstance(schema, Schema) and schema.partial else ''}"


def _text_length(self: Any, field: Any, **kwargs: Any) -> dict[str, Any]:
    length = getattr(field, "max_length", None)
    return {"maxLength": length} | ({"minLength": 1} if field.required else {}) if length else {}


def _complete(spec: dict[str, Any]) -> dict[str, Any]:
    """Say of what only answers hold that every field is there, as the API always sends them all."""
    schemas = spec["components"]["schemas"]
    sent = _used(schemas, (each.get("requestBody") for each in _operations(spec)))
    answered = _used(schemas, (each["responses"] for each in _operations(spec)))
    for name in answered - sent - {"Problem"}:
        schemas[name]["required"] = sorted(schemas[name]["properties"])
    return spec


def _operations(spec: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in spec["paths"].values():
        yield from path.values()


def _used(schemas: Mapping[str, Any], parts: Iterable[Any]) -> set[str]:
    """Return the names of the schemas that parts of the document lead to."""
    found: set[str] = set()
    waiting = list(parts)
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            name = str(part.get("$ref", "")).rpartition("/schemas/")[2]
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return found
