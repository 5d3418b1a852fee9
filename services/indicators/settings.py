"""What the reader of figures is told."""

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.kernel import bounds
from shared.runtime.settings import PREFIX, laid, secret, told


class Settings(BaseSettings):
    """One reader of one projection version. Every name may be given as GENERATEUR_<NAME>."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    figures_dsn: SecretStr = Field(description="The read side, as the role that writes it")
    kafka: str
    coordinator: str = Field(pattern=bounds.written(bounds.MEMBER))
    root_key: Path = Field(description="The public key of the coordinator's ideation service: what is pinned")
    version: int = Field(default=1, ge=1, le=9999)
    wait_ms: int = Field(default=1000, ge=1, le=10_000)
    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(default=None, ge=0, le=65535, description="/metrics, there alone; none: nowhere")


def from_state(state: Path, **given: Any) -> Settings:
    """Settings on a machine where a state folder was laid (settings.json, keys/, secrets/); see `told`."""
    found = laid(state)
    values: dict[str, Any] = {
        "root_key": state / "keys" / "root.pub",
        "figures_dsn": secret(state, "indicators_writer"),
    }
    values |= {name: found.get(name) for name in ("kafka", "coordinator")}
    return told(Settings, given, {name: value for name, value in values.items() if value is not None})
