"""The collective with its members apart: every service, the reader of figures and the gateway a process of its own."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

from deploy.local.checks import free_port
from tests.faults.rig import COLLECTIVE, Rig

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "api": ("services.ideation", "--member", "alpha"),
    "projects": ("services.projects", "--member", "alpha"),
    "beta": ("services.ideation", "--member", "beta"),
    "beta-projects": ("services.projects", "--member", "beta"),
    "indicators": ("services.indicators",),
    "gateway": ("services.gateway",),
}
SERVICES: Final[Mapping[str, tuple[str, str]]] = {
    "api": ("alpha", "ideation"),
    "projects": ("alpha", "projects"),
    "beta": ("beta", "ideation"),
    "beta-projects": ("beta", "projects"),
}


class Apart(Rig):
    """A rig with a gateway, at `gateway`."""

    gateway: str

    @classmethod
    async def apart(cls, folder: Path) -> Self:
        """Servers started, everything laid and every part started."""
        rig = await cls.laid(folder, parts=PARTS, answering=SERVICES)
        port = free_port()
        rig.gateway = f"http://127.0.0.1:{port}"
        urls = {f"{m}/{s}": rig.url(part).removesuffix("/commands") for part, (m, s) in SERVICES.items()}
        # Store and topic are compared every few minutes; here the whole story takes as long.
        rig.environment = {part: {"GENERATEUR_COMPARE_EVERY": "10"} for part in SERVICES}
        rig.environment |= {"gateway": {"GENERATEUR_PORT": str(port), "GENERATEUR_SERVICE_URLS": json.dumps(urls)}}
        said = json.loads((folder / "settings.json").read_text())
        said |= {
            "gateway": rig.gateway,
            "members": list(COLLECTIVE.members),
            "services": "http://127.0.0.1:9/members/{member}/{service}",
        }
        (folder / "settings.json").write_text(json.dumps(said))
        for part in PARTS:
            rig.start(part)
        return rig
