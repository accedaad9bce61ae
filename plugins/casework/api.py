"""What other modules may import from this one, once they name `casework` in their `requires`.

clock = start_clock(ClockOwner("press_issues.case", case.id), "whole", Budget.parse("15wd"), now, title=…, ground=…)
record(clock.id, "pause", now, ground=…, document=…)
view = explain_clock(clock.id)                      # casework/parts.html draws it: {% import … as d %}{{ d.why(view) }}

entry = take_number("casework.outgoing", Subject("press_issues.letter", letter.id), title=…, symbol="UBND-KT")
void_number(entry.id, reason=…)                     # entry.text is "120/UBND-KT"; it stays in the book

case = open_case("press_issues.issue", Opening(title=…, budget=Budget.parse("15wd"), ground=…))      # docs/cases.md
move(ctx, case.id, "answer", Move(version=case.version, note=…))
page(req, resp, "press_issues/issue.html", IssueView.of(case_view(req, case, ISSUE, facts=…), articles=…))
"""

from datetime import datetime
from uuid import UUID

from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.events import (
    AssignmentPulledBack,
    CaseChanged,
    CaseEvent,
    CaseMoved,
    CaseMovedInPlace,
    CaseOpened,
    CaseUnitChanged,
)
from plugins.casework.cases.forms import Ask, CaseAct, NewCase, able, form_routes, typed_day
from plugins.casework.cases.joining import counted_in, joined_from, joined_to, keeps_day
from plugins.casework.cases.json_api import CaseItem, CaseItems, CasesDocument, case_item
from plugins.casework.cases.likeness import ALIKE, NEAR, AlikeTexts, bare_words, found_by, likeness, marks_of
from plugins.casework.cases.lists import CaseList, case_list, holder_of, row_state
from plugins.casework.cases.masking import HIDDEN, masked, names_in, proposals, without_homes
from plugins.casework.cases.modules import CasePage, case_blockers, crumbs, options
from plugins.casework.cases.opening import Opening, open_case, open_cases
from plugins.casework.cases.oversight import Glance, LegGlance, glance
from plugins.casework.cases.pages import case_view, open_page
from plugins.casework.cases.personal import PersonalFact, PersonalKind, mask, values_of
from plugins.casework.cases.public_pages import public_frame, send_public, turning
from plugins.casework.cases.publishing import KEY as PUBLIC_KEY
from plugins.casework.cases.publishing import PublicCopies
from plugins.casework.cases.queries import (
    CASE,
    IS_GONE,
    TODAY,
    WHO,
    about,
    answered_join,
    case,
    case_by_code,
    count_open,
    files_owner,
    held_in,
    hold_place,
    lock_cases,
    name_of,
    names,
    seen_condition,
    some_names,
    staffed_units,
    steps,
    whole_clock,
)
from plugins.casework.cases.reports import CaseReport
from plugins.casework.cases.resources import people_options
from plugins.casework.cases.resources_reveal import personal_view
from plugins.casework.cases.reveals import is_revealed
from plugins.casework.cases.schemas import ActInput, FormInput, NotedInput, OptionalId, one_of
from plugins.casework.cases.services import (
    Move,
    add_words,
    attach_files,
    change_case,
    coming_end,
    hide_persons,
    hide_title,
    is_past,
    link,
    local_end,
    move,
    move_as,
    pass_by,
    restrict,
    set_due,
    set_words,
    start_deadline,
    unlink,
)
from plugins.casework.cases.telling import complaint_hint, hidden_places, hidden_title, told_title
from plugins.casework.cases.unmasked import LEAVE, hidden_in, look_through, told_of_hidden
from plugins.casework.cases.views import AskView, CaseFormView, CaseView, PersonalView
from plugins.casework.deadlines import queries
from plugins.casework.deadlines.badges import due_badge, no_deadline
from plugins.casework.deadlines.budget import Budget, ClockError
from plugins.casework.deadlines.clocks import Outcome, outcome
from plugins.casework.deadlines.events import CLOCK_RUNS, ClockEvent, DeadlinesReplayed
from plugins.casework.deadlines.explaining import Explanation, why
from plugins.casework.deadlines.queries import agency_calendar, clock, clocks_of
from plugins.casework.deadlines.services import ClockOwner, close_clock, record, reopen_clock, start_clock
from plugins.casework.declarations import Book, LetterKind
from plugins.casework.demo_office import SampleOffice, Story, version_of
from plugins.casework.legs.clocks import answer_day
from plugins.casework.legs.events import LegRecalled, LegReturned, LegSent
from plugins.casework.legs.incoming import RECEIVE
from plugins.casework.legs.lines import leg_blockers
from plugins.casework.legs.purposes import LegPurpose
from plugins.casework.legs.queries import (
    LegRow,
    agencies,
    answered_legs,
    legs_of,
    newest_answer,
    newest_answers,
    unanswered_legs,
)
from plugins.casework.legs.services import (
    Sending,
    answer_leg,
    copied_answer,
    recall_legs,
    recall_open,
    send_leg,
    take_leg,
    use_answers,
    write_again,
)
from plugins.casework.models import Case, Clock, RegisterEntry
from plugins.casework.registers.events import NumberTaken, NumberVoided
from plugins.casework.registers.queries import EntryRow, agency_day, last_number, number_of
from plugins.casework.registers.services import Subject, take_number, void_number
from plugins.casework.work.queries import own_badge
from plugins.casework.workflows.checks import problems
from plugins.casework.workflows.definition import CaseKind, Transition, WorkflowState
from plugins.casework.workflows.events import CaseMovedOver
from plugins.casework.workflows.kinds import kind_of, kinds_among, kinds_here
from plugins.casework.writing import as_array, as_json, in_each_agency, insert, insert_sql, row_of
from plugins.pages.api import Due

__all__ = [
    "ALIKE", "CASE", "CLOCK_RUNS", "HIDDEN", "IS_GONE", "LEAVE", "NEAR", "PUBLIC_KEY", "RECEIVE", "TODAY", "WHO", "ActInput", "AlikeTexts", "Ask", "AskView", "AssignmentPulledBack", "Book", "Budget", "Case",
    "CaseAct", "CaseChanged", "CaseEvent", "CaseFormView", "CaseItem", "CaseItems", "CaseKind", "CaseList", "CaseMoved",
    "CaseMovedInPlace", "CaseMovedOver", "CaseOpened", "CasePage", "CaseReport", "CaseUnitChanged", "CaseView", "CasesDocument", "Clock", "ClockError",
    "ClockEvent", "ClockOwner", "DeadlinesReplayed", "EntryRow", "Explanation", "FormInput", "Glance", "LegGlance", "LegPurpose", "LegRecalled", "LegReturned", "LegRow", "LegSent", "LetterKind", "Move",
    "NewCase", "NotedInput", "NumberTaken", "NumberVoided", "Opening", "OptionalId", "Outcome", "PersonalFact", "PersonalKind", "PersonalView", "PublicCopies", "Receiver", "RegisterEntry",
    "SampleOffice", "Sending", "Story", "Subject", "Transition", "WorkflowState", "able", "about", "add_words", "agencies", "agency_calendar",
    "agency_day", "answer_day", "answer_leg", "answered_join", "answered_legs", "as_array", "as_json", "attach_files", "badge_of", "bare_words", "case", "case_blockers", "case_by_code", "case_item", "case_list",
    "case_view", "change_case", "clock", "clocks_of", "close_clock", "coming_end", "complaint_hint", "copied_answer", "count_open", "counted_in", "crumbs", "explain_clock",
    "files_owner", "form_routes", "found_by", "glance", "held_in", "hidden_in", "hidden_places", "hidden_title", "hide_persons", "hide_title", "hold_place",
    "holder_of", "in_each_agency", "insert", "insert_sql", "is_past", "is_revealed", "joined_from", "joined_to", "keeps_day", "kind_of", "kinds_among", "kinds_here", "last_number", "leg_blockers", "legs_of",
    "likeness", "link", "local_end", "lock_cases", "look_through", "marks_of", "mask", "masked", "move", "move_as", "name_of", "names", "names_in",
    "newest_answer", "newest_answers", "no_deadline", "number_of", "one_of", "open_case", "open_cases", "open_page", "options", "outcome",
    "own_badge", "pass_by", "people_options", "personal_view", "problems", "proposals", "public_frame", "recall_legs", "recall_open", "record", "reopen_clock", "restrict", "row_of",
    "row_state", "seen_condition", "send_leg", "send_public", "set_due", "set_words", "some_names", "staffed_units", "start_clock", "start_deadline", "steps",
    "take_leg", "take_number", "told_of_hidden", "told_title", "turning", "typed_day", "unanswered_legs", "unlink", "use_answers", "values_of", "version_of", "void_number",
    "whole_clock", "without_homes", "write_again",
]  # fmt: skip


def explain_clock(clock_id: UUID) -> Explanation:
    """Return why a clock of the agency in scope is due when it is, with what the calendar has moved.

    Raises NotFound.
    """
    return why(queries.clock(clock_id), queries.agency_calendar())


def badge_of(of: Clock, agency: queries.AgencyCalendar, now: datetime) -> Due:
    """Return the badge of a clock; `agency` is read once for all clocks of a page."""
    return due_badge(
        agency.calendar,
        Budget(of.budget_amount, of.budget_unit),
        agency.local(of.due_at) if of.due_at else None,
        agency.local(now),
        started=agency.local(of.opened_at),
        ended=agency.local(of.closed_at) if of.closed_at else None,
    )
