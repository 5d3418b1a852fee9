"""Kafka's group coordinator, asked for until it is there.

A broker listens before it can coordinate groups: the topic of their offsets is made at the first question. Consumers
that come meanwhile each write an error and ask again; so nobody is let in before. One request is all that is needed,
and it works inside a running event loop, where tests restart brokers.
"""

import contextlib
import socket
import struct
import time
from typing import Final

_FIND_COORDINATOR: Final = 10
_VERSION: Final = 2
_GROUP: Final = 0
_LONGEST: Final = 4096


def ready(port: int, patience: float = 2.0) -> bool:
    """Whether the broker on 127.0.0.1 answers with a coordinator; waits at most `patience` seconds for the answer."""
    with contextlib.suppress(OSError, struct.error), socket.create_connection(("127.0.0.1", port), patience) as link:
        link.sendall(_framed(_request("start")))
        answer = _read(link, time.monotonic() + patience)
        # Correlation id, throttle time, error code.
        return bool(struct.unpack_from(">iih", answer)[2] == 0)
    return False


def _request(group: str) -> bytes:
    head = struct.pack(">hhi", _FIND_COORDINATOR, _VERSION, 1)
    return head + _text("generateur") + _text(group) + struct.pack(">b", _GROUP)


def _text(value: str) -> bytes:
    return struct.pack(">h", len(value)) + value.encode()


def _framed(body: bytes) -> bytes:
    return struct.pack(">i", len(body)) + body


def _read(link: socket.socket, until: float) -> bytes:
    size = struct.unpack(">i", _exactly(link, 4, until))[0]
    if not 0 < size <= _LONGEST:
        raise OSError("no answer of a broker")
    return _exactly(link, size, until)


def _exactly(link: socket.socket, size: int, until: float) -> bytes:
    found = b""
    while len(found) < size:
        link.settimeout(max(0.01, until - time.monotonic()))
        part = link.recv(size - len(found))
        if not part:
            raise OSError("the broker hung up")
        found += part
    return found
