"""Published answers to voters, of one agency and of the province; nothing else of a case is public."""

import falcon

from core.api import Crumb, NotFound, Request, _, paragraphs, read_cursor, reading_as, url_for
from plugins.casework.api import PUBLIC_KEY, public_frame, send_public, turning
from plugins.voter_opinions import queries
from plugins.voter_opinions.kinds import SECTORS
from plugins.voter_opinions.views import PublicListView, PublicPetitionView


class Petitions:
    """The answers of one agency, or with `of_all` of the province."""

    def __init__(self, *, of_all: bool = False) -> None:
        self.of_all = of_all

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        tenant = req.public_tenant
        with reading_as("vi"):
            own = url_for(req, "voter_opinions.public_all" if self.of_all else "voter_opinions.public")
            found = queries.COPIES.page(tenant.id if tenant else None, read_cursor(req, *PUBLIC_KEY))
            newer, older = turning(own, found)
            view = PublicListView(
                frame=public_frame(req, _("Trả lời kiến nghị cử tri"), own), of_all=self.of_all, newer_url=newer, older_url=older,
                rows=tuple(
                    (row, url_for(req, "voter_opinions.public_petition", tenant=row.tenant, code=row.code)) for row in found.rows
                ),
            )  # fmt: skip
            send_public(req, resp, "voter_opinions/public_petitions.html", view)


class OnePetition:
    """One published answer."""

    def on_get(self, req: Request, resp: falcon.Response, code: str) -> None:
        tenant = req.public_tenant
        if tenant is None:
            raise NotFound
        found = queries.COPIES.one(tenant.id, code)
        with reading_as("vi"):
            own = url_for(req, "voter_opinions.public_petition", code=found.code)
            back = Crumb(_("Trả lời kiến nghị cử tri"), url_for(req, "voter_opinions.public"))
            view = PublicPetitionView(
                frame=public_frame(req, found.title, own, back), petition=found, sector=_(SECTORS[found.sector]),
                said=paragraphs(found.said), text=paragraphs(found.text),
            )  # fmt: skip
            send_public(req, resp, "voter_opinions/public_petition.html", view)
