"""Phản hồi báo chí: published answers of one agency, and of the province; nothing else of a case is public."""

from datetime import date

import falcon

from core.api import Crumb, NotFound, Request, _, paragraphs, read_cursor, reading_as, url_for
from plugins.casework.api import PUBLIC_KEY, agency_day, public_frame, send_public, turning
from plugins.press_issues import queries
from plugins.press_issues.views import AnswersView, AnswerView


class Answers:
    """The answers of one agency, or with `of_all` of the province."""

    def __init__(self, *, of_all: bool = False) -> None:
        self.of_all = of_all

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        tenant = req.public_tenant
        kept = queries.setting() if tenant and not self.of_all else None
        if not self.of_all and (kept is None or not kept.is_public):
            raise NotFound
        with reading_as("vi"):
            found = queries.COPIES.page(tenant.id if tenant else None, read_cursor(req, *PUBLIC_KEY))
            own = url_for(req, "press_issues.public_all" if self.of_all else "press_issues.public")
            newer, older = turning(own, found)
            view = AnswersView(
                frame=public_frame(req, _("Phản hồi báo chí"), own),
                intro=kept.intro if kept else "",
                spokespeople=_spokespeople() if kept else (),
                rows=tuple((row, url_for(req, "press_issues.public_answer", tenant=row.tenant, code=row.code)) for row in found.rows),
                of_all=self.of_all, newer_url=newer, older_url=older,
            )  # fmt: skip
            send_public(req, resp, "press_issues/public_answers.html", view)


def _spokespeople() -> tuple[tuple[str, date], ...]:
    """Return who speaks to the press for the agency today; an authorisation for one issue is nobody else's matter."""
    today = agency_day()
    return tuple(
        (each.name, each.valid_from)
        for each in queries.spokespeople()
        if not each.code and each.valid_from <= today
    )


class OneAnswer:
    """One published answer."""

    def on_get(self, req: Request, resp: falcon.Response, code: str) -> None:
        tenant = req.public_tenant
        if tenant is None:
            raise NotFound
        found = queries.COPIES.one(tenant.id, code)
        with reading_as("vi"):
            own = url_for(req, "press_issues.public_answer", code=found.code)
            back = Crumb(_("Phản hồi báo chí"), url_for(req, "press_issues.public"))
            frame = public_frame(req, found.title, own, back)
            view = AnswerView(
                frame=frame, answer=found, said=paragraphs(found.said), text=paragraphs(found.text)
            )
            send_public(req, resp, "press_issues/public_answer.html", view)
