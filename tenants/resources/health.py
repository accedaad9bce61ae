"""What is wrong with this installation, in words."""

from datetime import UTC, datetime

import falcon

from core.dispatcher import dispatcher
from core.i18n import _
from core.web.rendering import page
from core.web.request import Request
from tenants.console_views import HealthRow, HealthView
from tenants.upkeep.doctor import Finding, health

ORDER = ("bad", "warn", "absent", "ok")


class InstallationHealth:
    """Runs every check of the platform and its modules; trouble first."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        rows = sorted(map(_row, health(dispatcher().catalogue)), key=lambda row: ORDER.index(row.state))
        view = HealthView(
            rows=tuple(rows),
            checked_at=datetime.now(UTC),
            bad=sum(row.state == "bad" for row in rows),
            warn=sum(row.state == "warn" for row in rows),
        )
        page(req, resp, "tenants/console/health.html", view)


def _row(finding: Finding) -> HealthRow:
    module = dispatcher().catalogue.modules.get(finding.key.partition(".")[0])
    return HealthRow(
        title=finding.title,
        module=_(module.manifest.title) if module else "",
        state=finding.health.state,
        detail=finding.health.detail,
    )
