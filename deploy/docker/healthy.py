"""`python -m deploy.docker.healthy PATH`: one look at this container's own readiness; 0 if it answers 200.

Run every few seconds in each container, so it imports little: a socket and one line of HTTP.
"""

import os
import socket
import sys

_WITHIN = 4.0


def healthy(port: int, path: str) -> bool:
    """Whether `path` on this machine's `port` answers 200 within 4 s."""
    ask = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), _WITHIN) as connection:
            connection.sendall(ask.encode("ascii"))
            answer = connection.recv(64)
    except OSError:
        return False
    return answer.startswith(b"HTTP/1.1 200 ")


if __name__ == "__main__":
    sys.exit(0 if healthy(int(os.environ["GENERATEUR_PORT"]), sys.argv[1]) else 1)
