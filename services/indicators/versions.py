"""Versions of the read side: which one is meant, and that only the rules that began one write it."""

from typing import Any

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


async def claim(connection: Any, version: int, holder: str, silent: float, take_over: bool) -> int | None:
    """Takes the version for its one reader: its new epoch; None while another reader of it lives.

    Raises OtherRules.
    """
    await check(connection, version)
    epoch: int | None = await connection.fetchval(
        "update projection set epoch = epoch + 1, holder = $2, beat = clock_timestamp(), rules = $5 "
        "where version = $1 and (batch = 0 or rules is null or rules = $5) "
        "and ($3 or beat < clock_timestamp() - make_interval(secs => $4)) returning epoch",
        version,
        holder,
        take_over,
        silent,
        digest(),
    )
    return epoch
