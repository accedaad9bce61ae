"""Whatever both sides do in whatever order: exactly the two read the row, and no chain comes round."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db import db
from core.web.errors import Forbidden, Invalid, NotFound
from plugins.casework.cases import opening as case_opening
from plugins.casework.cases.opening import Opening
from plugins.casework.legs import queries as leg_queries
from plugins.casework.legs import services as legs
from plugins.casework.legs.incoming import incoming_case
from plugins.casework.legs.purposes import BUILT_IN
from plugins.casework.legs.services import Sending
from plugins.casework.tasks.kind import TASK

AGENCIES = 3
FINAL = {"done": {"answered"}, "returned": {"returned"}, "recalled": {"recalled"}}
OPEN = {"taken": {"doing"}, "again": {"again"}, "answered": {"answered"}}

acts = st.lists(
    st.tuples(
        st.sampled_from(["send", "take", "return", "answer", "accept", "again", "recall"]),
        st.integers(0, AGENCIES - 1),
        st.integers(0, 5),
        st.integers(0, AGENCIES - 1),
    ),
    max_size=14,
)


class Walk:
    """Three agencies that act on legs; what is refused changes nothing."""

    def __init__(self, ground):
        self.agencies = [ground.agency() for _number in range(AGENCIES)]
        self.people = [each.officer("casework.leader", "casework.leg_clerk") for each in self.agencies]

    def start(self):
        with self.people[0].working():
            self.case = case_opening.open_case(TASK.key, Opening(title="Việc gốc"))
        self.legs = {}

    def act(self, what, who, which, to):
        ids = list(self.legs)
        leg_id = ids[which % len(ids)] if ids else None
        with self.people[who].working() as ctx:
            try:
                self._do(ctx, what, who, leg_id, to)
            except (Invalid, Forbidden, NotFound):
                pass
            else:
                return
        # A refusal must not leave half of an act behind: what is there still fits together.

    def _do(self, ctx, what, who, leg_id, to):
        if what == "send":
            case = self.case if leg_id is None or who == 0 else incoming_case(leg_id)
            if case is None:
                return
            receiver = self.agencies[to].info.id
            said = Sending(purpose=BUILT_IN[to % 4].key, ask="Làm giúp", receiver_id=receiver)
            made = legs.send_leg(ctx, case.id, said)
            self.legs[made] = (who, to)
        elif leg_id is not None:
            {
                "take": lambda: legs.take_leg(ctx, leg_id),
                "return": lambda: legs.return_leg(ctx, leg_id, "Trả"),
                "answer": lambda: legs.answer_leg(ctx, leg_id, "Trả lời"),
                "accept": lambda: legs.accept_answer(ctx, leg_id),
                "again": lambda: legs.ask_again(ctx, leg_id, "Thiếu"),
                "recall": lambda: legs.recall_leg(ctx, leg_id, "Thôi"),
            }[what]()

    def check(self):
        seen = {}
        for number, agency in enumerate(self.agencies):
            with agency.at_work():
                rows = db.execute_sql("SELECT id FROM casework.leg").fetchall()
                seen[number] = {each for (each,) in rows if each in self.legs}
                for leg_id in seen[number]:
                    self._check_leg(number, leg_queries.leg(leg_id))
        for leg_id, sides in self.legs.items():
            assert {number for number, ids in seen.items() if leg_id in ids} == set(sides)

    def _check_leg(self, number, of):
        assert of.tenant_id == of.chain[-1]
        assert of.receiver_id not in of.chain
        assert len(set(of.chain)) == len(of.chain)
        answers = [each for each in leg_queries.lines(of) if each.kind == "answered"]
        assert [each.number for each in answers] == list(range(1, of.answers + 1))
        if number == self.legs[of.id][1] and (case := incoming_case(of.id)):
            assert case.state in {**FINAL, **OPEN}[of.state]
            assert (case.closed_at is None) == (case.state in ("doing", "again"))


def test_any_walk_keeps_the_row_between_its_two_sides(ground):
    walk = Walk(ground)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(acts)
    def walks(done):
        walk.start()
        walk.act("send", 0, 0, 1)
        for each in done:
            walk.act(*each)
        walk.check()

    walks()
