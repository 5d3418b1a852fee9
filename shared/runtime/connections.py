"""Who is connected to a server, and what each may take up: counted by address, bounded in number, bytes and time."""

import asyncio
import resource
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import chain
from typing import Final

from shared.runtime import metrics

_SPARE_FILES: Final = 512  # for databases, brokers and the connections that the process makes itself
_LEAST_TAKEN: Final = 8192
_MAX_HOST: Final = 64
# What one client has of IPv6: a household's or an office's network.
_ORIGIN: Final = "/64"
Networks = tuple[IPv4Network | IPv6Network, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """What the clients of one server may take up; `address` counts for one IPv4 address or one IPv6 /64.

    `seconds` is the time for a request's head, again for its body, and for taking 8 KiB of an answer; a connection
    without any request is closed after it, too. `proxies` name the client in X-Forwarded-For, and are not bounded as
    one address; nor are `trusted` ones.
    """

    connections: int = 1000
    address_connections: int = 400
    head_bytes: int = 65_536
    body_bytes: int = 65_536
    address_bytes: int = 16 << 20
    all_bytes: int = 128 << 20
    seconds: float = 10.0
    proxies: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()


def origin(host: str) -> str:
    """What stands for one client: an IPv4 address, or the /64 network of an IPv6 one; other names as they are."""
    found = _address(host) if ":" in host else None
    if found is None:
        return host[:_MAX_HOST]
    return str(IPv6Network(f"{found}{_ORIGIN}", strict=False) if isinstance(found, IPv6Address) else found)


def networks(given: tuple[str, ...]) -> Networks:
    """Addresses and networks as text; raises ValueError for what is neither."""
    return tuple(ip_network(one, strict=False) for one in given)


def within(host: str, known: Networks) -> bool:
    """Whether an address lies in one of these networks, or what `origin` makes of an IPv6 one, as a whole."""
    plain = host.removesuffix(_ORIGIN)
    found = _address(plain) if known else None
    if plain == host:
        return found is not None and any(found in one for one in known)
    if not isinstance(found, IPv6Address):
        return False
    whole = IPv6Network(f"{found}{_ORIGIN}", strict=False)
    return any(isinstance(one, IPv6Network) and whole.subnet_of(one) for one in known)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """An address without its zone, an IPv4 one that is written as IPv6 as itself; None for other names."""
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return found if mapped is None else mapped


class Phase(Enum):
    """What a connection is at."""

    IDLE = "idle"
    HEAD = "head"
    BODY = "body"
    BUSY = "busy"
    ENDING = "ending"


class Peer:
    """One connection. `end` ends it, given the HTTP status to say if a request had begun."""

    __slots__ = ("bounded", "due", "end", "held", "origin", "phase", "received", "taken_due", "transport", "untaken")

    def __init__(self, transport: asyncio.Transport, host: str, bounded: bool, end: Callable[[int], None]) -> None:
        self.transport = transport
        self.origin = origin(host)
        self.bounded = bounded
        self.end = end
        self.phase = Phase.IDLE
        self.due: float | None = None
        self.received = 0
        self.untaken = 0
        self.taken_due: float | None = None
        self.held = 0


class Connections:
    """The connections of one server."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.most = _room(limits.connections)
        self.count = 0
        self._known = networks((*limits.proxies, *limits.trusted))
        self._peers: dict[str, dict[Peer, None]] = {}
        self._bytes: Counter[str] = Counter()

    def enter(self, transport: asyncio.Transport, host: str, now: float, end: Callable[[int], None]) -> Peer | None:
        """Counts a new connection; where there is no place, the longest idle one makes it. None: nobody is idle."""
        peer = Peer(transport, host, not within(host, self._known), end)
        mine = self._peers.get(peer.origin, {})
        if peer.bounded and len(mine) >= self.limits.address_connections and not self._evict(iter(mine)):
            return None
        if self.count >= self.most and not self._evict_from_all():
            return None
        peer.due = now + self.limits.seconds
        self._peers.setdefault(peer.origin, {})[peer] = None
        self.count += 1
        return peer

    def leave(self, peer: Peer) -> None:
        """Counts a connection no more; harmless when it already left."""
        mine = self._peers.get(peer.origin)
        if mine is None or peer not in mine:
            return
        del mine[peer]
        self.count -= 1
        self.hold(peer, 0)
        if not mine:
            del self._peers[peer.origin]
            self._bytes.pop(peer.origin, None)

    def hold(self, peer: Peer, size: int) -> bool:
        """Notes the bytes kept for a connection; False if that is more than its address, or all, may hold."""
        self._bytes[peer.origin] += size - peer.held
        self._bytes[""] += size - peer.held
        grown = size > peer.held
        peer.held = size
        if not grown:
            return True
        over = peer.bounded and self._bytes[peer.origin] > self.limits.address_bytes
        return not over and self._bytes[""] <= self.limits.all_bytes

    def drop(self, peer: Peer, reason: str, status: int = 0) -> None:
        """Ends a connection; what is still to be sent has `seconds` to be taken."""
        metrics.DROPPED.labels(reason).inc()
        peer.due = asyncio.get_running_loop().time() + self.limits.seconds
        peer.end(status)
        peer.phase = Phase.ENDING

    async def watch(self) -> None:
        """Ends what is overdue, until cancelled."""
        pause = min(1.0, self.limits.seconds / 4)
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(pause)
            self._sweep(loop.time())

    def _sweep(self, now: float) -> None:
        for peer in list(chain.from_iterable(self._peers.values())):
            if peer.taken_due is not None and now > peer.taken_due and not self._goes_on(peer, now):
                metrics.DROPPED.labels("answer not taken").inc()
                peer.transport.abort()
            elif peer.due is not None and now > peer.due:
                if peer.phase is Phase.ENDING:
                    peer.transport.abort()
                else:
                    self._late(peer)

    def _late(self, peer: Peer) -> None:
        if peer.phase is Phase.IDLE:
            self.drop(peer, "idle")
        else:
            self.drop(peer, f"{peer.phase.value} too slow", 408)

    def _goes_on(self, peer: Peer, now: float) -> bool:
        """Whether a slow reader took enough since the last look to be waited for."""
        left = peer.transport.get_write_buffer_size()
        if left > peer.untaken - _LEAST_TAKEN:
            return False
        peer.untaken, peer.taken_due = left, now + self.limits.seconds
        self.hold(peer, left)
        return True

    def _evict_from_all(self) -> bool:
        """The longest idle one of the address that has the most makes place, else that of all."""
        heaviest = max(self._peers.values(), key=lambda peers: len(peers))
        return self._evict(iter(heaviest)) or self._evict(chain.from_iterable(self._peers.values()))

    def _evict(self, among: Iterator[Peer]) -> bool:
        idle = (peer for peer in among if peer.phase in (Phase.IDLE, Phase.HEAD) and peer.due is not None)
        found = min(idle, key=lambda peer: peer.due or 0.0, default=None)
        if found is None:
            return False
        self.leave(found)
        metrics.DROPPED.labels("place needed").inc()
        found.phase = Phase.ENDING
        # Nobody looks after it any more: what an earlier answer still has to deliver is lost.
        found.transport.abort() if found.transport.get_write_buffer_size() else found.transport.close()
        return True


def _room(wanted: int) -> int:
    """How many connections this process may have open; raises the process's own limit of files where it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + _SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(64, min(wanted, soft - _SPARE_FILES))
    return wanted
