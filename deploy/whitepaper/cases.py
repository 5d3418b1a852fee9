"""What the seven sheets of the paper state, as commands. Numbers come from the facts; the words are ours.

Only what a command of this release can say is here: `docs/whitepaper.md` lists what waits for later events.
"""

from collections.abc import Iterator
from typing import Any

from deploy.whitepaper.facts import Facts, case, stated
from deploy.whitepaper.planned import Planned, ident
from deploy.whitepaper.subjects import Subject, pilot_month, subjects

SOURCE = "Livre blanc du Générateur Bourgogne Franche-Comté, 2019"


def cases(facts: Facts) -> Iterator[Planned]:
    """Every command of the seven cases."""
    known = subjects(facts)
    sheets = {
        "montbeliard": _montbeliard,
        "chenove": _chenove,
        "bresse-haute-seille": _bresse,
        "haut-jura": _haut_jura,
        "canal-nivernais": _canal,
        "creusot-montceau": _creusot,
        "aillantais": _aillantais,
    }
    for name, told in sheets.items():
        sheet = case(facts, name)
        yield from told(known[sheet["territory"]], sheet, facts)


def quantity(value: int, precision: str = "exact") -> dict[str, Any]:
    """A number and how sure the paper is of it."""
    return {"value": value, "precision": precision}


def _project(subject: Subject, name: str, title: str, nature: str, **more: Any) -> Planned:
    """A project that the paper shows running, without saying which body chose it: opened, not selected."""
    return subject.fact(
        "OpenProject",
        f"project/{name}",
        {
            "project_id": ident(f"project/{subject.territory}/{name}"),
            "accompaniment_ids": [subject.accompaniment],
            "idea_ids": [],
            "title": title,
            "nature": nature,
            "origin_kind": "idea",
            "member_id": subject.member,
            **more,
        },
    )


def _of_project(subject: Subject, name: str) -> dict[str, str]:
    return {"project_id": ident(f"project/{subject.territory}/{name}")}


def _ideas_left(subject: Subject, count: int, precision: str, themes: list[str], source: str) -> Planned:
    """The ideas that the paper counts and does not describe."""
    return subject.fact(
        "DeclareIdeaBatch",
        "ideas",
        {
            "batch_id": ident(f"batch/ideas/{subject.territory}"),
            "count": quantity(count, precision),
            "themes": themes,
            "source": f"{SOURCE}, {source}",
        },
    )


def _chosen(subject: Subject, title: str, idea: dict[str, Any], why: str, body: str, project: str) -> Iterator[Planned]:
    """An idea proposed, worked on, then chosen by a body that the paper names: its project opens by itself."""
    idea_id = ident(f"idea/{subject.territory}/1")
    yield subject.fact("ProposeIdea", "idea/1", {"idea_id": idea_id, "title": title, **idea})
    yield subject.fact("ShortlistIdea", "idea/1/shortlisted", {"idea_id": idea_id, "reason": why}, ("idea/1",))
    yield subject.fact(
        "SelectIdea",
        "selected",
        {
            "idea_ids": [idea_id],
            "decision_body": body,
            "project_title": project,
            "project_id": ident(f"project/{subject.territory}/1"),
            "nature": "creation",
        },
        ("idea/1/shortlisted",),
    )


def _interview(subject: Subject, name: str, form: str, title: str) -> Planned:
    given = {"interview_id": ident(f"interview/{subject.territory}/{name}"), "form": form, "title": title}
    return subject.fact("RecordInterview", f"interview/{name}", {**given, "participants": []})


def _headcount(subject: Subject, name: str, fact: Facts) -> Planned:
    """How many persons took part in interviews, as the paper counts them: nobody is identified."""
    return subject.fact(
        "DeclareHeadcount",
        f"interview/{name}/headcount",
        {
            "activity": {"kind": "interview", "id": ident(f"interview/{subject.territory}/{name}")},
            "headcount": quantity(fact["interviews"], fact["precision"]),
            "identified": 0,
            "source": SOURCE,
        },
        (f"interview/{name}",),
    )


def _workshop(subject: Subject, name: str, title: str, form: str) -> Planned:
    given = {"workshop_id": ident(f"workshop/{subject.territory}/{name}"), "title": title, "format": form}
    return subject.fact("HoldWorkshop", f"workshop/{name}", given)


def _producers(subject: Subject, count: int) -> Iterator[Planned]:
    """Producers whom the paper counts one by one without naming them: each a person who took part in one gathering."""
    gathering = ident(f"gathering/{subject.territory}/producers")
    for number in range(1, count + 1):
        actor = ident(f"actor/{subject.territory}/producer/{number}")
        yield subject.fact(
            "RegisterActor",
            f"actor/{number}",
            {"actor_id": actor, "kind": "person", "category": "producer", "consent": "not_asked"},
        )
        yield subject.fact(
            "RecordParticipation",
            f"actor/{number}/participation",
            {
                "actor_id": actor,
                "activity": {"kind": "other", "id": gathering},
                "capacity": "contributor",
            },
            (f"actor/{number}",),
        )


def _montbeliard(subject: Subject, sheet: Facts, facts: Facts) -> Iterator[Planned]:
    leads = stated(sheet, "leads_identified")
    yield _ideas_left(subject, leads["leads_identified"], leads["precision"], ["culture"], "fiche de Montbéliard")
    yield _project(subject, "garage", "Garage solidaire", "creation")
    yield _project(subject, "recyclerie", "Recyclerie territoriale", "creation")
    yield _project(subject, "food", "Filière alimentaire locale", "creation")
    yield subject.fact(
        "StartActivity",
        "activity/garage",
        {**_of_project(subject, "garage"), "activity_id": ident("activity/montbeliard/garage"), "kind": "permanent"},
        ("project/garage",),
    )
    body = f"{facts['collective']['name']} (livre blanc)"
    nearing = {**_of_project(subject, "recyclerie"), "member_id": subject.member, "body": body, "remaining": []}
    yield subject.fact("DeclareProjectNearing", "nearing", nearing, ("project/recyclerie",))


def _chenove(subject: Subject, sheet: Facts, facts: Facts) -> Iterator[Planned]:
    yield _interview(subject, "resource-persons", "bilateral", "Série d’entretiens avec des personnes ressources")
    yield _headcount(subject, "resource-persons", stated(sheet, "interviews"))
    yield _interview(subject, "market", "market", "Rencontre des habitants au marché du dimanche")
    yield _interview(subject, "fair", "fair", "Rencontre des habitants au forum de l’emploi")
    titles = (
        "Parentalité et besoins",
        "Activités économiques locales et besoins",
        "Besoins économiques autour de la gestion des espaces communs",
    )
    for number, title in enumerate(titles[: stated(sheet, "workshops")["workshops"]], 1):
        yield _workshop(subject, str(number), title, "meeting")
    idea = {
        "description": "Petits travaux, courses, services à la personne et médiation en un lieu, avec un guichet "
        "unique pour l’activité et l’emploi.",
        "themes": ["services_to_people", "employment"],
        "provenance": "territory",
    }
    title, why = "Un tiers-lieu avec un bouquet de services", "Une des trois pistes travaillées."
    yield from _chosen(subject, title, idea, why, "Comité de pilotage", sheet["title"])
    left = stated(sheet, "leads_worked")["leads_worked"] - 1
    yield _ideas_left(subject, left, "exact", [], "fiche de Chenôve : pistes travaillées, sans celle qui est décrite")


def _bresse(subject: Subject, sheet: Facts, facts: Facts) -> Iterator[Planned]:
    need = {"need_id": ident("need/bresse-haute-seille/outlets")}
    text = "Les débouchés des étangs piscicoles sont hors du département et mal payés."
    told = {"text": text, "themes": ["local_food"], "concerned": ["producer"], "unconventional": False}
    yield subject.fact("RecordNeed", "need", {**need, **told, "source": SOURCE})
    gap = {
        "current_answer": "Vente hors du département, mal payée.",
        "gap": "Une demande locale existe et n’est pas servie.",
        "unmet": True,
    }
    yield subject.fact("CharacteriseNeed", "need/characterised", {**need, **gap}, ("need",))
    yield from _producers(subject, stated(sheet, "producers_still_active")["producers_still_active"])
    yield _project(subject, "1", f"{sheet['title']} : structurer une filière piscicole", "structuring")


def _haut_jura(subject: Subject, sheet: Facts, facts: Facts) -> Iterator[Planned]:
    school = {"kind": "organisation", "category": "school", "consent": "not_asked"}
    yield subject.fact("RegisterActor", "school", {**school, "actor_id": ident("actor/haut-jura/school")})
    yield _project(subject, "1", sheet["title"], "creation")
    hypothesis = "Une jeune entreprise d’application au sein d’un lycée, autour de l’optique et de la photonique."
    pilot = {**_of_project(subject, "1"), "hypothesis": hypothesis}
    yield subject.fact("StartPilot", "pilot", pilot, ("project/1",), pilot_month(facts))


def _canal(subject: Subject, sheet: Facts, facts: Facts) -> Iterator[Planned]:
    attempt = "Une tentative précédente a échoué."
    yield _project(subject, "1", sheet["title"], "creation", predecessor_attempt=attempt)


def _creusot(subject: Subject, sheet: Facts, facts: Facts) -> Iterator[Planned]:
    interviews = stated(sheet, "interviews")
    yield _interview(subject, "companies", interviews["form"], "Série d’entretiens bilatéraux")
    yield _headcount(subject, "companies", interviews)
    yield _interview(subject, "services", "service", "Services de la communauté urbaine en charge de la zone")
    sessions = stated(sheet, "creativity_sessions")
    yield _workshop(subject, "1", "Séances de créativité (plusieurs, sans que leur nombre soit dit)", "creative")
    idea = {
        "description": "À la gare à grande vitesse, au service des entreprises de la zone.",
        "themes": ["services_to_companies", "local_food"],
        "provenance": "workshop",
        "workshop": ident(f"workshop/{subject.territory}/1"),
    }
    title, why = "Un restaurant-bistro avec jardin maraîcher", "Un des trois projets issus des séances de créativité."
    yield from _chosen(subject, title, idea, why, "Élus de la communauté urbaine", sheet["title"])
    left = sessions["leading_to_projects"] - 1
    source = "fiche du Creusot-Montceau : projets issus de la créativité, sans celui qui est décrit"
    yield _ideas_left(subject, left, "exact", [], source)


def _aillantais(subject: Subject, sheet: Facts, facts: Facts) -> Iterator[Planned]:
    yield from _producers(subject, stated(sheet, "producers_convinced")["producers_convinced"])
    yield _project(subject, "1", sheet["title"], "creation")
    activity = {
        **_of_project(subject, "1"),
        "activity_id": ident("activity/aillantais/point-of-sale"),
        "kind": "periodic",
        "place": stated(sheet, "weekly_point_of_sale")["weekly_point_of_sale"],
    }
    yield subject.fact("StartActivity", "activity", activity, ("project/1",))
