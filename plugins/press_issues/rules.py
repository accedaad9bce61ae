"""How long an answer may take, by kind and day: what the law gives, and what an agency gives itself from a day on."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from core.api import N_, Invalid, _, ngettext
from plugins.casework.api import Budget, ClockError
from plugins.press_issues.kinds import KINDS
from plugins.press_issues.models import OwnRule

HOURS = "eh"
"""Hours by the clock, also at night and on days off: a statement on an emergency does not wait for the office."""


class Rule(NamedTuple):
    """From this day on; `ground` is marked for translation when the platform brings the rule."""

    kind: str
    valid_from: date
    budget: str
    ground: str
    own: bool = False


# The Press Law of 2016 and its decree until 30/6/2026, Law 126/2025 with decrees 237 and 244/2026 from 1/7/2026.
SHIPPED = (
    Rule("urgent", date(2017, 3, 30), "24eh", N_("Nghị định 09/2017/NĐ-CP: sự việc đột xuất, bất thường, trong 24 giờ")),
    Rule("request", date(2017, 1, 1), "30cd", N_("Luật Báo chí 2016: trả lời cơ quan báo chí trong 30 ngày")),
    Rule("forwarded", date(2017, 1, 1), "30cd", N_("Luật Báo chí 2016: trả lời cơ quan báo chí trong 30 ngày")),
    Rule("complaint", date(2017, 1, 1), "5wd", N_("Luật Báo chí 2016: báo kết quả sau khi có kết luận")),
    Rule("urgent", date(2026, 7, 1), "24eh", N_("Nghị định 244/2026/NĐ-CP: vụ việc đột xuất, bất thường, chậm nhất 24 giờ")),
    Rule("request", date(2026, 7, 1), "30cd", N_("Điều 18 Nghị định 237/2026/NĐ-CP: 30 ngày từ khi có yêu cầu")),
    Rule("forwarded", date(2026, 7, 1), "15wd", N_("Điều 18 Nghị định 237/2026/NĐ-CP: trả lời bằng văn bản trong 15 ngày làm việc")),
    Rule("complaint", date(2026, 7, 1), "5wd", N_("Điều 18 Nghị định 237/2026/NĐ-CP: 5 ngày làm việc từ khi có kết luận")),
)  # fmt: skip
AFTER_CONCLUSION = frozenset({"complaint"})
"""Kinds whose time begins with the conclusion, not when the article was recorded."""


def all_rules() -> list[Rule]:
    """Return every rule that holds in the agency in scope, the latest of each kind first."""
    own = (
        Rule(each.kind, each.valid_from, each.budget, each.ground, own=True)
        for each in OwnRule.select()
        if each.kind in KINDS
    )
    return sorted((*SHIPPED, *own), key=lambda rule: (rule.kind, rule.valid_from, rule.own), reverse=True)


def rule_for(kind: str, day: date, rules: Iterable[Rule] | None = None) -> Rule:
    """Return the rule of a kind on a day; an agency's own one stands above the law's of the same day. Raises Invalid for a day before the first rule."""
    for rule in all_rules() if rules is None else rules:
        if rule.kind == kind and rule.valid_from <= day:
            return rule
    raise Invalid({"kind": [_("Ngày này chưa có quy định thời hạn nào. Kiểm tra lại ngày.")]})


def opening_terms(rule: Rule, at: datetime) -> dict[str, Any]:
    """Return how a case opened under a rule is due: a clock, a fixed moment, or nothing yet."""
    if rule.kind in AFTER_CONCLUSION:
        return {}
    if rule.budget.endswith(HOURS):
        return {"due": at + timedelta(hours=int(rule.budget.removesuffix(HOURS)))}
    return {"budget": Budget.parse(rule.budget), "ground": rule.ground[:300]}


def check_budget(text: str) -> str:
    """Return a budget as it is stored. Raises Invalid."""
    text = text.strip().lower().replace(" ", "")
    if text.endswith(HOURS) and text.removesuffix(HOURS).isdecimal() and 1 <= int(text[:-2]) <= 720:
        return text
    try:
        return str(Budget.parse(text))
    except ClockError as error:
        hint = _("Thời hạn viết là 15wd (ngày làm việc), 30cd (ngày) hoặc 24eh (giờ liên tục).")
        raise Invalid({"budget": [hint]}) from error


def budget_words(text: str) -> str:
    """Return a budget as officers say it."""
    if text.endswith(HOURS):
        return ngettext("{n} giờ liên tục", "{n} giờ liên tục", int(text.removesuffix(HOURS)))
    return Budget.parse(text).words
