"""The refusals of corrections and voids, each with its words."""

from shared.kernel.refusals import Refused

_TARGET = ("target",)


def unknown() -> Refused:
    """There is no such record here."""
    return Refused(
        "amendment.unknown", "There is no such record here.", "Cet enregistrement n'existe pas ici.", _TARGET
    )


def foreign() -> Refused:
    """The record is another member's."""
    return Refused(
        "amendment.foreign",
        "Only the coordinator amends another member's records.",
        "Seule la coordination corrige les enregistrements d'un autre membre.",
        ("target", "source"),
    )


def other_service() -> Refused:
    """The record is another service's."""
    return Refused(
        "amendment.service",
        "A record is amended by the service that recorded it.",
        "Un enregistrement se corrige dans le service qui l'a enregistré.",
        ("target", "source"),
    )


def target() -> Refused:
    """The record is of a kind that is never amended."""
    return Refused(
        "amendment.target",
        "Corrections, voids and keys are not amended: correct the original again.",
        "Une correction, une annulation ou une clé ne se corrige pas : corrigez à nouveau l'original.",
        _TARGET,
    )


def voided() -> Refused:
    """The record was voided, or went with one that was."""
    return Refused(
        "amendment.voided",
        "This record was voided: record it anew.",
        "Cet enregistrement a été annulé : enregistrez à nouveau.",
        _TARGET,
    )


def not_author() -> Refused:
    """Who asks did not record it."""
    return Refused(
        "amendment.not_author",
        "Only its author, an administrator of the member or the coordinator amends a record.",
        "Seuls son auteur, un administrateur du membre ou la coordination corrigent un enregistrement.",
        _TARGET,
    )


def late(days: int) -> Refused:
    """The author's days are over."""
    return Refused(
        "amendment.late",
        f"Its author amends a record within {days} days; then an administrator of the member or the coordinator does.",
        f"L'auteur corrige dans les {days} jours ; ensuite, un administrateur du membre ou la coordination.",
        _TARGET,
    )


def too_many() -> Refused:
    """A void would name more objects than a record holds."""
    return Refused(
        "amendment.too_many",
        "Too many objects hang on this record: void those records first.",
        "Trop d'objets dépendent de cet enregistrement : annulez d'abord ceux-là.",
        _TARGET,
    )


def other_command(name: str) -> Refused:
    """The changes are given under another command's name."""
    return Refused(
        "correction.other_command",
        f"This record is corrected with the fields of {name}.",
        f"Cet enregistrement se corrige avec les champs de {name}.",
        ("changes",),
    )


def unknown_field(path: tuple[str, ...]) -> Refused:
    """A field that this record does not have."""
    return Refused(
        "input.unknown_field", f"Unknown field: {'.'.join(path)}.", f"Champ inconnu : {'.'.join(path)}.", path
    )


def moves() -> Refused:
    """The corrected record would be about other objects."""
    return Refused(
        "correction.moves_entity",
        "A correction stays with the objects of its original: void it and record it anew.",
        "Une correction reste sur les objets de l'original : annulez-le et enregistrez à nouveau.",
        ("changes",),
    )


def repeats() -> Refused:
    """The corrected record would say what an earlier one says."""
    return Refused(
        "correction.repeats",
        "Corrected like this it only repeats what was recorded before it: void it.",
        "Ainsi corrigé, il ne ferait que répéter ce qui fut enregistré avant lui : annulez-le.",
        ("changes",),
    )


def contradicts(kind: str, version: int, why: Refused) -> Refused:
    """A later record of the stream could then not have been decided."""
    name = kind.split(".")[1]
    return Refused(
        "correction.contradicts",
        f"{name}, recorded later (version {version}), could then not have been recorded: {why.en}",
        f"{name}, enregistré plus tard (version {version}), n'aurait alors pas pu l'être : {why.fr}",
        ("changes",),
    )
