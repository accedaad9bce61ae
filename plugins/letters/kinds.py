"""Kinds of letters: those that modules declare, as far as they are in effect, and who may do what with them."""

from core.api import Forbidden, NotFound, RequestContext, _, dispatcher, require_access
from plugins.casework.api import LetterKind
from plugins.letters.models import Letter


def kinds_here(ctx: RequestContext) -> list[LetterKind]:
    """Return the kinds of the modules in effect in the agency of a request."""
    return [
        kind
        for manifest, kind in dispatcher().catalogue.of(LetterKind).values()
        if manifest.key in ctx.modules
    ]


def kind_here(ctx: RequestContext, key: str) -> LetterKind:
    """Return a kind of letters that the agency of a request has.

    Raises NotFound.
    """
    for kind in kinds_here(ctx):
        if kind.key == key:
            return kind
    raise NotFound


def readable_kinds(ctx: RequestContext) -> list[LetterKind]:
    """Return the kinds that a person may read here."""
    return [kind for kind in kinds_here(ctx) if ctx.can(kind.read)]


def own_kinds(ctx: RequestContext) -> list[LetterKind]:
    """Return the kinds that a person may write here without an object of a module."""
    return [kind for kind in kinds_here(ctx) if kind.alone and ctx.can(kind.write)]


def require_letter(ctx: RequestContext, act: str, letter: Letter) -> LetterKind:
    """Let pass whoever may `read`, `write` or `issue` a letter, and return its kind.

    The kind names the permission, and any module may refuse the one letter by `check_access`. Raises Forbidden,
    also while the module of the kind is switched off.
    """
    try:
        kind = kind_here(ctx, letter.kind)
    except NotFound as error:
        raise Forbidden(_("Phân hệ của loại văn bản này đang tắt ở cơ quan.")) from error
    require_access(ctx, getattr(kind, act), letter)
    return kind


def may(ctx: RequestContext, act: str, letter: Letter) -> bool:
    """Tell whether somebody may `read`, `write` or `issue` a letter."""
    return not why_not(ctx, act, letter)


def why_not(ctx: RequestContext, act: str, letter: Letter) -> str:
    """Return why somebody may not do that with a letter, or nothing."""
    try:
        require_letter(ctx, act, letter)
    except Forbidden as error:
        return error.detail or _(error.title)
    return ""
