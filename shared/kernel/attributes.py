"""The form of a record's attributes: docs/record.md, "What is wrong with a record". One answer for every reader.

Attributes that the chain rests on are not judged here: if they do not fit, the producer is stopped.
"""

from typing import Final

from shared.kernel import bounds
from shared.kernel.dates import PRECISIONS
from shared.kernel.record import Attributes

CODE: Final = "attribute.contract"
CONTENT_TYPE: Final = "application/json"
SCHEMA: Final = "urn:generateur:schema:"
ORIGINS: Final = ("live", "import", "legacy")
ROLES: Final = ("AD", "CO", "ME", "TR", "AC", "PH", "RE", "FU", "AU", "SV")
FORMS: Final = {
    "actor": bounds.plain(bounds.ACTOR),
    "causationid": bounds.UUID,
    "commandid": bounds.UUID,
    "correlationid": bounds.UUID,
    "id": bounds.UUID7,
    "subject": bounds.plain(bounds.SUBJECT, 3),
    "time": bounds.TIME,
}
WORDS: Final = {
    "datacontenttype": (CONTENT_TYPE,),
    "occurredprecision": PRECISIONS,
    "origin": ORIGINS,
    "role": ROLES,
}
_FITS: Final = {name: bounds.whole(form) for name, form in FORMS.items()}
# What differs from record to record, at one look: all but the last have a length of their own.
_CLOCK: Final = bounds.TIME.removeprefix(bounds.DAY)
_OWN: Final = bounds.whole(bounds.UUID7 + bounds.UUID + _CLOCK + FORMS["subject"])
_IS_UUID: Final = bounds.whole(bounds.UUID)
_IS_ACTOR: Final = _FITS["actor"]
_ORIGINS: Final = frozenset(ORIGINS)
_ROLES: Final = frozenset(ROLES)
_PRECISIONS: Final = frozenset(PRECISIONS)


def fault(a: Attributes) -> str | None:
    """Which attribute does not have its form; None if they all do."""
    command = a.commandid
    if (
        a.origin in _ORIGINS
        and a.role in _ROLES
        and a.occurredprecision in _PRECISIONS
        and a.datacontenttype == CONTENT_TYPE
        and _IS_ACTOR(a.actor)
        and _OWN(a.id + command + a.time[10:] + a.subject)
        and bounds.is_day(a.time[:10])
        and bounds.is_day(a.occurredon)
        and (command == a.causationid or _IS_UUID(a.causationid))
        and (command == a.correlationid or _IS_UUID(a.correlationid))
        and a.dataschema == SCHEMA + a.type
    ):
        return None
    return _first(a)


def _first(a: Attributes) -> str:
    for name, words in WORDS.items():
        if getattr(a, name) not in words:
            return name
    for name, fits in _FITS.items():
        if not fits(getattr(a, name)):
            return name
    if not bounds.is_day(a.occurredon):
        return "occurredon"
    return "dataschema" if bounds.is_day(a.time[:10]) else "time"
