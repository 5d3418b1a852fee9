"""A new version beside the old one, folded from the topics; one row switches from one to the other."""

from typing import Any

from services.indicators import catalogue
from services.indicators.reader import Reader
from services.indicators.settings import Settings
from shared.runtime import keyfiles
from shared.runtime.consume import Topics


async def rebuild(pool: Any, settings: Settings) -> int:
    """Folds every topic to its present end into `settings.version` and says how many facts there were.

    A version left half way is gone on with, by the rules that began it; drop it first to begin anew.
    Raises what the reader raises, OtherRules too.
    """
    await pool.execute("select add_version($1)", settings.version)
    async with pool.acquire() as connection, connection.transaction():
        numbers = await catalogue.store(connection)
    reader = Reader(settings, pool, numbers, keyfiles.public(settings.root_key))
    await reader.claim(take_over=True)
    await reader.start()
    try:
        await reader.run(until=await _ends(settings))
    finally:
        await reader.stop()
        await reader.release()
    return reader.progress.records


async def activate(connection: Any, version: int) -> None:
    """Answers come from this version from now on. Raises LookupError if it does not exist."""
    if not await connection.fetchval("select true from projection where version = $1", version):
        raise LookupError(f"there is no version {version}")
    async with connection.transaction():
        await connection.execute("update active set version = $1", version)
        await connection.execute("select pg_notify('figures', 'activate')")


async def _ends(settings: Settings) -> dict[str, int]:
    """The present end of each topic that a reader may hear to its end: those of producers with records."""
    topics = Topics(settings.kafka, "rebuild", ("ideation", "projects"))
    await topics.start()
    try:
        return {topic: end for topic, end in (await topics.ends_now(await topics.there())).items() if end}
    finally:
        await topics.stop()
