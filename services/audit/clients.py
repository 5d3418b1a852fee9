"""How ordinary clients of the gateway ask: what they send along, and how their documents look.

The gateway must not be able to give an auditor other figures than it gives everybody: nothing in a request says who
asks. What is drawn comes from one seed, so that an audit can be repeated question by question.
"""

from collections.abc import Sequence
from hashlib import sha256
from random import Random
from typing import Final, TypeVar

Drawn = TypeVar("Drawn")

# As sent by a dashboard's own server (fetch of Node.js), by an application (Apollo Kotlin) and by a script (httpx).
# None of them names a page as its origin. Only what is decoded here is said to be accepted.
_HEADERS: Final[Sequence[Sequence[tuple[str, str]]]] = (
    (
        ("content-type", "application/json"),
        ("accept", "application/graphql-response+json, application/graphql+json, application/json"),
        ("accept-language", "*"),
        ("sec-fetch-mode", "cors"),
        ("user-agent", "node"),
        ("accept-encoding", "gzip, deflate"),
    ),
    (
        ("Accept", "application/graphql-response+json, application/json"),
        ("Content-Type", "application/json"),
        ("Accept-Encoding", "gzip"),
        ("User-Agent", "okhttp/4.12.0"),
    ),
    (
        ("Accept", "*/*"),
        ("Accept-Encoding", "gzip, deflate"),
        ("User-Agent", "python-httpx/0.28.1"),
        ("Content-Type", "application/json"),
    ),
)
_FORMS: Final = 2
_OPERATIONS: Final = ("Figures", "Dashboard", "Overview", "Home", "Chiffres", "TableauDeBord", "Accueil", "")
_LISTS: Final = ("List", "Explorer", "Browse", "Page", "Liste", "Annuaire", "")
_WORDS: Final = ("now", "here", "main", "left", "right", "top", "card", "row", "cell", "panel", "scope", "part", "tile")


class Dice:
    """What one audit draws: the kind of client it looks like, and the form of each of its questions."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.headers = self.random.choice(_HEADERS)

    def form(self, *what: str) -> "Dice":
        """Dice that always fall alike for one kind of question: a client has few documents, and asks them often.

        There are two forms of each.
        """
        named = "/".join((str(self.seed), *what, str(self.random.randrange(_FORMS))))
        return Dice(int.from_bytes(sha256(named.encode()).digest()[:8]))

    def mixed(self, these: Sequence[Drawn]) -> list[Drawn]:
        """All of them in another order."""
        return self.random.sample(these, len(these))

    def operation(self, lists: bool = False) -> str:
        """What the operation is called; often nothing."""
        return self.random.choice(_LISTS if lists else _OPERATIONS)

    def names(self, count: int, taken: Sequence[str] = ()) -> list[str]:
        """As many different names for fields or variables, none of those that are taken."""
        words = [f"{word}{number or ''}" for number in range(count // len(_WORDS) + 2) for word in _WORDS]
        return self.random.sample([word for word in words if word not in taken], count)

    def fields(self, *named: str) -> str:
        """A selection of these fields in some order; some clients ask for the type's name as well."""
        typed = ("__typename",) if self.random.random() < 0.5 else ()
        return "{ " + " ".join(self.mixed([*named, *typed])) + " }"
