"""The page of one object: title and state left, actions right, tabs, what happened; the same in every module."""

from collections.abc import Sequence
from uuid import UUID

from core.api import Crumb, ObjectAction, Request, Tab, Tag, _, object_actions, object_history, page_url
from plugins.pages.views import Due, History, ObjectView, State

BESIDE = 2
"""Actions that stand beside the main one; the others are behind "…", and all of them on a phone."""
NEWEST = 5
AT_ONCE = 20
MOST = 500


def object_view(
    req: Request,
    obj: object,
    *,
    object_type: str,
    object_id: UUID,
    title: str,
    url: str = "",
    crumbs: Sequence[Crumb] = (),
    state: State | None = None,
    due: Due | None = None,
    tags: Sequence[Tag] = (),
    context: str = "",
    tabs: Sequence[tuple[str, str, str]] = (),
) -> ObjectView:
    """Return what pages/object.html shows of an object that the reader may see.

    Buttons and history are those that the modules in effect give. `tabs` are further ones between
    details and history: key, title, number; the template draws the one that `tab` names. `url` is the
    object's address, when its page may come from another one, as it does with a form that has errors.
    """
    assert req.ctx is not None
    here = url or req.path
    known = [("details", _("Chi tiết"), ""), *tabs, ("history", _("Lịch sử"), "")]
    asked = req.get_param("tab")
    tab = asked if asked in {key for key, _title, _count in known} else "details"
    main, beside, more = arrange(object_actions(req.ctx, obj))
    return ObjectView(
        title=title,
        crumbs=tuple(crumbs),
        state=state,
        due=due,
        tags=tuple(tags),
        context=context,
        main=main,
        beside=beside,
        more=more,
        tab=tab,
        tabs=tuple(
            Tab(title=name, count=count, url=_tab_url(here, key), current=key == tab)
            for key, name, count in known
        ),
        history=_history(req, obj, object_type, object_id, here, whole=tab == "history"),
    )


def arrange(
    actions: Sequence[ObjectAction],
) -> tuple[ObjectAction | None, tuple[ObjectAction, ...], tuple[ObjectAction, ...]]:
    """Divide an object's actions: the main one, those beside it, those behind "…". What destroys is never beside."""
    main = next((action for action in actions if action.primary), None)
    others = [action for action in actions if action is not main]
    beside = [action for action in others if not action.danger][:BESIDE]
    return main, tuple(beside), tuple(action for action in others if action not in beside)


def _history(
    req: Request, obj: object, object_type: str, object_id: UUID, here: str, *, whole: bool
) -> History:
    assert req.ctx is not None
    if not whole:
        newest = object_history(req.ctx, obj, object_type, object_id, limit=NEWEST + 1)
        return History(
            entries=tuple(newest[:NEWEST]), all_url=_tab_url(here, "history") if len(newest) > NEWEST else ""
        )
    milestones = req.get_param("kind") == "main"
    shown = min(req.get_param_as_int("shown", min_value=1) or AT_ONCE, MOST)
    found = object_history(req.ctx, obj, object_type, object_id, limit=MOST if milestones else shown + 1)
    entries = [entry for entry in found if entry.milestone or not milestones]
    return History(
        entries=tuple(entries[:shown]),
        kinds=(
            Tab(title=_("Mốc chính"), url=page_url(req, kind="main", shown=""), current=milestones),
            Tab(title=_("Mọi loại"), url=page_url(req, kind="", shown=""), current=not milestones),
        ),
        more_url=page_url(req, shown=str(shown + AT_ONCE)) if shown < min(len(entries), MOST) else "",
    )


def _tab_url(here: str, key: str) -> str:
    return here if key == "details" else f"{here}?tab={key}"
