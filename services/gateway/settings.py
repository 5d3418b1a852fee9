"""What the gateway is told: by the environment (GENERATEUR_…), a state folder, or whoever starts it."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.kernel import bounds
from shared.runtime.connections import Limits, networks
from shared.runtime.settings import PREFIX, laid, secret, told

Origin = Annotated[str, Field(pattern=r"^[a-z][a-z0-9+.-]*://[^\s/*]+$")]


class Settings(BaseSettings):
    """One gateway process. Every name may be given as GENERATEUR_<NAME>."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    reads_dsn: SecretStr = Field(description="The read side, as the role gateway_reader")
    coordinator: str = Field(
        pattern=bounds.written(bounds.MEMBER), description="The member whose role CO sees everything and amends others'"
    )
    jwks: Path = Field(description="The issuer's public keys (jwks.json)")
    services_url: str = Field(
        pattern=r"^https?://.*\{member\}.*\{service\}",
        description="Where commands go, e.g. http://127.0.0.1:8101/members/{member}/{service}",
    )
    service_urls: dict[str, str] = Field(
        default={}, description="Members whose services are elsewhere: an address for each <member>/<service>"
    )
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(default=None, ge=0, le=65535, description="/metrics, there alone; none: nowhere")
    pool: int = Field(default=6, ge=1, le=64, description="Most connections to the read side")
    wait_seconds: float = Field(default=2.0, ge=0, le=5, description="How long `atLeast` waits unless told")
    command_seconds: float = Field(default=10.0, gt=0, le=60, description="How long a service may take")
    member_places: int = Field(default=32, ge=1, le=1000, description="Commands under way to one member's services")
    member_waiting: int = Field(default=128, ge=0, le=10_000, description="Commands in line for these places")
    member_wait_seconds: float = Field(default=2.0, gt=0, le=60, description="How long a command stays in line")
    body_bytes: int = Field(default=65536, ge=1024, le=1 << 20)
    cache_bytes: int = Field(default=16 << 20, ge=1 << 16, description="Response bytes kept")
    documents: int = Field(default=256, ge=1, le=4096, description="Parsed documents kept")
    listeners: int = Field(default=1000, ge=1, description="Live subscriptions in this process")
    address_listeners: int = Field(default=250, ge=1, description="Live subscriptions, and sockets, of one address")
    caller_listeners: int = Field(default=100, ge=1, description="Live subscriptions of one token's subject")
    streams: int = Field(default=200, ge=1, description="Distinct live documents in this process")
    address_streams: int = Field(default=60, ge=1, description="Distinct live documents of one address, or subject")
    heartbeat_seconds: float = Field(default=15.0, gt=0, le=60)
    address_questions: int = Field(default=300, ge=1, description="Operations under way for one address")
    caller_questions: int = Field(default=100, ge=1, description="Operations under way for one token's subject")
    connections: int = Field(default=1000, ge=1, le=60_000)
    address_connections: int = Field(default=400, ge=1, description="Connections of one address (IPv6: one /64)")
    client_seconds: float = Field(
        default=10.0, gt=0, le=600, description="For the head of a request, for its body, for taking 8 KiB of an answer"
    )
    head_bytes: int = Field(default=65536, ge=1024, le=1 << 20)
    address_bytes: int = Field(default=16 << 20, ge=1 << 16, description="On their way from or to one address")
    caller_bytes: int = Field(default=8 << 20, ge=1 << 16, description="The same for one token's subject")
    proxies: tuple[str, ...] = Field(default=(), description="Networks whose X-Forwarded-For is believed")
    trusted: tuple[str, ...] = Field(default=(), description="Networks whose addresses are not bounded one by one")
    updates_per_second: float = Field(default=4.0, gt=0, le=100)
    origins: tuple[Origin, ...] = Field(
        default=(),
        description='Browser origins allowed, like ["https://example.org"]; none: only pages of our own host',
    )

    @field_validator("proxies", "trusted")
    @classmethod
    def _networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        networks(given)
        return given

    @property
    def limits(self) -> Limits:
        """What the clients of the public port may take up."""
        return Limits(
            connections=self.connections,
            address_connections=self.address_connections,
            head_bytes=self.head_bytes,
            body_bytes=self.body_bytes,
            address_bytes=self.address_bytes,
            seconds=self.client_seconds,
            proxies=self.proxies,
            trusted=self.trusted,
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
