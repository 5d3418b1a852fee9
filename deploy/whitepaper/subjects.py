"""The 22 accompanied subjects: their registration, their admission, and who records what happens in each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from deploy.whitepaper.facts import Facts, case
from deploy.whitepaper.planned import PAPER, Planned, When, ident

COORDINATOR_ROLES: Final = ("CO",)
# An administrator's role beside the adviser's: only such a person may record what happened before the tool.
OPERATOR_ROLES: Final = ("AD", "ME")
PROJECTS: Final = frozenset(
    {
        "OpenProject",
        "StartPilot",
        "StartActivity",
        "DeclareProjectNearing",
        "DeclareProjectBatch",
        "DeclareJobBatch",
    }
)
COMMON: Final = {"confidentiality": "public", "language": "fr"}


@dataclass(frozen=True, slots=True)
class Subject:
    """Where a case's facts are recorded: its territory and accompaniment, by which member, and by when."""

    territory: str
    member: str
    roles: tuple[str, ...]
    operator: str | None
    when: When
    admitted: When

    @property
    def accompaniment(self) -> str:
        """The id of the one accompaniment of this subject that the paper tells of."""
        return ident(f"accompaniment/{self.territory}")

    @property
    def admission(self) -> str:
        """The key of the admission, which every other fact of the subject needs."""
        return f"{self.territory}/admitted"

    def fact(
        self,
        command: str,
        key: str,
        given: Mapping[str, Any],
        after: tuple[str, ...] = (),
        when: When | None = None,
    ) -> Planned:
        """A command about this subject; `key` and `after` are names within it."""
        return Planned(
            key=f"{self.territory}/{key}",
            member=self.member,
            service=service_of(command),
            roles=self.roles,
            command=command,
            input={**COMMON, "territory_ids": [self.territory], "accompaniment_id": self.accompaniment, **given},
            when=when or self.when,
            after=(self.admission, *(f"{self.territory}/{one}" for one in after)),
        )


def service_of(command: str) -> str:
    """Which of a member's two services decides a command of the plan."""
    return "projects" if command in PROJECTS else "ideation"


def subjects(facts: Facts) -> dict[int, Subject]:
    """Each of the 22 subjects by its number in the paper's list."""
    coordinator = facts["collective"]["coordinator"]
    cases = {one["territory"]: one for one in facts["cases"]}
    found = {}
    for entry in facts["territories"]:
        sheet = cases.get(entry["n"], {})
        operator = sheet.get("operator")
        since = When(date(sheet["since"], 12, 31), "year") if "since" in sheet else None
        when = _bound(facts) if sheet.get("id") == "haut-jura" else PAPER
        found[entry["n"]] = Subject(
            territory=entry["codes"]["id"],
            member=operator or coordinator,
            roles=OPERATOR_ROLES if operator else COORDINATOR_ROLES,
            operator=operator,
            when=when,
            admitted=since or when,
        )
    return found


def pilot_month(facts: Facts) -> When:
    """The month in which the test phase of the Haut-Jura began."""
    states = (one for one in case(facts, "haut-jura")["facts"] if "date" in one)
    year, month = next(states)["date"].split("-")
    return When(date(int(year), int(month), 1), "month")


def _bound(facts: Facts) -> When:
    """What came before a dated pilot happened at the latest by the end of the pilot's month."""
    return When(pilot_month(facts).latest, "at_latest")


def admissions(facts: Facts) -> Iterator[Planned]:
    """Each subject registered, then admitted, by the coordinator."""
    coordinator = facts["collective"]["coordinator"]
    known = subjects(facts)
    for entry in facts["territories"]:
        subject = known[entry["n"]]
        register = f"{subject.territory}/registered"
        yield Planned(
            key=register,
            member=coordinator,
            service="ideation",
            roles=COORDINATOR_ROLES,
            command="RegisterTerritory",
            input={**COMMON, **_registration(entry)},
            when=subject.admitted,
        )
        operators = [{"member_id": subject.operator, "role": "lead"}] if subject.operator else []
        yield Planned(
            key=subject.admission,
            member=coordinator,
            service="ideation",
            roles=COORDINATOR_ROLES,
            command="AdmitTerritory",
            input={
                **COMMON,
                "accompaniment_id": subject.accompaniment,
                "territory_id": subject.territory,
                "operators": operators,
            },
            when=subject.admitted,
            after=(register, *((f"member/{subject.operator}",) if subject.operator else ())),
        )


def _registration(entry: Facts) -> dict[str, Any]:
    codes = entry["codes"]
    notes = [f"Dans le livre blanc, n° {entry['n']} : {entry['name']}."]
    notes += [codes["note"]] if "note" in codes else []
    given = {"territory_id": codes["id"], "note": " ".join(notes)}
    wanted = ("kind", "name", "siren", "insee", "cog_vintage", "population", "epci_links")
    return {**given, **{name: codes[name] for name in wanted if name in codes}}
