"""Logging: readable lines on a terminal, one JSON object a line elsewhere. No secret is ever given to it."""

import logging
import sys
from datetime import UTC, datetime

import orjson

from shared.kernel.ids import utc_text


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the trace of an error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of one record."""
        said = {
            "time": utc_text(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return orjson.dumps(said).decode()


def _is_news(record: logging.LogRecord) -> bool:
    """False for asyncpg's note that a task was cancelled within BEGIN: the pool has rolled back, as it must.

    And for the producer that FastStream makes, uses for nothing here, and leaves open when its start or stop is cut.
    """
    return not record.getMessage().startswith(("Resetting connection with an active", "Unclosed AIOKafkaProducer"))


def configure(level: int = logging.INFO) -> None:
    """Sets the root logger once, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    if sys.stderr.isatty():
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S"))
    else:
        handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("aiokafka", "faststream", "uvicorn", "httpx", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # aiokafka warns once per topic that a consumer without a group commits nothing: that is the design.
    logging.getLogger("aiokafka.consumer.group_coordinator").setLevel(logging.ERROR)
    logging.getLogger("asyncio").addFilter(_is_news)
