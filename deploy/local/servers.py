"""The two servers together."""

from collections.abc import Callable
from pathlib import Path

from deploy.local import jars
from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres


class LocalServers:
    """PostgreSQL and Kafka below one folder, on given ports (`postgres`, `kafka`, `controller`)."""

    def __init__(self, folder: Path, ports: dict[str, int], say: Callable[[str], None] = lambda line: None) -> None:
        self._say = say
        self.postgres = Postgres(folder / "pg", ports["postgres"])
        self._folder = folder
        self._ports = ports
        self.kafka: Kafka

    def start(self) -> None:
        """Starts both and waits for both. Raises jars.Unfetched, RuntimeError."""
        classpath = jars.ensure(jars.cache_folder(), say=self._say)
        self.kafka = Kafka(self._folder / "kafka", self._ports["kafka"], self._ports["controller"], classpath)
        self._say("starting Kafka")
        self.kafka.launch()
        self._say("starting PostgreSQL")
        self.postgres.start()
        self.kafka.wait()

    def stop(self) -> None:
        """Ends both, in at most 11 seconds."""
        if hasattr(self, "kafka"):
            self.kafka.stop()
        self.postgres.stop()

    def failed(self) -> str | None:
        """Why one of them ended by itself, or None."""
        return self.postgres.failed() or self.kafka.failed()
