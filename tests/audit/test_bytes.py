"""No byte of an export can change unnoticed."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audit.exporting import answer, export
from tests.audit.test_attacks import EXPECTED, VERIFIED, replay, small_world

WORLD = small_world()
FILES = ["manifest.json", "figures.json", *(f"events.cluster-jura.{one}.ndjson" for one in ("ideation", "projects"))]


@given(file=st.sampled_from(FILES), place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
@settings(max_examples=150, deadline=None)
def test_any_changed_byte_changes_the_verdict(file: str, place: float, flip: int) -> None:
    with TemporaryDirectory() as folder:
        export(Path(folder), WORLD, answer(WORLD, EXPECTED))
        whole = bytearray((Path(folder) / file).read_bytes())
        whole[int(place * len(whole))] ^= flip
        (Path(folder) / file).write_bytes(whole)
        assert replay(Path(folder)) != VERIFIED


@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255), record=st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_any_changed_byte_of_a_record_is_found_even_when_the_manifest_is_made_anew(
    place: float, flip: int, record: int
) -> None:
    world = small_world()
    topic = world.topics["/members/cluster-jura/ideation"]
    raw = bytearray(topic[record])
    raw[int(place * len(raw))] ^= flip
    topic[record] = bytes(raw)
    with TemporaryDirectory() as folder:
        export(Path(folder), world, answer(WORLD, EXPECTED))
        assert replay(Path(folder)) in (2, 3)


@given(cut=st.floats(0, 1, exclude_max=True), file=st.sampled_from(FILES))
@settings(max_examples=50, deadline=None)
def test_no_truncation_is_verified(cut: float, file: str) -> None:
    with TemporaryDirectory() as folder:
        export(Path(folder), WORLD, answer(WORLD, EXPECTED))
        whole = (Path(folder) / file).read_bytes()
        (Path(folder) / file).write_bytes(whole[: int(cut * len(whole))])
        assert replay(Path(folder)) in (2, 7)
