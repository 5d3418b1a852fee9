"""What a process is told: from the environment (GENERATEUR_…), else from the state folder's settings.json."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.kernel import bounds

PREFIX: Final = "GENERATEUR_"

S = TypeVar("S", bound=BaseSettings)


def told(kind: type[S], given: Mapping[str, Any], laid: Mapping[str, Any]) -> S:
    """Settings of this kind: what the command line gives, else the environment, else what a state folder has laid.

    What is None was not given. Raises pydantic.ValidationError if all three do not say enough.
    """
    values = {name: value for name, value in laid.items() if PREFIX + name.upper() not in os.environ}
    values |= {name: value for name, value in given.items() if value is not None}
    return kind(**{name: value for name, value in values.items() if value is not None})


def laid(state: Path) -> dict[str, Any]:
    """What a state folder's settings.json says; nothing if there is none."""
    file = state / "settings.json"
    found: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    return found


def secret(state: Path, name: str) -> str | None:
    """A connection address laid in a state folder; None if there is none."""
    file = state / "secrets" / f"{name}.dsn"
    return file.read_text().strip() if file.exists() else None


class Settings(BaseSettings):
    """One service of one member. Every name may be given as GENERATEUR_<NAME>."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    member: str = Field(pattern=bounds.written(bounds.MEMBER))
    service: str = Field(pattern=r"^[a-z]{2,32}$")
    coordinator: str = Field(pattern=bounds.written(bounds.MEMBER))
    dsn: SecretStr
    kafka: str
    keys: Path
    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(default=None, ge=0, le=65535, description="/metrics, there alone; none: nowhere")
    parts: str = "api,seal,relay,react"
    poll: float = Field(default=1.0, gt=0, le=60, description="Seconds between looks when nothing wakes the sealer")
    compare_every: float = Field(
        default=180.0, gt=0, le=86_400, description="Seconds between comparisons of store and topic while all is well"
    )

    @property
    def key_file(self) -> Path:
        """The producer's secret key."""
        return self.keys / f"{self.member}.{self.service}.key"

    @property
    def base(self) -> str:
        """The path below which this service answers."""
        return f"/members/{self.member}/{self.service}"


def from_state(state: Path, member: str, service: str, **given: Any) -> Settings:
    """Settings of one service on a machine where a state folder was laid; see `told`."""
    found = laid(state)
    values: dict[str, Any] = {"keys": state / "keys", "dsn": secret(state, f"{member}_{service}")}
    values |= {name: found.get(name) for name in ("coordinator", "kafka")}
    return told(Settings, {"member": member, "service": service, **given}, values)
