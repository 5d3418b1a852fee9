"""`python -m deploy.docker.provision`: keys, databases, roles, topics; then each container's vault is filled.

Run again it changes nothing but what members.toml adds. Told by POSTGRES_PASSWORD, the administrator's.
"""

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Final
from urllib.parse import quote

from deploy.docker import vaults
from deploy.provision import collective, everything
from shared.runtime import logs
from shared.runtime.keyfiles import Unusable

log = logging.getLogger("provision")
STATE: Final = Path("/state")
VAULTS: Final = Path("/vaults")


def main() -> int:
    """0 when everything exists; 1 with one sentence if a key is lost; what is missing or refused otherwise raises."""
    logs.configure()
    members = collective.load()
    password = quote(os.environ["POSTGRES_PASSWORD"], safe="")
    admin_dsn = f"postgresql://postgres:{password}@postgres:5432/postgres"
    try:
        asyncio.run(everything.ensure(STATE, members, admin_dsn, vaults.KAFKA))
    except Unusable as lost:
        print(lost, file=sys.stderr)
        return 1
    vaults.fill_all(STATE, VAULTS, members)
    log.info("%d producers have their keys, databases and topics", len(members.producers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
