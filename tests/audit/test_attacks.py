"""Each way of tampering with the evidence, and the exit code that answers it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import SigningKey

from services.audit.main import main
from tests.audit.exporting import CATALOGUE, answer, export, name_of, root_hex
from tests.audit.making import JURA, JURA_PROJECTS, ROOT, World, canonical, key_of, qty, seal

VERIFIED, FIGURE, HISTORY, KEY, INCOMPLETE = 0, 1, 2, 3, 7
EXPECTED = {"jobs_declared": 35, "advisers_declared": 15, "jobs_created_or_consolidated": 35}
EXPECTED["advisers_mobilised_ever"] = 15


def small_world() -> World:
    """Two producers and the registry; four records in each of the two."""
    world = World(JURA, JURA_PROJECTS)
    world.say("ideation.AdviserBatchDeclared", {"batch_id": "b", "count": qty(15)}, subject="batch/1")
    for number in range(3):
        world.say("ideation.NeedRecorded", {"need_id": "n", "text": f"Besoin {number} é"}, subject="need/1")
        pilot = {"project_id": "1", "hypothesis": "h"}
        world.say("projects.PilotStarted", pilot, source=JURA_PROJECTS, subject="project/1")
    world.say(
        "projects.JobBatchDeclared",
        {"count": qty(35), "kind": "created"},
        source=JURA_PROJECTS,
        subject="batch/2",
    )
    return world


def verdict(folder: Path, world: World, **given: Any) -> int:
    """What the audit says of an export of this world, whose figures were right before it was touched."""
    return replay(export(folder / "export", world, answer(small_world(), EXPECTED), **given))


def replay(folder: Path, *more: str) -> int:
    """What the audit says of an export of records and figures."""
    words = ["replay", "--from", str(folder), "--root", root_hex(), "--state", str(folder / "none"), "--no-sheets"]
    return main([*words, *more])


def test_an_untouched_history_is_verified(tmp_path: Path) -> None:
    assert verdict(tmp_path, small_world()) == VERIFIED


def test_records_that_come_again_with_equal_bytes_are_accepted(tmp_path: Path) -> None:
    world = small_world()
    world.topics[JURA][2:2] = world.topics[JURA][:2]
    assert verdict(tmp_path, world, sequences={JURA: 4}) == VERIFIED


def set_to(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda record: record.__setitem__(name, value)


def payload(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda record: record["data"].__setitem__(name, value)


@pytest.mark.parametrize(
    "change",
    [
        payload("text", "Autre besoin"),
        set_to("occurredon", "2025-01-01"),
        set_to("actor", "pseudonym-2"),
        set_to("time", "2026-11-01T09:00:00.000000Z"),
        set_to("source", JURA_PROJECTS),
        set_to("sequence", 3),
        set_to("sequence", 7),
        set_to("sequence", "2"),
        set_to("streamversion", 2),
        set_to("prev", "0" * 64),
        set_to("specversion", "1.1"),
        set_to("extra", "x"),
        set_to("data", []),
        lambda record: record.pop("actor"),
    ],
)
def test_a_changed_payload_or_attribute_is_an_altered_history(tmp_path: Path, change: Any) -> None:
    world = small_world()
    world.change(JURA, 2, change)
    assert verdict(tmp_path, world) == HISTORY


def test_a_changed_attribute_of_the_very_last_record_breaks_its_signature(tmp_path: Path) -> None:
    world = small_world()
    world.change(JURA, 4, set_to("actor", "pseudonym-2"))
    assert verdict(tmp_path, world) == KEY


def swap(topic: list[bytes]) -> None:
    topic[1], topic[2] = topic[2], topic[1]


@pytest.mark.parametrize("change", [swap, lambda topic: topic.pop(1), lambda topic: topic.pop(2)])
def test_another_order_or_a_hole_is_an_altered_history(tmp_path: Path, change: Any) -> None:
    world = small_world()
    change(world.topics[JURA])
    assert verdict(tmp_path, world) == HISTORY


def test_a_hole_closed_with_the_producers_own_key_is_betrayed_by_the_stream_version(tmp_path: Path) -> None:
    world = small_world()
    world.topics[JURA].pop(1)
    world.reseal(JURA, key_of(JURA))
    assert verdict(tmp_path, world) == HISTORY


def test_two_different_records_for_one_sequence_are_equivocation(tmp_path: Path) -> None:
    world = small_world()
    other = {**json.loads(world.topics[JURA][3]), "actor": "pseudonym-2"}
    world.topics[JURA].append(seal(other, key_of(JURA)))
    assert verdict(tmp_path, world) == HISTORY


def test_a_record_of_another_member_does_not_belong_here(tmp_path: Path) -> None:
    world = small_world()
    foreign = {**json.loads(world.topics[JURA][0]), "source": ROOT}
    world.topics[JURA][0] = seal(foreign, key_of(ROOT))
    assert verdict(tmp_path, world) == HISTORY


@pytest.mark.parametrize("source", [JURA, ROOT])
def test_a_history_signed_again_with_another_key_is_refused(tmp_path: Path, source: str) -> None:
    world = small_world()
    world.reseal(source, SigningKey.generate())
    assert verdict(tmp_path, world) == KEY


def test_a_signature_by_another_key_under_the_right_key_id_is_refused(tmp_path: Path) -> None:
    world = small_world()
    stolen = json.loads(world.topics[JURA][1])["signature"]
    world.change(JURA, 4, set_to("signature", stolen))
    assert verdict(tmp_path, world) == KEY


def test_a_producer_whose_key_nobody_introduced_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    world = small_world()
    world.say("ideation.NeedRecorded", {"need_id": "n"}, source="/members/fdfr-89/ideation")
    assert verdict(tmp_path, world) == INCOMPLETE


def test_an_introduction_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    world = small_world()
    data = {"producer": "/members/fdfr-89/ideation", "key_id": "0" * 16, "algorithm": "ed25519", "public_key": "1" * 64}
    data |= {"member_id": "fdfr-89", "service": "ideation"}
    world.say("ideation.ProducerKeyIntroduced", data, source=ROOT, subject="producer/9")
    assert verdict(tmp_path, world) == KEY


def raw_with(world: World, old: bytes, new: bytes) -> None:
    """Changes bytes of the second record of Jura and signs whatever that makes, as far as anyone can."""
    record = json.loads(world.topics[JURA][1])
    record["data"]["text"] = "MARK"
    whole = seal(record, key_of(JURA))
    assert old in whole
    world.topics[JURA][1] = whole.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"actor":', b'"actor": '),
        (b'"MARK"', b'"M\\u0041RK"'),
        (b'"MARK"', b"1.0"),
        (b'"MARK"', b"1e3"),
        (b'"MARK"', b"NaN"),
        (b'"MARK"', b"-0"),
        (b'"MARK"', b"9007199254740992"),
        (b'"MARK"', b"1" * 5000),
        (b'"MARK"', b'"\\ud800"'),
        (b'"MARK"', b'"\\u0000"'),
        (b'"MARK"', b'"\xff"'),
        *((b'"MARK"', b"[" * depth + b"]" * depth) for depth in (500, 970, 980, 985, 990, 1000, 100_000)),
        (b'"MARK"', b'"' + b"x" * 300_000 + b'"'),
        (b'"MARK"', b'{"\xc3\xa9":1}'),
        (b'"MARK"', b'{"a":1,"a":1}'),
        (b'"actor":', b'"actor":"pseudonym-1","actor":'),
        (b'"text":"MARK"', b'"text":"MARK","text":"MARK"'),
        (b'{"actor"', b'\xef\xbb\xbf{"actor"'),
        (b'{"actor"', b'[{"actor"'),
        (b'"MARK"', b'"MA\nRK"'),
    ],
)
def test_bytes_that_are_not_canonical_are_an_altered_history(tmp_path: Path, old: bytes, new: bytes) -> None:
    world = small_world()
    raw_with(world, old, new)
    assert verdict(tmp_path, world, sequences={JURA: 1}) == HISTORY


@pytest.mark.parametrize("value", [1.5, 2**53, "\ud800", "\0", {"é": 1}])
def test_a_value_outside_the_profile_is_refused_even_when_sealed_with_the_right_key(tmp_path: Path, value: Any) -> None:
    world = small_world()
    record = json.loads(world.topics[JURA][3])
    record["data"]["text"] = value
    if value == "\ud800":
        record["data"]["text"] = "half"
        world.topics[JURA][3] = seal(record, key_of(JURA)).replace(b'"half"', b'"\\ud800"')
    else:
        world.topics[JURA][3] = seal(record, key_of(JURA))
    assert verdict(tmp_path, world, sequences={JURA: 3}) == HISTORY


def test_a_body_above_its_bound_is_refused(tmp_path: Path) -> None:
    world = small_world()
    record = json.loads(world.topics[JURA][3])
    record["data"]["text"] = "x" * 65_600
    world.topics[JURA][3] = seal(record, key_of(JURA))
    assert verdict(tmp_path, world, sequences={JURA: 3}) == HISTORY


def test_an_empty_record_is_refused(tmp_path: Path) -> None:
    world = small_world()
    world.topics[JURA].insert(1, b"")
    assert verdict(tmp_path, world, sequences={JURA: 1}) == HISTORY


def test_the_others_go_on_when_one_producer_is_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = small_world()
    world.change(JURA, 2, payload("text", "Autre"))
    folder = export(tmp_path / "e", world, answer(small_world(), EXPECTED))
    assert replay(folder, "--json") == HISTORY
    report = json.loads(capsys.readouterr().out)
    proven = {one["source"]: one["proven"] for one in report["producers"]}
    assert proven == {ROOT: 2, JURA: 1, JURA_PROJECTS: 4}
    first = next(claim for claim in report["claims"] if claim["claim"] == "history")["first"][0]
    where = first["producer"], first["sequence"], first["stream"], first["streamVersion"]
    assert (first["reason"], *where) == ("chain.digest", JURA, 2, "need/1", 1)


def test_a_wrong_figure_is_told(tmp_path: Path) -> None:
    folder = export(tmp_path, small_world(), answer(small_world(), {**EXPECTED, "jobs_declared": 34}))
    assert replay(folder) == FIGURE


def test_a_wrong_bound_or_precision_is_told(tmp_path: Path) -> None:
    for name, value in (("bounds", [0, 35]), ("precision", "approx")):
        told = answer(small_world(), EXPECTED)
        told[name]["jobs_created"] = value
        assert replay(export(tmp_path / name, small_world(), told)) == FIGURE


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_wrong_value_or_label_of_any_indicator_is_told(tmp_path: Path, name: str) -> None:
    for what, wrong in (("values", 7), ("precision", "at_least")):
        told = answer(small_world(), EXPECTED)
        told[what][name] = wrong
        assert replay(export(tmp_path / what, small_world(), told)) == FIGURE


@pytest.mark.parametrize("wrong", [["jobs_created", 34, "exact"], ["jobs_created", 35, "approx"], ["fame", 0, "exact"]])
def test_a_headline_shown_otherwise_than_it_is_counted_is_told(tmp_path: Path, wrong: list[Any]) -> None:
    told = answer(small_world(), EXPECTED)
    told["shown"].append(wrong)
    assert replay(export(tmp_path, small_world(), told)) == FIGURE


def test_a_wrong_number_of_records_set_aside_is_told(tmp_path: Path) -> None:
    world = small_world()
    world.say("ideation.MemberLeft", {"member_id": "m"}, source=JURA)
    code = f"{JURA} authority.coordinator"
    right = {**answer(world, EXPECTED), "complete": False, "parked": 1, "aside": {code: 1}}
    assert replay(export(tmp_path / "right", world, right)) == VERIFIED
    for name, wrong in (("parked", 0), ("aside", {}), ("aside", {code: 1, f"{ROOT} payload.contract": 1})):
        folder = tmp_path / f"{name}{len(str(wrong))}"
        assert replay(export(folder, world, {**right, name: wrong})) == FIGURE


def test_a_figure_that_counts_more_than_the_records_show_lacks_evidence(tmp_path: Path) -> None:
    world = small_world()
    told = answer(world, EXPECTED)
    told["position"][JURA] = 5
    assert replay(export(tmp_path, world, told)) == INCOMPLETE


def test_a_figure_is_compared_at_the_position_that_it_reflects(tmp_path: Path) -> None:
    world = small_world()
    before = {source: len(topic) for source, topic in world.topics.items()}
    early = answer(world, EXPECTED)
    world.say("ideation.AdviserBatchDeclared", {"count": qty(9)}, subject="batch/9")
    counted = {**EXPECTED, "advisers_declared": 24, "advisers_mobilised_ever": 24}
    newer = answer(world, counted, day="2026-11-02")
    assert replay(export(tmp_path, world, early, newer, asked=before)) == VERIFIED


def test_the_gravest_finding_wins(tmp_path: Path) -> None:
    world = small_world()
    world.say("ideation.NeedRecorded", {}, source="/members/fdfr-89/ideation")
    wrong = answer(small_world(), {**EXPECTED, "jobs_declared": 34})
    assert replay(export(tmp_path / "1", world, wrong)) == FIGURE
    world.reseal(JURA, SigningKey.generate())
    assert replay(export(tmp_path / "3", world, wrong)) == KEY
    world.change(JURA_PROJECTS, 1, payload("hypothesis", "g"))
    assert replay(export(tmp_path / "2", world, wrong)) == HISTORY


def test_the_manifests_canonical_form_is_needed(tmp_path: Path) -> None:
    folder = export(tmp_path, small_world(), answer(small_world(), EXPECTED))
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_bytes(json.dumps(manifest).encode() + b"\n")
    assert replay(folder) == HISTORY


def test_an_altered_manifest_is_told(tmp_path: Path) -> None:
    changes: list[Callable[[dict[str, Any]], None]] = [
        lambda manifest: manifest["producers"][0].update(sha256="0" * 64),
        lambda manifest: manifest["producers"][0].update(records=1),
        lambda manifest: manifest["producers"][0].update(sequence=1),
        lambda manifest: manifest["producers"][0].update(bytes=1),
        lambda manifest: manifest["figures"].update(sha256="0" * 64),
        lambda manifest: manifest.update(format="other"),
        lambda manifest: manifest["producers"].pop(0),
        lambda manifest: manifest["producers"].reverse(),
        lambda manifest: manifest["producers"][0].update(source="/members/../ideation"),
    ]
    for number, change in enumerate(changes):
        folder = export(tmp_path / str(number), small_world(), answer(small_world(), EXPECTED))
        manifest = json.loads((folder / "manifest.json").read_bytes())
        change(manifest)
        (folder / "manifest.json").write_bytes(canonical(manifest) + b"\n")
        assert replay(folder) == HISTORY, number


def test_another_root_in_the_manifest_is_told(tmp_path: Path) -> None:
    folder = export(tmp_path, small_world(), answer(small_world(), EXPECTED))
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["root"]["public"] = "1" * 64
    (folder / "manifest.json").write_bytes(canonical(manifest) + b"\n")
    assert replay(folder) == KEY


def test_a_pinned_key_that_signed_nothing_here_is_told(tmp_path: Path) -> None:
    folder = export(tmp_path, small_world(), answer(small_world(), EXPECTED))
    other = bytes(SigningKey.generate().verify_key).hex()
    assert main(["replay", "--from", str(folder), "--root", other, "--state", str(tmp_path)]) == KEY


@pytest.mark.parametrize("file", ["manifest.json", "figures.json", name_of(JURA), name_of(ROOT)])
def test_a_missing_file_is_missing_evidence(tmp_path: Path, file: str) -> None:
    folder = export(tmp_path, small_world(), answer(small_world(), EXPECTED))
    (folder / file).unlink()
    assert replay(folder) == INCOMPLETE


@pytest.mark.parametrize("file", ["figures.json", name_of(JURA), name_of(ROOT)])
@pytest.mark.parametrize("kept", [0.0, 0.3, 0.99])
def test_a_truncated_file_is_missing_evidence(tmp_path: Path, file: str, kept: float) -> None:
    folder = export(tmp_path, small_world(), answer(small_world(), EXPECTED))
    whole = (folder / file).read_bytes()
    (folder / file).write_bytes(whole[: int(len(whole) * kept)])
    assert replay(folder) == INCOMPLETE


def test_a_file_that_the_manifest_does_not_know_is_told(tmp_path: Path) -> None:
    folder = export(tmp_path, small_world(), answer(small_world(), EXPECTED))
    (folder / "events.fdfr-89.ideation.ndjson").write_bytes(b"")
    assert replay(folder) == HISTORY


@pytest.mark.parametrize(("lost", "begins"), [(1, 0), (1, 1), (2, 2), (4, 4)])
def test_a_topic_that_has_lost_its_beginning_is_missing_evidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lost: int, begins: int
) -> None:
    world = small_world()
    world.topics[JURA] = world.topics[JURA][lost:]
    folder = export(tmp_path, world, answer(small_world(), EXPECTED), sequences={JURA: 0})
    manifest = json.loads((folder / "manifest.json").read_bytes())
    next(one for one in manifest["producers"] if one["source"] == JURA)["begins"] = begins
    (folder / "manifest.json").write_bytes(canonical(manifest) + b"\n")
    assert replay(folder) == INCOMPLETE
    assert f"{JURA}: topic.begins_late: " in capsys.readouterr().out


def test_a_topic_whose_offsets_begin_late_and_whose_first_record_does_not_is_whole(tmp_path: Path) -> None:
    folder = export(tmp_path, small_world(), answer(small_world(), EXPECTED))
    manifest = json.loads((folder / "manifest.json").read_bytes())
    next(one for one in manifest["producers"] if one["source"] == JURA)["begins"] = 9
    (folder / "manifest.json").write_bytes(canonical(manifest) + b"\n")
    assert replay(folder) == VERIFIED
