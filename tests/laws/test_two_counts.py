"""The gateway's figures equal the audit's over every history, decided or not, amended, and delivered again."""

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.figures import precision, totals
from services.gateway.indicators import catalogue
from tests.laws.commands import TERRITORIES, Move
from tests.laws.counting import Counted, audited, recount
from tests.laws.examples import examples
from tests.laws.moves import ENDS, moves, play
from tests.laws.world import MEMBERS, World

SCOPES = ("region", *(f"member/{one}" for one in MEMBERS), *(f"territory/{one}" for one in TERRITORIES))


@examples
@given(moves(MEMBERS, 30, raw=True), st.integers(0, 3))
def test_the_reader_and_the_audit_count_the_same(told: list[Move], repeat: int) -> None:
    world = World()
    play(world, told)
    counted, trail = Counted(world, repeat), audited(world)
    assert sorted(reason.partition(":")[0] for _, reason in counted.parked) == sorted(
        one.reason.partition(":")[0] for one in trail.facts.parked
    )
    for day in ENDS:
        ours = recount(trail, day)
        for scope in SCOPES:
            theirs, mine = counted.of(scope, day), ours.figures(scope)
            assert {name: theirs.get(name, 0) for name in catalogue()} == mine.values, (scope, day)
            assert {name: precision(name, theirs) for name in catalogue()} == mine.precision, (scope, day)
            bounds = {total.indicator.id: (total.low, total.high) for total in totals(theirs)}
            assert bounds == mine.bounds, (scope, day)
