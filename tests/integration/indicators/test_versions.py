"""A version of the figures is written by the rules that began it, and by no others."""

import asyncio
import sys

import pytest

from services.indicators import care
from services.indicators.rebuild import activate, rebuild
from services.indicators.rules_digest import digest
from services.indicators.service import Figures
from services.indicators.settings import Settings
from services.indicators.versions import OtherRules
from tests.integration.indicators.conftest import Hand, ReadSide


async def _written_by_others(side: ReadSide) -> Hand:
    """Version 1 holds an idea, counted by other rules than those of this program."""
    hand = await side.member()
    async with side.reading() as reader:
        await hand.idea()
        await side.read(hand)
    await reader.release()
    await side.pool.execute("update projection set rules = 'others' where version = 1")
    return hand


async def test_the_version_carries_the_digest_of_the_rules_that_write_it(side: ReadSide) -> None:
    async with side.reading():
        assert await side.pool.fetchval("select rules from projection where version = 1") == digest()


async def test_a_reader_of_other_rules_refuses_the_version_and_names_what_builds_the_next(side: ReadSide) -> None:
    await _written_by_others(side)
    with pytest.raises(OtherRules, match=r"`python -m services\.indicators --version 2 rebuild`"):
        await side.reader()
    with pytest.raises(OtherRules):
        await asyncio.wait_for(Figures(side.settings).run(), 30)
    assert await side.pool.fetchval("select rules from projection where version = 1") == "others"


async def test_a_standby_of_other_rules_does_not_wait(side: ReadSide) -> None:
    await _written_by_others(side)
    await side.pool.execute("update projection set beat = clock_timestamp() where version = 1")
    with pytest.raises(OtherRules):
        await asyncio.wait_for(side.reader(take_over=False), 2)


async def test_parked_records_are_not_counted_by_other_rules(side: ReadSide) -> None:
    hand = await _written_by_others(side)
    before = await side.pool.fetchval("select batch from projection where version = 1")
    async with side.pool.acquire() as connection:
        with pytest.raises(OtherRules):
            await care.replay_parked(connection, 1, side.settings.coordinator)
    assert await side.pool.fetchval("select batch from projection where version = 1") == before
    assert await side.figure("ideas_identified", f"member/{hand.member}") == 1


async def test_the_next_version_is_built_beside_it_and_is_then_the_one_that_is_read(side: ReadSide) -> None:
    hand = await _written_by_others(side)
    with pytest.raises(OtherRules):
        await rebuild(side.pool, side.settings)
    await rebuild(side.pool, side.settings.model_copy(update={"version": 2}))
    assert await side.pool.fetchval("select version from api.state()") == 1
    async with side.pool.acquire() as connection:
        await activate(connection, 2)
    running = asyncio.create_task(Figures(side.settings).run())
    try:
        await hand.idea()

        async def counted() -> bool:
            return await side.figure("ideas_identified") == 2

        await side.until(counted)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_version_in_which_nothing_stands_yet_may_be_begun_by_any_rules(side: ReadSide) -> None:
    await side.pool.execute("select add_version(1)")
    await side.pool.execute("update projection set rules = 'others' where version = 1")
    reader = await side.reader()
    await reader.stop()
    assert await side.pool.fetchval("select rules from projection where version = 1") == digest()


async def _process(settings: Settings, *words: str) -> tuple[int | None, str]:
    env = {
        "GENERATEUR_FIGURES_DSN": settings.figures_dsn.get_secret_value(),
        "GENERATEUR_KAFKA": settings.kafka,
        "GENERATEUR_COORDINATOR": settings.coordinator,
        "GENERATEUR_ROOT_KEY": str(settings.root_key),
        "PYTHONPATH": ":".join(sys.path),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.indicators", *words, env=env, stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, said.decode()


@pytest.mark.parametrize("words", [(), ("rebuild",), ("parked", "--replay")])
async def test_the_process_ends_with_one_clear_sentence(side: ReadSide, words: tuple[str, ...]) -> None:
    await _written_by_others(side)
    code, said = await _process(side.settings, *words)
    assert code == 65
    (sentence,) = [line for line in said.splitlines() if line.startswith("Version 1 of the figures was written by")]
    assert sentence.endswith("--version 2 activate`.")
    assert "Traceback" not in said
