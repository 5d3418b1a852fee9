"""What one member records in ten years on its territories, by chance but the same each time: dated events."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

FIRST: Final = date(2016, 1, 1).toordinal()
DAYS: Final = 3650
# Of each kind per accompaniment: what a well documented territory would leave behind.
ACTORS, INTERVIEWS, WORKSHOPS, NEEDS, IDEAS, PROJECTS = 75, 24, 12, 20, 26, 8


@dataclass(frozen=True, slots=True)
class Happening:
    """One event to be: of which service, on which day, which type, of which stream, with which data."""

    service: str
    day: int
    kind: str
    subject: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happens, and the chance it depends on."""

    chance: Random
    territory: str
    accompaniment: str
    member: str

    def id(self) -> str:
        """A new identifier."""
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def day(self, after: int = FIRST, within: int = DAYS) -> int:
        """A day, not beyond the ten years."""
        return min(after + self.chance.randrange(within), FIRST + DAYS)

    def happens(self, service: str, day: int, kind: str, subject: str, /, **data: Any) -> Happening:
        """An event with the fields that every event has."""
        common = {
            "accompaniment_id": self.accompaniment,
            "confidentiality": "partners",
            "evidence": [],
            "language": "fr",
            "territory_ids": [self.territory],
        }
        return Happening(service, day, f"{service}.{kind}.v1", subject, common | data)


def life(place: Place) -> Iterator[Happening]:
    """All that is recorded under one accompaniment of one territory: about 420 events."""
    yield from _gatherings(place)
    for _ in range(NEEDS):
        yield from _need(place)
    for _ in range(IDEAS):
        yield from _idea(place)
    for _ in range(PROJECTS):
        yield from _project(place)


def _gatherings(at: Place) -> Iterator[Happening]:
    met: list[tuple[int, str, str]] = []
    for _ in range(INTERVIEWS):
        name, day = at.id(), at.day()
        met.append((day, "interview", name))
        yield at.happens(
            "ideation",
            day,
            "InterviewHeld",
            f"interview/{name}",
            interview_id=name,
            form="bilateral",
            title="Un entretien au village",
        )
    for _ in range(WORKSHOPS):
        name, day = at.id(), at.day()
        met.append((day, "workshop", name))
        yield at.happens(
            "ideation",
            day,
            "WorkshopHeld",
            f"workshop/{name}",
            workshop_id=name,
            title="Un atelier sur les besoins du territoire",
            format="creative",
            themes=["local_food"],
            outputs=["Une piste", "Une autre piste"],
            place="Salle des fêtes",
        )
        count = {"value": at.chance.randrange(5, 80), "precision": "approx"}
        yield at.happens(
            "ideation",
            day,
            "HeadcountDeclared",
            f"workshop/{name}",
            activity={"kind": "workshop", "id": name},
            headcount=count,
            identified=at.chance.randrange(5),
        )
    for _ in range(ACTORS):
        yield from _actor(at, met)


def _actor(at: Place, met: list[tuple[int, str, str]]) -> Iterator[Happening]:
    actor, gatherings = at.id(), sorted(at.chance.choices(met, k=at.chance.choice((1, 1, 1, 2, 2, 3, 4))))
    yield at.happens(
        "ideation",
        gatherings[0][0],
        "ActorRegistered",
        f"actor/{actor}",
        actor_id=actor,
        kind=at.chance.choice(("person", "person", "organisation")),
        category="producer",
        consent="given",
    )
    for day, kind, name in gatherings:
        yield at.happens(
            "ideation",
            day,
            "ParticipationRecorded",
            f"{kind}/{name}",
            actor_id=actor,
            activity={"kind": kind, "id": name},
            capacity="contributor",
        )


def _need(at: Place) -> Iterator[Happening]:
    need, day = at.id(), at.day()
    yield at.happens(
        "ideation",
        day,
        "NeedRecorded",
        f"need/{need}",
        need_id=need,
        text="Il manque un lieu où préparer les légumes",
        themes=["local_food"],
        concerned=["schools"],
        unconventional=False,
    )
    if at.chance.random() < 0.7:
        size = {"value": at.chance.randrange(1000), "precision": "approx"}
        yield at.happens(
            "ideation",
            at.day(day, 200),
            "NeedCharacterised",
            f"need/{need}",
            need_id=need,
            size=size,
            current_answer="Ils viennent de loin",
            gap="Aucun atelier",
            unmet=True,
        )


def _idea(at: Place) -> Iterator[Happening]:
    idea, day = at.id(), at.day()
    yield at.happens(
        "ideation",
        day,
        "IdeaProposed",
        f"idea/{idea}",
        idea_id=idea,
        title=f"Une légumerie partagée {idea[:4]}",
        needs=[],
        resources=[],
        themes=["local_food"],
        provenance="workshop",
        description="Un atelier où les fermes préparent leurs légumes.",
    )
    if at.chance.random() < 0.3:
        reason = "Plusieurs fermes sont prêtes"
        yield at.happens("ideation", at.day(day, 200), "IdeaShortlisted", f"idea/{idea}", idea_id=idea, reason=reason)


def _project(at: Place) -> Iterator[Happening]:
    project, opened = at.id(), at.day()
    subject = f"project/{project}"

    def step(day: int, kind: str, /, **data: Any) -> Happening:
        return at.happens("projects", day, kind, subject, project_id=project, **data)

    yield step(
        opened,
        "ProjectOpened",
        accompaniment_ids=[at.accompaniment],
        idea_ids=[],
        title=f"Légumerie {project[:4]}",
        nature="creation",
        origin_kind="idea",
        member_id=at.member,
    )
    yield step(at.day(opened, 90), "ProjectHolderIdentified", project_holder=f"holder-{project[:6]}")
    qualified = at.day(opened, 300)
    criteria = {"model": True, "partners": True, "project_holder": True, "study": True}
    yield step(qualified, "ProjectQualified", criteria=criteria, body="Comité de pilotage")
    yield step(at.day(qualified, 100), "LaunchPhaseOpened", decision="CP-3")
    if at.chance.random() < 0.15:
        yield step(at.day(qualified, 400), "ProjectAbandoned", reason="no_funding")
    elif at.chance.random() < 0.7:
        yield from _activity(at, project, at.day(qualified, 500))


def _activity(at: Place, project: str, started: int) -> Iterator[Happening]:
    activity = at.id()
    of = {"activity_id": activity, "project_id": project}
    yield at.happens(
        "projects", started, "ActivityStarted", f"activity/{activity}", kind="permanent", insee="39999", **of
    )
    for _ in range(at.chance.randrange(2, 16)):
        job, begins = at.id(), at.day(started, 700)
        yield at.happens(
            "projects",
            begins,
            "JobCreated",
            f"job/{job}",
            job_id=job,
            employer="Association Légumes",
            position="Préparation",
            contract="open_ended",
            weekly_hours=at.chance.choice(("35", "28", "17.5")),
            reference_hours="35",
            insertion=False,
            attribution=[],
            starts=(date.fromordinal(begins) + timedelta(days=3)).isoformat(),
            **of,
        )
        if at.chance.random() < 0.35:
            yield at.happens(
                "projects", at.day(begins, 600), "JobEnded", f"job/{job}", job_id=job, reason="end_of_term", **of
            )
