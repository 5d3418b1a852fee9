"""What a member other than the coordinator records moves no figure of another member and lowers none of the region."""

from hypothesis import given

from tests.laws.commands import Move
from tests.laws.counting import Counted, Values
from tests.laws.examples import examples
from tests.laws.moves import ENDS, moves, play
from tests.laws.world import MEMBERS, World


def _counted(told: list[Move]) -> Counted:
    world = World()
    play(world, told)
    return Counted(world)


def _in_scopes(values: Values, *scopes: str) -> Values:
    return {key: value for key, value in values.items() if key[0] in scopes}


@examples
@given(moves(MEMBERS, 24, raw=True))
def test_a_members_records_move_no_figure_of_another_and_lower_none_of_the_region(told: list[Move]) -> None:
    others = [move for move in told if move.member != "beta"]
    _compare(_counted(others), _counted(told))


@examples
@given(moves(("coord", "alpha"), 12), moves(("beta",), 12, raw=True))
def test_it_does_not_matter_who_came_first(ours: list[Move], theirs: list[Move]) -> None:
    alone = _counted(ours)
    _compare(alone, _counted([*ours, *theirs]))
    _compare(alone, _counted([*theirs, *ours]))


def _compare(without: Counted, having: Counted) -> None:
    for day in ENDS:
        before, after = without.values(day), having.values(day)
        assert _in_scopes(after, "member/alpha", "member/coord") == _in_scopes(before, "member/alpha", "member/coord")
        lower = {key: (value, after.get(key, 0)) for key, value in before.items() if after.get(key, 0) < value}
        assert lower == {}, day
