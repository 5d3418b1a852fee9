"""What a process is told: from the environment (GENERATEUR_…), else from the state folder's settings.json."""

import json
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One service of one member. Every name may be given as GENERATEUR_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="GENERATEUR_", extra="ignore", frozen=True)

    member: str = Field(pattern=r"^[a-z][a-z0-9-]{1,62}$")
    service: str = Field(pattern=r"^[a-z]{2,32}$")
    coordinator: str = Field(pattern=r"^[a-z][a-z0-9-]{1,62}$")
    dsn: SecretStr
    kafka: str
    keys: Path
    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    parts: str = "api,seal,relay,react"
    poll: float = Field(default=1.0, gt=0, le=60, description="Seconds between looks when nothing wakes the sealer")

    @property
    def key_file(self) -> Path:
        """The producer's secret key."""
        return self.keys / f"{self.member}.{self.service}.key"

    @property
    def base(self) -> str:
        """The path below which this service answers."""
        return f"/members/{self.member}/{self.service}"


def from_state(state: Path, member: str, service: str, **given: Any) -> Settings:
    """Settings of one service on a machine where `make run` has laid a state folder; the environment wins.

    Raises FileNotFoundError if there is no settings.json and the environment does not say enough.
    """
    file = state / "settings.json"
    found = json.loads(file.read_text()) if file.exists() else {}
    values: dict[str, Any] = {"keys": state / "keys", "member": member, "service": service, **given}
    for name in ("coordinator", "kafka"):
        if name in found:
            values.setdefault(name, found[name])
    secret = state / "secrets" / f"{member}_{service}.dsn"
    if secret.exists():
        values.setdefault("dsn", secret.read_text().strip())
    env = _environment()
    return Settings(**{k: v for k, v in values.items() if k not in env})


def _environment() -> set[str]:
    import os

    return {name.removeprefix("GENERATEUR_").lower() for name in os.environ if name.startswith("GENERATEUR_")}
