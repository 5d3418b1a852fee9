"""Which records hold after corrections and voids: the one rule, on records that are nothing but that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import living
from shared.kernel.living import Amendment, Place

HANGS = {"a.Child.v1": frozenset({"a.Founding"}), "a.Child.v2": frozenset({"a.Founding"})}


@dataclass(frozen=True)
class Row:
    """A record: its place, what it says, and what it amends."""

    at: int
    kind: str = "a.Founding.v1"
    says: str = ""
    names: tuple[str, ...] = ("x",)
    target: int = 0
    of: str = "a.Founding.v1"
    void: bool = False
    source: str = "s"
    stream: str = "t"

    def place(self) -> Place:
        return Place(self.source, self.stream, self.at, self.kind, self.names)

    def amendment(self) -> Amendment | None:
        return Amendment(self.place(), self.target, self.of, self.void) if self.target else None


def live(*rows: Row) -> list[tuple[int, str]]:
    """Where the records that hold stand, and what they say."""
    return [(row.at, row.says) for row in held(rows)]


def held(rows: Sequence[Row]) -> Sequence[Row]:
    return living.live(
        rows,
        Row.amendment,
        Row.place,
        lambda kind: HANGS.get(kind, frozenset()),
        lambda row, by: replace(row, says=by.says),
    )


def void(at: int, target: int = 1, **more: object) -> Row:
    return Row(at, "a.Void.v1", target=target, void=True, **more)  # type: ignore[arg-type]


def better(at: int, says: str, target: int = 1, **more: object) -> Row:
    return Row(at, "a.Correct.v1", says, target=target, **more)  # type: ignore[arg-type]


ONE = Row(1, says="one")
CHILD = Row(2, "a.Child.v1", "child")


def test_without_amendments_all_hold():
    rows = [ONE, CHILD]
    assert held(rows) is rows


def test_the_last_correction_holds_wherever_it_is_met():
    assert live(ONE, better(2, "two"), better(3, "three")) == [(1, "three")]
    assert live(better(3, "three"), ONE, better(2, "two")) == [(1, "three")]


def test_a_voided_record_holds_no_more_and_no_correction_brings_it_back():
    assert live(ONE, void(2)) == []
    assert live(ONE, better(2, "two"), void(3), better(4, "four")) == []


def test_what_hangs_on_it_goes_if_it_stands_before_the_void():
    assert live(ONE, CHILD, void(3), replace(CHILD, at=4)) == [(4, "child")]
    assert live(replace(CHILD, at=1), replace(ONE, at=2), void(3, 2)) == [(1, "child")]


def test_an_older_or_newer_version_of_what_hangs_on_it_goes_too():
    assert live(ONE, replace(CHILD, kind="a.Child.v2"), void(3)) == []
    assert live(replace(ONE, kind="a.Founding.v2"), CHILD, void(3, of="a.Founding.v2")) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"of": "a.Founding.v2"},
        {"of": "a.Other.v1"},
        {"names": ("y",)},
        {"names": ()},
        {"source": "another"},
        {"stream": "another"},
    ],
)
def test_an_amendment_that_does_not_name_the_record_as_it_was_recorded_leaves_it(wrong):
    assert live(ONE, void(2, **wrong)) == [(1, "one")]
    assert live(ONE, better(2, "two", **wrong)) == [(1, "one")]


def test_a_correction_names_the_same_objects_and_a_void_at_least_these():
    assert live(ONE, better(2, "two", names=("x", "y"))) == [(1, "one")]
    assert live(ONE, void(2, names=("x", "y"))) == []


def test_a_void_that_does_not_name_the_objects_of_what_hangs_on_it_leaves_that():
    child = replace(CHILD, names=("z",))
    assert live(ONE, child, void(3)) == [(2, "child")]
    assert live(ONE, child, void(3, names=("x", "z"))) == []


def test_a_wrong_correction_does_not_hide_a_right_one():
    assert live(ONE, better(2, "two"), better(3, "three", of="a.Other.v1")) == [(1, "two")]


def test_amendments_are_not_amended():
    assert live(ONE, better(2, "two"), void(3, 2, of="a.Correct.v1")) == [(1, "two")]
    assert live(ONE, void(2), void(3, 2, of="a.Void.v1")) == []


_ROW = st.builds(
    Row,
    at=st.just(0),
    kind=st.sampled_from(["a.Founding.v1", "a.Child.v1", "a.Other.v1"]),
    says=st.sampled_from("pqr"),
    names=st.sampled_from([("x",), ("y",), ("x", "y")]),
    target=st.integers(0, 6),
    of=st.sampled_from(["a.Founding.v1", "a.Child.v1", "a.Other.v1"]),
    void=st.booleans(),
    stream=st.sampled_from("tu"),
)
_STREAM = st.lists(_ROW, max_size=9).map(
    lambda rows: [replace(r, at=at, target=r.target if r.target < at else 0) for at, r in enumerate(rows, 1)]
)


@given(_STREAM, st.randoms(use_true_random=False))
def test_in_whatever_order_records_are_met_the_same_hold(rows, random):
    mixed = random.sample(rows, len(rows))
    assert set(held(mixed)) == set(held(rows))


@given(_STREAM, st.sets(st.integers(1, 9)))
def test_who_sees_some_records_of_a_stream_judges_them_as_who_sees_all(rows, seen):
    part = [row for row in rows if row.at in seen or row.target]
    assert [row for row in held(rows) if row.at in seen] == list(held(part))


@given(_STREAM)
def test_of_a_stream_whose_every_record_is_voided_nothing_holds(rows):
    last = len(rows)
    said = [row for row in rows if not row.target]
    voids = [void(last + n, row.at, of=row.kind, names=row.names, stream=row.stream) for n, row in enumerate(said, 1)]
    assert live(*rows, *voids) == []


@given(_STREAM)
def test_what_voids_take_is_what_each_of_them_takes_by_itself(rows):
    voids = [row for row in rows if row.target and row.void]
    taken = {row.at for row in rows for one in voids if not row.target and _taken(row, one)}
    assert {row.at for row in held(rows)} == {row.at for row in rows if not row.target} - taken


def _taken(row: Row, one: Row) -> bool:
    if row.stream != one.stream or not set(row.names) <= set(one.names):
        return False
    if row.at == one.target:
        return row.kind == one.of
    return one.target < row.at < one.at and living.name_of(one.of) in HANGS.get(row.kind, ())


class Names(tuple[str, ...]):
    """Names of objects that count how often they are gone through."""

    looks = 0

    def __iter__(self) -> Iterator[str]:
        Names.looks += 1
        return super().__iter__()


@pytest.mark.parametrize("kind", ["a.Founding.v1", "a.Child.v1"])
def test_a_stream_with_as_many_voids_as_records_costs_no_look_at_each_pair(kind):
    many = 300
    rows = [replace(ONE, at=at, kind=kind, names=Names(("x",))) for at in range(1, many + 1)]
    voids = [void(many + at, at, of="a.Founding.v1", names=Names(("x",))) for at in range(1, many + 1)]
    Names.looks = 0
    assert len(held([*rows, *voids])) == (kind != "a.Founding.v1")
    assert Names.looks < 10 * many
