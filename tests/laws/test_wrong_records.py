"""What is wrong with a record: the reader and the audit judge by the table in docs/record.md, line by line."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from shared.kernel.keys import Signer
from tests.laws.forging import IDS, Forger, Verdict, audited, example, read

PAGE: Final = Path(__file__).parents[2] / "docs" / "record.md"
IDEA: Final = "ideation.IdeaProposed.v1"
JOB: Final = "projects.JobCreated.v1"
BATCH: Final = "ideation.IdeaBatchDeclared.v1"
HEADS: Final = "ideation.HeadcountDeclared.v1"
APPOINTED: Final = "ideation.AdviserAppointed.v1"
TERRITORY: Final = "ideation.TerritoryRegistered.v1"
PROJECTS: Final = "/members/alpha/projects"
ROOT: Final = "/members/coord/ideation"
Forge = Callable[[Forger], Any]


def _idea(**changed: Any) -> Forge:
    """An idea whose record has these attributes otherwise."""
    return lambda forger: forger.say(IDEA, example(IDEA), **changed)


def _said(kind: str = IDEA, drop: str = "", **changed: Any) -> Forge:
    """An event whose payload has these fields otherwise, or lacks one."""
    data = {name: value for name, value in {**example(kind), **changed}.items() if name != drop}
    return lambda forger: forger.say(kind, data)


def _body(body: bytes) -> Forge:
    return lambda forger: forger.say(IDEA, None, body=body)


def _raw(old: bytes, new: bytes) -> Forge:
    """A record whose bytes were changed after it was signed."""

    def forge(forger: Forger) -> None:
        raw = forger.say(IDEA, {**example(IDEA), "title": "MARK"})
        assert old in raw
        forger.raws[-1] = raw.replace(old, new, 1)

    return forge


def _nested(depth: int) -> bytes:
    return b'{"deep":' + b"[" * depth + b"]" * depth + b"}"


def _again(forger: Forger) -> None:
    forger.sequence -= 1
    forger.say(IDEA, example(IDEA), "stream/2")


def _left_out(forger: Forger) -> None:
    forger.say(IDEA, example(IDEA), "stream/2")
    forger.raws.pop()
    forger.say(IDEA, example(IDEA), "stream/3")


def _by_another(forger: Forger) -> None:
    forger.seal({**forger.attributes(IDEA, "stream/2")}, b"{}", by=Signer(b"\x01" * 32))


def _behind(forger: Forger) -> None:
    forger.say(IDEA, {}, "stream/2")
    forger.say(IDEA, example(IDEA), "stream/2")


LONG: Final = "x" * 250_000
# By line of the table: examples of it.
WRONG: Final[dict[str, Sequence[Forge]]] = {
    "more than 256 KiB": [_idea(actor=LONG + LONG)],
    "not JSON, or not the canonical form of what it says": [
        _raw(b'"MARK"', b'"MARK'),
        _raw(b'"MARK"', b' "MARK"'),
        _raw(b'"MARK"', b'"\\u004dARK"'),
        _raw(b'"MARK"', b'"MARK","title":"MARK"'),
        _raw(b'"MARK"', b'"\xff"'),
        _raw(b'"MARK"', b"NaN"),
        lambda forger: forger.raws.append(b""),
    ],
    "a number that is not whole, or beyond ±(2^53−1)": [
        _body(b'{"a":1.5}'),
        _body(b'{"a":1e400}'),
        _body(b'{"a":-0.0}'),
        _body(b'{"a":9007199254740992}'),
        _body(b'{"a":-9007199254740992}'),
        _body(b'{"a":' + b"9" * 5_000 + b"}"),
    ],
    "NUL or half a surrogate pair in a text, or a key that is not ASCII": [
        _body(b'{"a":"\\u0000"}'),
        _body(b'{"a":"\\ud800"}'),
        _body('{"é":1}'.encode()),
        _idea(actor="a\0b"),
    ],
    "nested deeper than 32": [_body(_nested(depth)) for depth in (32, 40, 1_000, 20_000)],
    "an attribute is missing, unknown, or not of its JSON type": [
        lambda forger: forger.raws.append(b"[]"),
        lambda forger: forger.raws.append(b'"text"'),
        lambda forger: forger.raws.append(b"null"),
        _idea(actor=...),
        _idea(surprise="x"),
        _idea(origin=None),
        _idea(sequence="2"),
        _idea(time=7),
        _body(b"[]"),
        _body(b"null"),
    ],
    "another `specversion`, `sequence` or `streamversion` below 1, a `signature` that is not 88 plain characters": [
        _idea(specversion="1.1"),
        _idea(sequence=0),
        _idea(sequence=-5),
        _idea(streamversion=0),
        _idea(signature="A" * 87),
        _idea(signature="é" * 88),
        _idea(signature='"' * 88),
        _idea(signature="\\" * 88),
    ],
    "more than 64 KiB of `data`": [_said(note=LONG[:70_000])],
    "`source` is another producer": [
        _idea(source="/members/beta/ideation"),
        _idea(source="nobody"),
        _idea(source=LONG),
    ],
    "a sequence again, with other bytes": [_again],
    "a sequence left out": [_left_out, _idea(sequence=7), _idea(sequence=2**53 - 1)],
    "`prev` is not the digest of the record before": [_idea(prev="0" * 64), _idea(prev="x")],
    "`datadigest` is not that of `data`": [_raw(b"MARK", b"FAUX"), _idea(datadigest="0" * 64), _idea(datadigest=LONG)],
    "`keyid` is not its producer's key": [_idea(keyid="0" * 16), _idea(keyid=LONG)],
    "the signature does not fit": [_by_another, _idea(signature="A" * 86 + "=="), _idea(signature="?" * 88)],
    "`type` has a name that no contract knows, whatever else is wrong below": [
        lambda forger: forger.say("ideation.SomethingNew.v1", {"any": [1, None]}),
        lambda forger: forger.say("x", {}, origin="unknown", occurredon="never"),
        lambda forger: forger.say(LONG[:100_000], {}, time="never"),
        lambda forger: forger.say("", {}),
    ],
    "something earlier in its stream is set aside": [_behind],
    "`occurredon` is not a day from 1990 to 2099": [
        _idea(occurredon=day)
        for day in (
            "0001-01-01",
            "1989-12-31",
            "2100-01-01",
            "9999-12-31",
            "2019-02-30",
            "20190601",
            "2019-06-01\n",
            "",
        )
    ],
    "`time` is not a moment from 1990 to 2099, in its form": [
        _idea(time=time)
        for time in (
            *("never", "0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z", "2026-02-30T10:00:00.000000Z"),
            *("2026-11-23T24:00:00.000000Z", "2026-11-23T10:00:60.000000Z", "2026-11-23T10:00:00Z"),
            *("2026-11-23T10:00:00.000000+00:00", "2026-11-23 10:00:00.000000Z", "2026-11-23T10:00:00.00000٣Z"),
        )
    ],
    "an unknown `occurredprecision`, `origin` or `role`": [
        _idea(occurredprecision="decade"),
        _idea(origin="unknown"),
        _idea(origin=""),
        _idea(role="KING"),
        _idea(role=LONG),
    ],
    "`id` is no UUIDv7; `commandid`, `causationid` or `correlationid` is no UUID": [
        _idea(id="0190"),
        _idea(id=IDS.format(1).replace("-7", "-4")),
        _idea(commandid=IDS.format(1).upper()),
        _idea(causationid=""),
        _idea(correlationid="{" + IDS.format(1) + "}"),
        _idea(correlationid=LONG),
    ],
    "`actor` has not 1 to 200 characters, `subject` not 3 to 200, or one has a control character": [
        _idea(actor=""),
        _idea(actor="a" * 201),
        _idea(actor=LONG[:100_000]),
        _idea(actor="a\nb"),
        _idea(subject="ab"),
        _idea(subject="s" * 201),
        _idea(subject="idea/\x1b1"),
    ],
    "another `datacontenttype`, or a `dataschema` that does not name the type": [
        _idea(datacontenttype="text/plain"),
        _idea(dataschema="urn:generateur:schema:ideation.IdeaProposed.v2"),
        _idea(dataschema=""),
    ],
    "the producer may not use the type ([who may speak](#who-may-speak))": [
        _said(JOB),
        _said(TERRITORY, name=5),
        lambda forger: forger.say("ideation.TerritoryRegistered.v9", {}),
    ],
    "a version that is not known, of an event that is": [
        lambda forger: forger.say("ideation.IdeaProposed.v2", example(IDEA)),
        lambda forger: forger.say("ideation.IdeaProposed.v", example(IDEA)),
        lambda forger: forger.say("ideation.IdeaProposed.", {}),
    ],
    "a field that is read is missing, null or not of its type": [
        _said(drop="title"),
        _said(title=None),
        _said(title=5),
        _said(description=None),
        _said(territory_ids="x"),
        _said(themes={}),
        _said(BATCH, count=3),
        _said(BATCH, count={"value": "3", "precision": "exact"}),
        _said(BATCH, count={"value": True, "precision": "exact"}),
        _said(HEADS, activity={"kind": "workshop"}),
    ],
    "a text, a list or a number that is read is beyond its bounds, a word is not in its list": [
        _said(title=""),
        _said(title="é" * 201),
        _said(title=LONG[:60_000]),
        _said(description="d" * 4_001),
        _said(territory_ids=["t" * 8_000]),
        _said(territory_ids=["T-NORTH"]),
        _said(territory_ids=["t-north\n"]),
        _said(territory_ids=[f"t-{number}" for number in range(51)]),
        _said(themes=["x"] * 21),
        _said(idea_id="i" * 37),
        _said(accompaniment_id=""),
        _said(BATCH, count={"value": -1, "precision": "exact"}),
        _said(BATCH, count={"value": 10_000_001, "precision": "exact"}),
        _said(BATCH, count={"value": 2**53 - 1, "precision": "exact"}),
        _said(BATCH, count={"value": 1, "precision": "some"}),
        _said(HEADS, identified=10_000_001),
        _said(confidentiality="secret"),
        _said(provenance="dream"),
    ],
    "a day that is read is none, or not from 1990 to 2099; a decimal that is read is not in its form": [
        *(_said(JOB, starts=day) for day in ("1850-01-01", "1989-12-31", "2100-01-01", "2019-02-30", "2019-06-01\n")),
        *(_said(JOB, expected_end=day) for day in ("10000-01-01", "9999-12-31", "2100-01-01", "soon")),
        *(_said(JOB, weekly_hours=hours) for hours in ("0", "60.01", "61", "1e3", "-1", "NaN", "35.001", "٣", "1\n")),
        _said(APPOINTED, share="1.0001"),
        _said(APPOINTED, share="0.00001"),
    ],
    "the producer may not say this": [
        _said(APPOINTED, member_id="beta"),
        _said(HEADS, activity={"kind": "collective", "id": "x"}),
    ],
    "a field that is read and has a default is missing: it has its default": [
        _said(drop="territory_ids"),
        _said(drop="themes"),
        _said(JOB, drop="reference_hours"),
    ],
    "a field that is not read is anything, or has no contract": [
        _said(evidence=5, proposer=[None], since_later={"a": "é" * 9_000}),
        _said(drop="language"),
        _body(b'{"deep":' + b"[" * 31 + b"]" * 31 + b',"idea_id":"i","provenance":"online","title":"t"}'),
    ],
    "a text with control characters or marks of direction, or with nothing to see; an id that is no UUID; "
    "a SIREN with a wrong check digit": [
        _said(title="\u202e\u0001\u200b😀", description="\n\n", themes=["\ufeff", "\u2028"]),
        _said(idea_id="../'; drop table"),
        _said(TERRITORY, siren="000000001"),
    ],
}
# Whose records a line's examples are, where they are not those of a member's ideation service.
SOURCES: Final = {JOB: PROJECTS, TERRITORY: ROOT}


def _table() -> dict[str, tuple[str, str]]:
    _, _, after = PAGE.read_text(encoding="utf-8").partition("## What is wrong with a record")
    lines = re.findall(r"^\| (.+?) \| (\w[\w ]*) \| ?(?:`(.+?)` )?\|$", after.partition("\n## ")[0], re.MULTILINE)
    return {what: (then, code) for what, then, code in lines if what != "what is wrong"}


TABLE: Final = _table()


def test_every_line_of_the_table_has_its_examples():
    assert list(TABLE) == list(WRONG)


def _forger(what: str, forge: Forge) -> Forger:
    """A producer that says something right, something wrong, and something right in other streams and in the same."""
    probe = Forger(ROOT)
    forge(probe)
    kind = next((kind for kind in SOURCES if kind.encode() in probe.raws[-1]), None)
    forger = Forger(SOURCES[kind] if kind and TABLE[what][1] != "authority.…" else Forger.source)
    forger.say(_kind(forger), example(_kind(forger)), "stream/0")
    forge(forger)
    return forger


def _kind(forger: Forger) -> str:
    return "projects.JobBatchDeclared.v1" if forger.source == PROJECTS else IDEA


@pytest.mark.parametrize(("what", "number"), [(what, n) for what, forges in WRONG.items() for n in range(len(forges))])
def test_the_reader_and_the_audit_judge_as_the_table_says(what: str, number: int) -> None:
    then, code = TABLE[what]
    forger = _forger(what, WRONG[what][number])
    last = forger.sequence
    ours, theirs = read(forger), audited(forger)
    assert ours == theirs
    assert (ours.counted, ours.stopped is not None, any(at == last for at, _ in ours.aside)) == {
        "stopped": ((1,), True, False),
        "passed": ((1,), False, False),
        "set aside": ((1,), False, True),
        "counted": ((1, last), False, False),
    }[then]
    told = ours.stopped or next((said for at, said in ours.aside if at == last), "")
    assert told.startswith(code.removesuffix("…")) if code else told == ""
    if then == "set aside":
        _holds_back(forger, told)


def _holds_back(forger: Forger, code: str) -> None:
    """What follows in the stream waits unless it was for want of authority; what stands in others does not."""
    subject = _subject(forger.raws[-1])
    forger.say(_kind(forger), example(_kind(forger)), subject)
    forger.say(_kind(forger), example(_kind(forger)), "stream/other")
    found = read(forger)
    assert found == audited(forger)
    waits = (forger.sequence - 1, "parked.behind")
    assert (waits in found.aside) is not code.startswith("authority.")
    assert forger.sequence in found.counted


def _subject(raw: bytes) -> str:
    found: str = orjson.loads(raw)["subject"]
    return found


def test_a_verdict_is_more_than_its_code():
    forger = Forger()
    forger.say(IDEA, example(IDEA))
    assert read(forger) == audited(forger) == Verdict(None, (), (1,))
