"""Compile templates into plain Python, one environment for each language."""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from datetime import UTC, datetime
from functools import cache, partial
from keyword import iskeyword
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.runtime import Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escaped  # type: ignore[attr-defined]

from core.i18n import format_date, format_datetime, format_number, gettext, ngettext, reading_as
from core.web.compare import compare
from core.web.security import form_token
from core.web.static import StaticFiles


class _CodeGenerator(CodeGenerator):
    """Writes the code of templates: plain Python where Jinja would ask and look up at each of a page's thousand places."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        # PERF: views are dataclasses and macros stand in modules, so no attribute is an item. Only blocks are.
        if (isinstance(node.node, nodes.Name) and node.node.name == "self") or iskeyword(node.attr):
            super().visit_Getattr(node, frame)
        else:
            self.visit(node.node, frame)
            self.write(f".{node.attr}")

    def visit_Call(self, node: nodes.Call, frame: Frame, *, forward_caller: bool = False) -> None:  # type: ignore[override]  # noqa: N802
        # PERF: none of our functions asks for Jinja's context, and a macro knows by itself what to escape.
        if node.dyn_args or node.dyn_kwargs or any(iskeyword(each.key) for each in node.kwargs):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for each in (*node.args, *node.kwargs):
            self.visit(each, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        self.write("environment.")
        super().macro_def(macro_ref, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:  # noqa: N802
        self.write("environment.literal(")
        super().visit_Dict(node, frame)
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        # PERF: a list has eight hundred places to fill in. Jinja's escape() makes Markup of each only to
        # join them all; text is enough here, and what is Markup already needs no copy.
        self.write("environment.written(")


class _Known(NodeTransformer):
    """Writes what a template names outright into it while it is compiled: words in one language, icons, files."""

    def __init__(self, language: str, functions: Mapping[str, Callable[..., str]]) -> None:
        self._language, self._functions = language, functions

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        known = name in self._functions and all(isinstance(each, nodes.Const) for each in node.args)
        if not known or node.dyn_args or node.dyn_kwargs or (node.kwargs and name != "_"):
            return node
        with reading_as(self._language):
            told = self._functions[name](*(each.as_const() for each in node.args))
        place: dict[str, Any] = {"lineno": node.lineno, "environment": node.environment}
        words = nodes.Const(told, **place)
        # A sentence with fields is looked up now and filled in by each page.
        fill = nodes.Getattr(words, "format", "load", **place)
        return nodes.Call(fill, [], node.kwargs, None, None, **place) if node.kwargs else words


class _Literal(dict[str, Any]):
    """A mapping that a template writes down itself: its items are attributes too."""

    def __getattr__(self, name: str) -> Any:
        return self[name] if name in self else StrictUndefined(name=name)


class _Macro(Macro):
    """A macro; called with a value for each of its names it is no more than its function."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._exactly = -1 if self.caller or self.catch_kwargs or self.catch_varargs else self._argument_count

    def __call__(self, *args: Any, **fields: Any) -> str:
        if fields or len(args) != self._exactly:
            return super().__call__(*args, **fields)
        return str.__new__(Markup, self._func(*args))


class _Environment(Environment):
    """Compiles and keeps templates in one language."""

    code_generator_class = _CodeGenerator
    known: _Known | None = None
    literal = _Literal
    Macro = _Macro

    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        return super()._generate(self.known.visit(source) if self.known else source, *args, **options)

    @staticmethod
    def written(value: object) -> str:
        """Return what stands in the page for a value: escaped, unless it is markup."""
        kind = type(value)
        if kind is str:
            return escaped(value)  # type: ignore[arg-type]
        return value if kind is Markup else escape(value)  # type: ignore[return-value]

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template as one plain mapping; all are known before the first is loaded."""
        # PERF: Jinja chains two mappings and compares their keys, one by one in Python, for each import of a page.
        return {**self.globals, **(d or {})}


def environment(
    language: str, folders: Iterable[Path], static: StaticFiles, *, development: bool
) -> Environment:
    """Return the environment whose templates speak one language."""
    made = _Environment(
        loader=FileSystemLoader(list(folders)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        optimized=False,  # it would write mappings down by itself, as plain ones
        auto_reload=development,
    )
    constant: dict[str, Callable[..., str]] = {
        "_": gettext,
        "icon": _icon_maker(static),
        "static": static.url,
    }
    made.known = _Known(language, constant)
    made.filters.update(date=format_date, datetime=format_datetime, number=format_number)
    made.globals.update(
        constant,
        ngettext=ngettext,
        compare_lines=compare,
        now=partial(datetime.now, UTC),
        csrf_token=form_token.get,
        lang=language,  # here and not with what a page is given: parts that are imported see it too
    )
    return made


def _icon_maker(static: StaticFiles) -> Callable[..., Markup]:
    @cache
    def icon(name: str, label: str = "") -> Markup:
        """Return one icon of the sprite; with a label it speaks, without one it only decorates."""
        spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
        return Markup('<svg class="lt-icon" {}><use href="{}#{}"></use></svg>').format(
            spoken, static.url("icons.svg"), name
        )

    return icon
