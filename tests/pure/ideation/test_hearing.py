"""What ideation keeps of what the coordinator records."""

from typing import Any

from services.ideation.reactions import REACTIONS
from shared.kernel.decider import Heard, Reference
from tests.pure.deciding import JURA, OPERATED, OWN
from tests.pure.ideation.making import admitted, operating, registered


def hear(known: Any, fact: Any, kind: str | None = None) -> Any:
    heard = Heard(
        id="0190",
        type=kind or fact.TYPE,
        source="/members/coordination/ideation",
        sequence=1,
        subject=fact.stream(),
        time="2026-11-23T10:00:00.000000Z",
        occurred_on="2026-11-23",
        precision="day",
        origin="live",
        correlation_id="c",
        data=fact.payload(),
    )
    (reaction,) = (one for one in REACTIONS if heard.type in one.types)
    assert reaction.scope == "coordinator"
    assert reaction.reference(heard) == heard.subject
    return reaction.handle(heard, known)


def test_a_registered_territory_is_known_by_its_name():
    assert hear(None, registered()) == [Reference(f"territory/{JURA}", {"name": "Jura"})]


def test_an_admission_makes_the_operators_known():
    (known,) = hear(None, admitted(OWN, "another"))
    assert known == Reference(f"accompaniment/{OPERATED}", {"territory_id": JURA, "operators": ["another", OWN]})


def test_operators_come_and_go():
    before = {"territory_id": JURA, "operators": ["another"]}
    (known,) = hear(before, operating())
    assert known.body["operators"] == ["another", OWN]
    (known,) = hear(known.body, operating("another"), "ideation.OperatorReleased.v1")
    assert known.body["operators"] == [OWN]


def test_hearing_again_changes_nothing():
    (once,) = hear(None, admitted(OWN))
    assert hear(once.body, admitted(OWN)) == [once]
