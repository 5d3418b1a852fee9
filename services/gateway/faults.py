"""What a request may be answered instead of data: a closed list of codes, their HTTP status and their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Known:
    """One code: its HTTP status when the whole request is refused, and its message in two languages."""

    status: int
    en: str
    fr: str


CODES: Final[dict[str, Known]] = {
    "input.malformed": Known(400, "The request is not well-formed JSON.", "La requête n'est pas du JSON bien formé."),
    "input.invalid": Known(400, "A value is not of the expected form.", "Une valeur n'a pas la forme attendue."),
    "input.too_large": Known(413, "The request is too large.", "La requête est trop grande."),
    "request.method": Known(405, "This method is not allowed here.", "Cette méthode n'est pas permise ici."),
    "request.media_type": Known(415, "Send application/json in UTF-8.", "Envoyez application/json en UTF-8."),
    "request.not_acceptable": Known(406, "No acceptable media type is offered.", "Aucun format acceptable."),
    "request.not_found": Known(404, "There is nothing at this address.", "Il n'y a rien à cette adresse."),
    "document.syntax": Known(400, "The document cannot be parsed.", "Le document ne peut être lu."),
    "document.invalid": Known(400, "The document does not fit the schema.", "Le document ne suit pas le schéma."),
    "document.too_long": Known(400, "The document has too many tokens.", "Le document a trop de mots."),
    "document.too_deep": Known(400, "The document nests too deeply.", "Le document est trop imbriqué."),
    "document.too_many_aliases": Known(400, "The document has too many aliases.", "Le document a trop d'alias."),
    "document.too_many_fields": Known(400, "The document has too many fields.", "Le document a trop de champs."),
    "document.too_many_roots": Known(400, "Too many root fields.", "Trop de champs à la racine."),
    "document.too_costly": Known(400, "This operation costs too much.", "Cette opération coûte trop cher."),
    "operation.unknown": Known(400, "The operation to run is not known.", "L'opération demandée est inconnue."),
    "operation.not_by_get": Known(405, "Only queries may be sent by GET.", "Seules les lectures passent par GET."),
    "operation.needs_stream": Known(400, "Subscriptions need SSE or a WebSocket.", "Un abonnement passe par SSE."),
    "variables.invalid": Known(400, "The variables do not fit.", "Les variables ne conviennent pas."),
    "token.missing": Known(401, "This needs a token.", "Il faut un jeton."),
    "token.invalid": Known(401, "This token is not valid, or no longer.", "Ce jeton n'est pas ou plus valable."),
    "token.expired": Known(401, "This token has expired: get a new one.", "Ce jeton a expiré : obtenez-en un nouveau."),
    "role.forbidden": Known(403, "This role may not do this.", "Ce rôle ne le permet pas."),
    "page.invalid": Known(400, "`first` lies between 1 and 100.", "`first` est entre 1 et 100."),
    "cursor.invalid": Known(400, "This cursor is not from this list.", "Ce curseur n'est pas de cette liste."),
    "id.invalid": Known(400, "This is not an id.", "Ceci n'est pas un identifiant."),
    "territory.unknown": Known(404, "There is no such territory.", "Ce territoire n'existe pas."),
    "member.unknown": Known(404, "There is no such member.", "Ce membre n'existe pas."),
    "date.invalid": Known(400, "This date does not fit.", "Cette date ne convient pas."),
    "position.invalid": Known(400, "This is not a position.", "Ceci n'est pas une position."),
    "position.not_yet": Known(503, "The figures have not reached this yet.", "Les chiffres n'en sont pas encore là."),
    "operations.too_many": Known(429, "Too many operations at once here.", "Trop d'opérations à la fois ici."),
    "requests.too_many": Known(
        429,
        "Too many requests of yours are under way: try again in a moment.",
        "Trop de vos demandes sont en cours : réessayez dans un instant.",
    ),
    "listeners.too_many": Known(429, "Too many listeners.", "Trop d'auditeurs."),
    "service.unavailable": Known(503, "A part does not answer now; try again.", "Un composant ne répond pas."),
    "service.busy": Known(
        503,
        "This member's services have too much to do now: nothing was sent, try again in a moment.",
        "Les services de ce membre sont trop chargés : rien n'a été envoyé, réessayez dans un instant.",
    ),
    "internal": Known(500, "Something failed here; it was noted.", "Une erreur interne s'est produite et a été notée."),
}


class Fault(Exception):
    """A request, or one root field of it, is refused with a code of `CODES`; `detail` is said after the message."""

    def __init__(self, code: str, path: Sequence[str] = (), detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.path = tuple(path)
        self.detail = detail

    @property
    def status(self) -> int:
        """The HTTP status when the whole request is refused."""
        return CODES[self.code].status

    def message(self, lang: str) -> str:
        """The words for a person, in `fr` or `en`."""
        return said(self.code, lang) + (f" ({self.detail})" if self.detail else "")


class NotPersisted(Fault):
    """Only a document's hash was sent. Clients go by these very words, whatever the language, and send it in full."""

    def __init__(self) -> None:
        super().__init__("PERSISTED_QUERY_NOT_SUPPORTED")

    @property
    def status(self) -> int:
        """As that of any document that cannot be run."""
        return 400

    def message(self, lang: str) -> str:
        """The words that clients look for."""
        return "PersistedQueryNotSupported"


def said(code: str, lang: str) -> str:
    """The message of a code in `fr` or `en`."""
    known = CODES[code]
    return known.fr if lang == "fr" else known.en
