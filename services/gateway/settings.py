"""What the gateway is told: by the environment (GENERATEUR_…), a state folder, or whoever starts it."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.runtime.settings import PREFIX, laid, secret, told

Origin = Annotated[str, Field(pattern=r"^[a-z][a-z0-9+.-]*://[^\s/*]+$")]


class Settings(BaseSettings):
    """One gateway process. Every name may be given as GENERATEUR_<NAME>."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    reads_dsn: SecretStr = Field(description="The read side, as the role gateway_reader")
    coordinator: str = Field(
        pattern=r"^[a-z][a-z0-9-]{1,62}$", description="The member whose role CO sees everything and amends others'"
    )
    jwks: Path = Field(description="The issuer's public keys (jwks.json)")
    services_url: str = Field(
        pattern=r"^https?://.*\{member\}.*\{service\}",
        description="Where commands go, e.g. http://127.0.0.1:8101/members/{member}/{service}",
    )
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    pool: int = Field(default=6, ge=1, le=64, description="Most connections to the read side")
    wait_seconds: float = Field(default=2.0, ge=0, le=5, description="How long `atLeast` waits unless told")
    command_seconds: float = Field(default=10.0, gt=0, le=60, description="How long a service may take")
    body_bytes: int = Field(default=65536, ge=1024, le=1 << 20)
    cache_bytes: int = Field(default=16 << 20, ge=1 << 16, description="Response bytes kept")
    documents: int = Field(default=256, ge=1, le=4096, description="Parsed documents kept")
    listeners: int = Field(default=1000, ge=1, description="Live subscriptions in this process")
    streams: int = Field(default=200, ge=1, description="Distinct live documents in this process")
    heartbeat_seconds: float = Field(default=15.0, gt=0, le=60)
    updates_per_second: float = Field(default=4.0, gt=0, le=100)
    origins: tuple[Origin, ...] = Field(
        default=(),
        description='Browser origins allowed, like ["https://example.org"]; none: only pages of our own host',
    )


def from_state(state: Path) -> Settings:
    """Settings on a machine where a state folder was laid (settings.json, keys/, secrets/); see `told`."""
    found = laid(state)
    values: dict[str, Any] = {
        "coordinator": found.get("coordinator"),
        "jwks": state / "keys" / "jwks.json",
        "services_url": found.get("services"),
        "reads_dsn": secret(state, "gateway_reader"),
    }
    return told(Settings, {}, values)
