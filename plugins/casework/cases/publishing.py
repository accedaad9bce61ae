"""What a module lets everybody read of its cases: copies made when they were published; nothing else of a case is public."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from core.api import (
    Cursor,
    NotFound,
    ObjectAction,
    Page,
    RequestContext,
    Route,
    _,
    current_time,
    db,
    emit,
    page_of,
    require_access,
    route_url,
)
from plugins.casework.cases import queries
from plugins.casework.cases.events import AnswerPublished, AnswerWithdrawn
from plugins.casework.cases.queries import about
from plugins.casework.cases.resources import TakeOff
from plugins.casework.models import Case
from plugins.casework.workflows.definition import CaseKind

KEY = (datetime.fromisoformat, UUID)
"""What the cursor of a public list holds: when it was published, and the case."""
LIST_SIZE = 15
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class PublicCopies(Generic[_Row]):
    """The published answers of a kind of cases.

    `model` holds an agency's own, each with the id of its case, its code and when it was published. The public reads
    `view`, that of all agencies; its columns are the fields of `row`, a named tuple, `tenant` among them. Whoever holds
    `permission` may take one off again.
    """

    kind: CaseKind
    model: Any
    view: str
    row: Any
    permission: str

    @property
    def module(self) -> str:
        """The key of the module: its routes are `<module>.withdraw` and `<module>.public…`."""
        return self.kind.key.partition(".")[0]

    def has(self, case_id: UUID) -> bool:
        """Tell whether the answer of a case stands on the public page."""
        return bool(self.model.select().where(self.model.id == case_id).exists())

    def put(
        self, case: Case, shown: dict[str, Any], *, at: datetime | None = None, moved: bool = False
    ) -> None:
        """Let the public read a copy, instead of an earlier one, in the running transaction.

        Where the case is `moved` by it, its history says so already.
        """
        copy = {**shown, "code": case.code, "published_at": at or current_time()}
        target = [self.model.tenant_id, self.model.id]
        self.model.insert(id=case.id, **copy).on_conflict(conflict_target=target, update=copy).execute()
        if not moved:
            emit(AnswerPublished(**about(case)))

    def take_off(self, ctx: RequestContext, case_id: UUID) -> None:
        """Take an answer off the public page; nothing happens when it is gone already. Raises Forbidden, NotFound."""
        case = queries.case(case_id, self.kind)
        require_access(ctx, self.permission, case)
        with db.atomic():
            if self.model.delete().where(self.model.id == case_id).execute():
                emit(AnswerWithdrawn(**about(case)))

    # ---- what everybody reads ------------------------------------------------------------------------------------

    def page(self, tenant_id: UUID | None, cursor: Cursor) -> Page[_Row]:
        """Return the published answers of an agency, or of the province, the newest first."""
        condition = "tenant_id = %(tenant)s" if tenant_id else "true"
        way, beyond = ("ASC", ">") if cursor.backward else ("DESC", "<")
        if cursor.key:
            condition += f" AND (published_at, id) {beyond} (%(at)s, %(after)s)"
        at, after = cursor.key or (None, None)
        sql = f"{self._selected} {condition} ORDER BY published_at {way}, id {way} LIMIT {LIST_SIZE + 1}"
        rows = db.execute_sql(sql, {"tenant": tenant_id, "at": at, "after": after}).fetchall()
        found = [self.row._make(row) for row in rows]
        return page_of(found, lambda row: (row.published_at.isoformat(), str(row.id)), LIST_SIZE, cursor)

    def one(self, tenant_id: UUID, code: str) -> _Row:
        """Return one published answer. Raises NotFound."""
        sql = f"{self._selected} tenant_id = %s AND code = %s"
        row = db.execute_sql(sql, (tenant_id, code.upper())).fetchone()
        if row is None:
            raise NotFound
        found: _Row = self.row._make(row)
        return found

    @property
    def _selected(self) -> str:
        return f"SELECT {', '.join(self.row._fields)} FROM {self.view} WHERE"

    # ---- on the page of the case ---------------------------------------------------------------------------------

    def off_actions(self, ctx: RequestContext, case: Case) -> list[ObjectAction]:
        """Return the button that takes the answer of a case off the public page, while it is there."""
        if ctx.tenant is None or not self.has(case.id):
            return []
        url = route_url(f"{self.module}.withdraw", tenant=ctx.tenant.code, case_id=case.id)
        return [ObjectAction(_("Gỡ khỏi trang công khai"), url, "world-off", self.permission, method="post")]

    def routes(self) -> list[Route]:
        """Return the route that the button leads to."""
        return [
            Route(
                "office",
                "{case_id:uuid}/withdraw",
                TakeOff(self.kind, self.take_off),
                f"{self.module}.withdraw",
                self.permission,
            )
        ]
