"""Versions of the read side: which one is meant, and that only the rules that began one write it."""

from typing import Any, NamedTuple

from services.indicators.rules_digest import digest
from services.indicators.settings import Settings


class OtherRules(Exception):
    """A version was written by other rules than those of this program; `following` is the one to build."""

    def __init__(self, version: int, following: int) -> None:
        super().__init__(
            f"Version {version} of the figures was written by other rules than those of this program: build the next "
            f"beside it with `python -m services.indicators --version {following} rebuild`, then answer from it with "
            f"`python -m services.indicators --version {following} activate`."
        )
        self.following = following


async def meant(connection: Any, settings: Settings) -> int:
    """The version that was told; else the one that answers, or the first where none does yet."""
    if "version" in settings.model_fields_set:
        return settings.version
    return int(await connection.fetchval("select version from active") or settings.version)


async def check(connection: Any, version: int) -> None:
    """Raises OtherRules unless these rules may write the version: nobody has yet, or they have."""
    row = await connection.fetchrow(
        "select rules, batch, (select max(version) + 1 from projection) as following "
        "from projection where version = $1",
        version,
    )
    if row is not None and row["batch"] > 0 and row["rules"] not in (None, digest()):
        raise OtherRules(version, row["following"])


class Seat(NamedTuple):
    """What a version's row says of its reader. `beat` is its last sign of life, as a text that only is compared."""

    epoch: int
    holder: str | None
    beat: str
    free: bool


async def seat(connection: Any, version: int) -> Seat:
    """Who reads a version. Raises OtherRules."""
    await check(connection, version)
    row = await connection.fetchrow(
        "select epoch, holder, beat::text, beat = '-infinity' as free from projection where version = $1", version
    )
    return Seat(*row)


async def claim(connection: Any, version: int, holder: str, seen: Seat, take_over: bool) -> int | None:
    """Takes the version for its one reader: its new epoch; None if the one seen there has beaten meanwhile.

    Epochs grow by random steps: a copy of the database that is put back would give one number to two.
    """
    epoch: int | None = await connection.fetchval(
        "update projection set epoch = epoch + 1 + floor(random() * 1000000)::bigint, holder = $2, "
        # What the reader before has said of the topics' ends is its own word: this one has not seen them yet.
        "beat = clock_timestamp(), told = '-infinity', rules = $6 "
        "where version = $1 and (batch = 0 or rules is null or rules = $6) "
        "and ($3 or (epoch = $4 and beat::text = $5)) returning epoch",
        version,
        holder,
        take_over,
        seen.epoch,
        seen.beat,
        digest(),
    )
    return epoch
