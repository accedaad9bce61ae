"""The description of the API as a page: the same document that programs get, to be read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import falcon

from core.api import Request, _, dispatcher, format_number, page, url_for
from plugins.reference.openapi import ALWAYS, PROBLEMS, describe, servers

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """One field of a document or one parameter of a request."""

    name: str
    kind: str
    required: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationView:
    """What one method of an address takes and answers."""

    key: str
    method: str
    path: str
    summary: str
    description: tuple[str, ...]
    """Its paragraphs."""
    parameters: tuple[FieldRow, ...]
    takes: tuple[FieldRow, ...]
    answers: tuple[FieldRow, ...]
    statuses: tuple[tuple[str, str], ...]
    """Those that not every operation may answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleOperations:
    """The operations of one module."""

    title: str
    operations: tuple[OperationView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceView:
    """reference/reference.html: every operation of the API, by module."""

    servers: tuple[tuple[str, str], ...]
    """Name and address of the API in each agency of the reader."""
    modules: tuple[ModuleOperations, ...]
    always: tuple[tuple[str, str], ...]
    """What every operation may answer."""
    document_url: str


class Reference:
    """The API for people who write programs."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        assert req.ctx is not None
        spec = describe(dispatcher().catalogue, servers(req.ctx))
        view = ReferenceView(
            servers=tuple((each["description"], each["url"]) for each in servers(req.ctx)),
            modules=tuple(
                ModuleOperations(title=tag["description"], operations=tuple(_operations(spec, tag["name"])))
                for tag in spec["tags"]
            ),
            always=tuple((str(status), PROBLEMS[status]) for status in sorted(ALWAYS)),
            document_url=url_for(req, "reference.document"),
        )
        page(req, resp, "reference/reference.html", view)


def _operations(spec: Node, tag: str) -> Iterator[OperationView]:
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            if tag in operation["tags"]:
                yield OperationView(
                    key=operation["operationId"],
                    method=method.upper(),
                    path=path,
                    summary=operation["summary"],
                    description=tuple(operation["description"].split("\n\n")),
                    parameters=tuple(_parameter(each) for each in operation["parameters"]),
                    takes=tuple(_content(spec, operation.get("requestBody", {}))),
                    answers=tuple(_content(spec, _success(operation))),
                    statuses=tuple(_statuses(spec, operation)),
                )


def _parameter(parameter: Node) -> FieldRow:
    return FieldRow(
        name=parameter["name"],
        kind=f"{parameter['in']}, {_kind(parameter['schema'])}",
        required=parameter["required"],
        text=parameter.get("description", ""),
    )


def _success(operation: Node) -> Node:
    found: Node = next(each for status, each in operation["responses"].items() if status.startswith("2"))
    return found


def _statuses(spec: Node, operation: Node) -> Iterator[tuple[str, str]]:
    for status, response in sorted(operation["responses"].items()):
        if int(status) not in ALWAYS:
            yield status, _resolved(spec, response)["description"]


def _content(spec: Node, part: Node) -> Iterator[FieldRow]:
    for content in part.get("content", {}).values():
        yield from _fields(spec, content["schema"], "")


def _fields(spec: Node, schema: Node, above: str) -> Iterator[FieldRow]:
    """Yield the fields of a schema and of those inside it: items[].unit.id."""
    schema = _resolved(spec, schema)
    for name, declared in schema.get("properties", {}).items():
        field = _resolved(spec, declared)
        inner = _resolved(spec, field.get("items", {}))
        required = name in schema.get("required", ())
        text = declared.get("description", "")
        yield FieldRow(name=f"{above}{name}", kind=_kind(field), required=required, text=text)
        if field.get("type") == "array":
            yield from _fields(spec, inner, f"{above}{name}[].")
        else:
            yield from _fields(spec, field, f"{above}{name}.")


def _kind(schema: Node) -> str:
    """Return the type of a value in a few words: string, uuid, at most 200; or null."""
    kinds = schema.get("type", "object")
    parts = [" | ".join(kinds) if isinstance(kinds, list) else str(kinds)]
    if "format" in schema:
        parts.append(str(schema["format"]))
    if "maxLength" in schema:
        parts.append(_("tối đa {max} ký tự", max=format_number(schema["maxLength"])))
    if "enum" in schema:
        parts.append(" | ".join(repr(each) for each in schema["enum"]))
    return ", ".join(parts)


def _resolved(spec: Node, node: Node) -> Node:
    if "$ref" not in node:
        return node
    _root, _components, kind, name = node["$ref"].split("/")
    found: Node = spec["components"][kind][name]
    return found
