"""The whole collective in one process: every member's services, the reader of figures and the gateway.

The same services run alone or apart (docker-compose.yml); only settings differ, and between them go bytes.
"""

import asyncio
import json
import logging
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount

from deploy.provision import everything
from deploy.provision.collective import Collective
from services.ideation.service import DEFINITION as IDEATION
from services.projects.service import DEFINITION as PROJECTS
from shared.runtime.serve import listen, serve
from shared.runtime.service import Service
from shared.runtime.settings import from_state

log = logging.getLogger("system")
DEFINITIONS = {"ideation": IDEATION, "projects": PROJECTS}


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the two servers are: an administrator's address of PostgreSQL, and Kafka's."""

    admin_dsn: str
    kafka: str
