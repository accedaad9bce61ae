"""The pages of letters as pages of ours show them: as pictures, as PDF, as Word."""

from base64 import b64encode
from types import SimpleNamespace

import falcon

from core.api import FormView, RequestContext, _, tidy_text
from plugins.casework.api import LetterKind, agency_day
from plugins.files.api import TAME, disposition
from plugins.letters import queries, rendering
from plugins.letters.composing import Sheet, compose
from plugins.letters.kinds import kind_here
from plugins.letters.lengths import LIMITS
from plugins.letters.models import Letter
from plugins.letters.services import WRITTEN
from plugins.letters.views import SheetsView


def sheet_of(ctx: RequestContext, letter: Letter) -> Sheet:
    """Return the sheet of a letter: with its number and the template of that day once it is issued."""
    kind = kind_here(ctx, letter.kind)
    if letter.template_id:
        template = queries.template(letter.template_id)
        return compose(kind, template, letter, number=letter.number, day=letter.issued_on)
    assert ctx.tenant is not None
    return compose(kind, queries.template_on(ctx.tenant, letter.kind, agency_day()), letter)


def typed_sheet(ctx: RequestContext, kind: LetterKind, form: FormView) -> Sheet:
    """Return the sheet of what is being typed, whatever is wrong with it."""
    assert ctx.tenant is not None
    words = {name: _shown(form.text(name))[: LIMITS.get(name, 10)] for name in WRITTEN}
    own = {key: _shown(form.text(f"c_{key}")) for key, _title in kind.fields}
    return compose(
        kind,
        queries.template_on(ctx.tenant, kind.key, agency_day()),
        SimpleNamespace(**words, fields=own),
    )


def _shown(text: str) -> str:
    """Return what was typed without what no font prints: tabs, and signs that steer printers."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in tidy_text(text).replace("\r\n", "\n"))


def sheets_view(sheet: Sheet) -> SheetsView:
    """Return the pages of a sheet as pictures inside the page, which is kept nowhere."""
    try:
        made = rendering.pictures(sheet)
    except rendering.Unprintable as error:
        told = _("Phông chữ của văn bản không in được ký tự “{sign}”. Bỏ ký tự này.", sign=error.character)
        return SheetsView(problem=told)
    return SheetsView(
        pages=tuple(f"data:image/png;base64,{b64encode(each).decode()}" for each in made),
        shortened=rendering.shortened(sheet),
    )


def send_made(
    resp: falcon.Response, content: bytes, *, name: str, media_type: str, inline: bool = False
) -> None:
    """Answer with a file that was made just now, as tame as one that somebody uploaded."""
    resp.data, resp.content_type = content, media_type
    resp.set_header("Cache-Control", "private, no-store")
    resp.set_header("Content-Security-Policy", TAME)
    resp.set_header("Content-Disposition", disposition(name, inline=inline))
