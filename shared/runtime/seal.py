"""The sealer: gives each committed event its place in the producer's chain, its digest and its signature."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any, Final, NamedTuple

import asyncpg
import orjson

from shared.kernel import canonical
from shared.kernel.keys import Signer
from shared.kernel.record import Record, join, seal
from shared.runtime.faults import point

BATCH: Final = 2000
_PARALLEL_FROM: Final = 128
# Greater than any epoch known here ($1), and never given twice: a restored store would give the same number again, to
# another.
_CLAIM: Final = """
update seal_state set epoch = greatest(epoch, $1::bigint) + 1 + floor(random() * 1099511627776)::bigint
returning epoch
"""
# What the append gives.
APPENDED: Final = frozenset(
    {"actor", "causationid", "commandid", "correlationid", "id"}
    | {"occurredon", "occurredprecision", "origin", "role", "time"}
)

# Whatever is visible is drained, not "id above the last": ids are taken before commit, and a late one would
# be passed over. `before` says whether the version before this one is sealed already.
_TAKE: Final = """
with taken as (
  delete from outbox where id = any (array (select id from outbox order by id limit $1))
  returning id, stream, version
)
select t.stream, t.version, e.type, e.attributes, e.data,
  t.version = 1 or exists (select 1 from record r where r.stream = t.stream and r.version = t.version - 1) as before
from taken t join event e on e.stream = t.stream and e.version = t.version
order by t.id
"""


class Fenced(Exception):
    """Another process has taken this one's place; this one must end."""


class WentBack(Exception):
    """The store is older than it was: it was restored meanwhile, and is to be compared with its topic first."""


class Disorder(RuntimeError):
    """A stream's versions do not follow: sealing on would publish them in disorder."""


class Unsealable(Exception):
    """An event that no service appended: nothing can be sealed before or over it. Only its own producer suffers."""

    def __init__(self, stream: str, version: int) -> None:
        super().__init__(f"version {version} of {stream} was not appended by a service: its attributes are none")
        self.stream = stream
        self.version = version


class Sealed(NamedTuple):
    """One row of `record`."""

    sequence: int
    stream: str
    version: int
    key: bytes
    bytes: bytes


class Sealer:
    """Seals one producer's outbox. `on_sealed` is told what was sealed, after the commit."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        source: str,
        signer: Signer,
        on_sealed: Callable[[Sequence[Sealed]], None] = lambda rows: None,
    ) -> None:
        self._pool = pool
        self._source = source
        self._signer = signer
        self._on_sealed = on_sealed
        self._epoch = 0
        self._head: tuple[int, str] | None = None
        # Signing releases the interpreter's lock: a second thread uses the second core.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="seal")

    async def claim(self) -> None:
        """Takes the producer's place at the sealer's row; an older sealer is fenced from now on."""
        self._epoch = await self._pool.fetchval(_CLAIM, self._epoch)
        self._head = None

    async def seal(self, limit: int = BATCH) -> int:
        """Seals up to `limit` waiting events in one transaction and says how many.

        Raises Fenced, WentBack, Disorder, Unsealable.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            rows, head = await self._seal_in(connection, limit)
            point("sealer.before_commit")
        self._head = head
        point("sealer.after_commit")
        if rows:
            self._on_sealed(rows)
        return len(rows)

    async def _seal_in(self, connection: Any, limit: int) -> tuple[list[Sealed], tuple[int, str]]:
        state = await connection.fetchrow("select epoch, sequence, digest from seal_state for update")
        head = (state["sequence"], state["digest"])
        if state["epoch"] < self._epoch or _before(head, self._head):
            raise WentBack(f"its store stands at {head[0]}, and stood at {self._head}")
        if state["epoch"] != self._epoch:
            raise Fenced(f"another sealer serves {self._source} (epoch {state['epoch']}, mine {self._epoch})")
        taken = await connection.fetch(_TAKE, limit)
        if not taken:
            return [], head
        point("sealer.taken")
        _check_versions(taken)
        signed, digest = self._compose(taken, state["sequence"], state["digest"])
        signatures = await self._sign(signed)
        rows = [
            Sealed(number, row["stream"], row["version"], row["stream"].encode(), join(part, row["data"], signature))
            for number, (row, part, signature) in enumerate(
                zip(taken, signed, signatures, strict=True), state["sequence"] + 1
            )
        ]
        await connection.copy_records_to_table("record", records=rows, columns=Sealed._fields)
        await connection.execute("update seal_state set sequence = $1, digest = $2", rows[-1].sequence, digest)
        return rows, (rows[-1].sequence, digest)

    def _compose(self, taken: Sequence[Any], sequence: int, digest: str) -> tuple[list[bytes], str]:
        signed = []
        constant = {"source": self._source, "specversion": "1.0", "datacontenttype": "application/json"}
        for row in taken:
            sequence += 1
            kind = row["type"]
            attributes = _appended_attributes(row)
            attributes.update(constant)
            attributes["type"] = kind
            attributes["dataschema"] = "urn:generateur:schema:" + kind
            attributes["subject"] = row["stream"]
            attributes["streamversion"] = row["version"]
            attributes["sequence"] = sequence
            attributes["prev"] = digest
            attributes["keyid"] = self._signer.keyid
            part = seal(attributes, row["data"])
            digest = sha256(part).hexdigest()
            signed.append(part)
        return signed, digest

    async def _sign(self, signed: list[bytes]) -> list[str]:
        loop = asyncio.get_running_loop()
        if len(signed) < _PARALLEL_FROM:
            return _sign_all(self._signer, signed)
        half = len(signed) // 2
        first, second = await asyncio.gather(
            loop.run_in_executor(self._threads, _sign_all, self._signer, signed[:half]),
            loop.run_in_executor(self._threads, _sign_all, self._signer, signed[half:]),
        )
        return first + second

    def close(self) -> None:
        """Lets the signing threads go."""
        self._threads.shutdown(wait=False)


def _before(head: tuple[int, str], known: tuple[int, str] | None) -> bool:
    """Whether a store cannot be the one whose head was `known`, or that of a later moment."""
    return known is not None and (head[0] < known[0] or (head[0] == known[0] and head != known))


def appended(read: Record) -> bytes:
    """The attributes of a record as the append had stored them: without what the seal set."""
    said = orjson.loads(read.signed)
    return canonical.encode({name: said[name] for name in APPENDED})


def _appended_attributes(row: Any) -> dict[str, Any]:
    """Raises Unsealable: sealed otherwise, a record would stop its producer at every reader, for ever."""
    try:
        attributes: dict[str, Any] = orjson.loads(row["attributes"])
        if attributes.keys() == APPENDED:
            return attributes
    except (orjson.JSONDecodeError, AttributeError):
        pass
    raise Unsealable(row["stream"], row["version"])


def _sign_all(signer: Signer, parts: Sequence[bytes]) -> list[str]:
    return [signer.sign(part) for part in parts]


def _check_versions(taken: Sequence[Any]) -> None:
    """Raises Disorder when a stream's versions do not follow."""
    last: dict[str, int] = {}
    for row in taken:
        stream, version = row["stream"], row["version"]
        follows = last[stream] + 1 == version if stream in last else row["before"]
        if not follows:
            raise Disorder(f"{stream} version {version} would be sealed before the one it follows")
        last[stream] = version
