"""What one story can say at chance: few things of each kind, whose ids all its members use alike."""

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from tests.audit.making import qty

PRECISIONS = ["day", "day", "day", "month", "quarter", "year", "at_latest"]
Payload = dict[str, Any]


class Chance:
    """The dice of one story, and the names of its things."""

    def __init__(self, number: int) -> None:
        self.dice = random.Random(number)
        self.number = number
        self._batches = 0

    def one(self, *choices: Any) -> Any:
        return self.dice.choice(choices)

    def often(self, share: float) -> bool:
        return self.dice.random() < share

    def named(self, name: str) -> str:
        """The id of a thing that is known in this story by a name."""
        return str(uuid5(UUID(int=self.number), name))

    def id(self, kind: str, choices: int = 2) -> str:
        """The id of one of the few things of a kind."""
        return self.named(f"{kind}{self.dice.randrange(choices)}")

    def batch_id(self) -> str:
        """A batch is declared once; another member's batch may have its id."""
        self._batches += 1
        return self.named(f"batch{self._batches // 2}")

    def day(self) -> str:
        return (date(2018, 1, 1) + timedelta(days=self.dice.randrange(1500))).isoformat()

    def precision(self) -> str:
        return str(self.dice.choice(PRECISIONS))

    def time(self) -> Payload:
        """Clocks decide nothing: some run wild, and some stand between two days of Paris."""
        if self.often(0.8):
            return {}
        return {"time": self.one("2019-12-31T23:30:00.000000Z", "2020-06-30T21:59:59.999999Z", self._moment())}

    def _moment(self) -> str:
        return f"{self.day()}T{self.dice.randrange(24):02}:00:00.000000Z"

    def places(self) -> list[str]:
        a, b = self.territory("a"), self.territory("b")
        return list(self.one([], [a], [a, b], [b]))

    def territory(self, side: str) -> str:
        return f"t{self.number}-{side}"

    def place(self) -> Payload:
        name = self.territory(self.one("a", "b"))
        return {"territory_id": name, "territory_ids": [name]}

    def accompaniment(self) -> Payload:
        """An accompaniment is of one territory."""
        place = self.place()
        return {**place, "accompaniment_id": self.named(f"{place['territory_id']}{self.dice.randrange(2)}")}

    def quantity(self) -> Payload:
        return qty(self.dice.randrange(6), self.one("exact", "approx", "at_least"))

    def always(self, name: str, *choices: Any) -> Any:
        """One of the choices, for this thing always the same."""
        return random.Random(name).choice(choices)
