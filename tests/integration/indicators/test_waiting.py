"""A server that refuses for a while is waited for, and it is said; nobody's process ends."""

import logging

import pytest

from services.indicators.service import Figures
from tests.databases import copied
from tests.integration.indicators.conftest import ReadSide

FULL = """create function full_disk() returns trigger language plpgsql as
$$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$"""
REFUSALS = {
    "read only": (
        ["alter database {name} set default_transaction_read_only = on"],
        ["alter database {name} reset default_transaction_read_only"],
        "ReadOnlySQLTransactionError",
    ),
    "too many": (
        ["alter database {name} connection limit 0"],
        ["alter database {name} connection limit -1"],
        "TooManyConnectionsError",
    ),
    "full": (
        [FULL, "create trigger full_disk before insert on batch execute function full_disk()"],
        ["drop trigger full_disk on batch"],
        "DiskFullError",
    ),
    "removed": (
        ["alter database {name} rename to {name}_away"],
        ["alter database {name}_away rename to {name}"],
        "InvalidCatalogNameError",
    ),
}


async def _counted(side: ReadSide, wanted: int) -> None:
    async def there() -> bool:
        return await side.figure("ideas_identified") == wanted

    await side.until(there)


async def _waits(side: ReadSide, figures: Figures, why: str) -> None:
    async def is_so() -> bool:
        return str(figures.status().get("for") or "").startswith(why)

    await side.until(is_so)


async def _active(side: ReadSide, figures: Figures) -> None:
    async def is_so() -> bool:
        return bool(figures.status()["status"] == "active")

    await side.until(is_so)


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_database_that_refuses_is_waited_for(
    side: ReadSide, refusal: str, caplog: pytest.LogCaptureFixture
) -> None:
    begin, end, why = REFUSALS[refusal]
    inside = refusal == "full"
    hand = await side.member()
    await hand.idea()
    async with side.figures() as figures:
        await _counted(side, 1)
        await side.until_complete()
        with caplog.at_level(logging.WARNING, "indicators"):
            cut = [] if inside else [side.cut]
            named = [statement.format(name=side.name) if not inside else statement for statement in begin]
            await side.admin(*(cut if refusal == "removed" else []), *named, *cut, inside=inside)
            await hand.idea()
            await _waits(side, figures, why)
            assert figures.status()["status"] == "waiting"
            named = [statement.format(name=side.name) if not inside else statement for statement in end]
            await side.admin(*named, inside=inside)
            await _counted(side, 2)
            await _active(side, figures)
            await side.until_complete()
    said = [one.getMessage() for one in caplog.records if why in one.getMessage()]
    assert len(said) == 1, said


async def test_a_read_side_put_back_from_a_backup_goes_on_from_where_that_stood(side: ReadSide) -> None:
    hand = await side.member()
    for _ in range(3):
        await hand.idea()
    name = side.name
    async with side.figures():
        await _counted(side, 3)
    await copied(side.admin_dsn, name, f"{name}_backup")
    async with side.figures():
        for _ in range(4):
            await hand.idea()
        await _counted(side, 7)
        await copied(side.admin_dsn, f"{name}_backup", name, "indicators_writer", "gateway_reader")
        await _counted(side, 7)
        await hand.idea()
        await _counted(side, 8)
        await side.until_complete()
    assert await side.stopped(hand) is None
