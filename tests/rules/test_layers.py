"""What answers a request asks queries and services: a page and the API beside it then cannot find different rows."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ANSWERING = re.compile(r"(public_)?(resources|pages|views|forms|schemas)(_\w+)?|public")
"""Files that read requests and fill views, by their names."""
RESPONDER = re.compile(r"on_(get|post|put|patch|delete|head)(_\w+)?")
"""What answers a request, in a file of any name."""
STATEMENTS = {"select", "get_or_none", "get_by_id", "execute", "execute_sql", "prepared", "raw"}
ALLOWED = {"plugins/casework/work/resources.py": {"select"}}
"""These only leave."""


def statements(source: str) -> set[str]:
    """Return by what a file asks the database itself."""
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {call.attr for call in calls if isinstance(call, ast.Attribute)} & STATEMENTS


def responds(source: str) -> bool:
    """Tell whether a file answers requests itself."""
    return any(
        isinstance(node, ast.FunctionDef) and RESPONDER.fullmatch(node.name)
        for node in ast.walk(ast.parse(source))
    )


def answering() -> list[Path]:
    named = [path for path in ROOT.glob("plugins/**/*.py") if ANSWERING.fullmatch(path.stem)]
    named += [*ROOT.glob("tenants/resources/*.py"), *ROOT.glob("sso/*resources.py")]
    every = (
        path for folder in ("core", "tenants", "sso", "plugins") for path in (ROOT / folder).rglob("*.py")
    )
    return sorted({*named, *(path for path in every if responds(path.read_text("utf-8")))})


def test_a_statement_is_found():
    assert statements("rows = Case.select().where(Case.id == 1)\nrows.append(2)") == {"select"}


def test_what_answers_is_found_whatever_its_file_is_called():
    assert responds("class Page:\n    def on_post_stop(self, req, resp): ...")
    assert not responds("class Page:\n    def on_time(self): ...")


def test_what_answers_requests_asks_the_database_nothing_itself():
    found = {path.relative_to(ROOT).as_posix(): statements(path.read_text("utf-8")) for path in answering()}
    assert len(found) > 60
    asking = {path: calls for path, calls in found.items() if calls}
    assert asking == ALLOWED, "what asks goes to queries.py, what writes to services.py"
