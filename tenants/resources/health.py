"""What is wrong with this installation, in words."""

from datetime import UTC, datetime

import falcon

from core.dispatcher import dispatcher
from core.doctor import Finding, health
from core.i18n import _
from core.web.rendering import page
from core.web.request import Request
from tenants.console_views import HealthRow, HealthView, State

ORDER: dict[State, int] = {"bad": 0, "warn": 1, "ok": 2, "off": 3}


class InstallationHealth:
    """Runs every check of the platform and its modules; trouble first."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        rows = sorted(map(_row, health(dispatcher().catalogue)), key=lambda row: ORDER[row.state])
        view = HealthView(
            rows=tuple(rows),
            checked_at=datetime.now(UTC),
            bad=sum(row.state == "bad" for row in rows),
            warn=sum(row.state == "warn" for row in rows),
        )
        page(req, resp, "tenants/console/health.html", view)


def _row(finding: Finding) -> HealthRow:
    module = dispatcher().catalogue.modules.get(finding.key.partition(".")[0])
    state: State = "bad" if not finding.health.ok else "warn" if finding.health.warning else "ok"
    return HealthRow(
        title=finding.title,
        module=_(module.manifest.title) if module else "",
        state=state,
        detail=finding.health.detail,
    )
