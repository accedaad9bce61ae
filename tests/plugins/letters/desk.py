"""A desk at which letters are written and issued, for the tests of letters."""

import io
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pypdf import PdfReader

from core.app import boot
from core.context import RequestContext
from core.db import db, scope
from core.events import Actor, acting
from core.settings import Settings
from plugins.casework.models import RegisterEntry
from plugins.files.api import open_content, stored
from plugins.letters import rendering, services
from plugins.letters.models import Letter
from tests.support.modules import Agency, Officer

KIND, BOOK = "casework.official", "casework.outgoing"
WORDS = {
    "subject": "rà soát hộ kinh doanh trên địa bàn",
    "addressees": "Sở Tài chính",
    "body": "Thực hiện kế hoạch năm, cơ quan báo cáo như sau.\nĐề nghị quý Sở xem xét.",
}


@dataclass
class Desk:
    """An agency, who writes its letters and who issues them."""

    agency: Agency
    writer: Officer
    issuer: Officer

    def draft(self, **words: Any) -> Letter:
        """Draft a letter that lacks nothing."""
        with self.writer.working() as ctx:
            return services.draft_letter(ctx, KIND, **{**WORDS, **words})

    def issue(self, letter: Letter, version: int | None = None) -> Letter:
        """Issue a draft as the officer who may."""
        with self.issuer.working() as ctx:
            return services.issue_letter(ctx, letter.id, version=version or letter.version)

    def stored(self, letter_id: UUID) -> Letter:
        """Return a letter as it is stored now."""
        with self.agency.at_work():
            return Letter.get_by_id(letter_id)

    def numbers(self) -> list[int]:
        """Return the numbers of the register of outgoing documents in order."""
        with self.agency.at_work():
            return [row.number for row in RegisterEntry.select().order_by(RegisterEntry.number)]

    def today(self) -> date:
        """Return what day it is in the agency."""
        with self.agency.at_work():
            return services.agency_day()

    def pdf(self, letter: Letter) -> bytes:
        """Return the bytes of an issued letter."""
        with self.agency.at_work(), open_content(stored(letter.file_id)) as file:
            return file.read()


def text_of(pdf: bytes) -> str:
    """Return all words of a PDF, in one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def issue_and_die(settings: Settings, ctx: RequestContext, letter_id: UUID, version: int, where: str) -> None:
    """Issue a letter in a process of its own, killed with -9 at a point of the act."""
    boot(settings)

    def dying(act: Callable[..., Any]) -> Callable[..., Any]:
        def act_and_die(*args: Any, **more: Any) -> Any:
            act(*args, **more)
            os.kill(os.getpid(), signal.SIGKILL)

        return act_and_die

    if where == "numbered":
        services.take_number = dying(services.take_number)
    elif where == "rendered":
        rendering.pdf = dying(rendering.pdf)
    elif where == "stored":
        services.store = dying(services.store)
    elif where == "told":
        services.emit = dying(services.emit)
    assert ctx.tenant is not None
    with db.connection_context(), scope(ctx.tenant.id), acting(Actor(ctx.person.id, ctx.person.full_name)):
        services.issue_letter(ctx, letter_id, version=version)
    os.kill(os.getpid(), signal.SIGKILL)
