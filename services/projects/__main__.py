"""`python -m services.projects --member <id>`: this service alone."""

import sys

from services.projects.service import DEFINITION
from shared.runtime.main import run_service

sys.exit(run_service(DEFINITION))
