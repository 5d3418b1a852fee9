"""The two servers from `testcontainers`, with the same handles as the local ones."""

import os
from typing import Any

# Its reaper's image is needed by nobody: fixtures stop what they start.
os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")

from testcontainers.community.kafka import KafkaContainer
from testcontainers.community.postgres import PostgresContainer


class _ApacheKafka(KafkaContainer):
    """The stock class only knows its own vendor's images and start scripts."""

    def __init__(self, image: str = "apache/kafka:4.3.0", **given: Any) -> None:
        super().__init__(image, **given)
        self.env.pop("KAFKA_BROKER_ID", None)
        self.with_kraft()

    def _verify_min_kraft_version(self) -> None:
        """Every version of this image is new enough."""

    def start(self, timeout: int = 120) -> Any:
        return super().start(timeout)

    def tc_start(self) -> None:
        script = (
            f"export KAFKA_ADVERTISED_LISTENERS={self.listener_name}://{self.get_bootstrap_server()},"
            "BROKER://$(hostname -i):9092\nexec /etc/kafka/docker/run\n"
        )
        self.create_file(script.encode(), self.TC_START_SCRIPT)


class _Postgres:
    def __init__(self) -> None:
        self._container = PostgresContainer("postgres:18", driver=None)

    def start(self) -> None:
        self._container.with_command("postgres -c max_connections=220")
        self._container.start()
        self.host = self._container.get_container_host_ip().replace("localhost", "127.0.0.1")
        self.port = int(self._container.get_exposed_port(5432))
        self.admin_dsn = (
            f"postgresql://{self._container.username}:{self._container.password}"
            f"@{self.host}:{self.port}/{self._container.dbname}"
        )

    def stop(self) -> None:
        self._container.stop()


class _Kafka:
    def __init__(self) -> None:
        self._container = _ApacheKafka()

    def start(self) -> None:
        self._container.start()
        self.bootstrap = self._container.get_bootstrap_server().replace("localhost", "127.0.0.1")

    def stop(self) -> None:
        self._container.stop()


class ContainerServers:
    """PostgreSQL and Kafka in containers. They are not killed: that is tested on the local ones."""

    def __init__(self) -> None:
        self.postgres = _Postgres()
        self.kafka = _Kafka()

    def start(self) -> None:
        self.postgres.start()
        self.kafka.start()

    def stop(self) -> None:
        self.kafka.stop()
        self.postgres.stop()
