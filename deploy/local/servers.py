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
        """Starts both and waits for both. Raises jars.Unfetched, checks.Broken."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Starts both, without waiting: there is time to import what will use them. Raises as `start` does."""
        classpath = jars.ensure(jars.cache_folder(), say=self._say)
        self.kafka = Kafka(self._folder / "kafka", self._ports["kafka"], self._ports["controller"], classpath)
        self._say("starting Kafka")
        self.kafka.prepare()
        self._say("starting PostgreSQL")
        self.postgres.launch()
        self.kafka.launch()

    def wait(self) -> None:
        """Until both answer. Raises checks.Broken."""
        self.postgres.wait()
        self.kafka.wait()

    def stop(self) -> None:
        """Ends both at once, in at most 8 seconds."""
        self.postgres.ask()
        if hasattr(self, "kafka"):
            self.kafka.ask()
            self.kafka.stop()
        self.postgres.stop()

    def failed(self) -> str | None:
        """Why one of them ended by itself, or None."""
        return self.postgres.failed() or self.kafka.failed()
