"""Short ways to fill notebooks and to look into them."""

from uuid import UUID, uuid4

from core.db import db
from plugins.example import queries, services
from plugins.example.models import Note
from tests.support.modules import UNIT, Agency, Officer


class Notebook:
    """The notebooks of an agency and the people who use them."""

    def __init__(self, agency: Agency) -> None:
        self.agency = agency
        self._made = 0
        with agency.at_work():
            services.take_welcome_back()

    def writer(self, **options) -> Officer:
        return self.agency.officer("example.writer", **options)

    def reader(self, **options) -> Officer:
        return self.agency.officer("example.reader", **options)

    def keeper(self, **options) -> Officer:
        return self.agency.officer("example.keeper", **options)

    def note(
        self, by: Officer, title: str = "Kết luận giao ban", body: str = "", *, unit: str = UNIT, **fields
    ) -> UUID:
        """Write a note; `fields` are columns to set behind the services' back."""
        with by.working() as ctx:
            note = services.write_note(ctx, unit_id=self.agency.units[unit], title=title, body=body)
            if fields:
                Note.update(**fields).where(Note.id == note.id).execute()
        return note.id

    def stored(self, note_id: UUID) -> Note:
        with self.agency.at_work():
            return queries.note(note_id)

    def titles(self, by: Officer, **wanted) -> list[str]:
        """Return the titles an officer's list shows."""
        with by.working() as ctx:
            return [row.title for row in queries.notes(ctx, queries.Filter(**wanted)).rows]

    def many(self, number: int, *, unit: str = UNIT, title: str = "Ghi chú số") -> None:
        """Put many notes into a notebook at once, a minute apart and older than those before."""
        with self.agency.at_work():
            db.execute_sql(
                "INSERT INTO example.note (tenant_id, id, unit_id, title, folded, created_at, changed_at) "
                "SELECT core.app_tenant(), gen_random_uuid(), %s, %s || ' ' || n, 'ghi chu so ' || n, at, at "
                "FROM generate_series(1, %s) n, LATERAL (SELECT now() - (n + %s) * interval '1 minute' AS at) times",
                (self.agency.units[unit], title, number, self._made),
            )
        self._made += number

    def audit(self) -> list[str]:
        """Return the names of the notebook's facts, oldest first."""
        with self.agency.at_work():
            rows = db.execute_sql(
                "SELECT event FROM core.audit_entry WHERE event ^@ 'example.' AND tenant_id = core.app_tenant() ORDER BY id"
            )
            return [name for (name,) in rows.fetchall()]


def new_form(unit: UUID, **fields) -> dict[str, str]:
    return {
        "id": str(uuid4()),
        "unit_id": str(unit),
        "title": "Lịch trực tuần này",
        "body": "Sáng: Lan. Chiều: Vinh.",
        **fields,
    }
