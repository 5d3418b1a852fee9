"""`python -m services.ideation --member <id>`: this service alone."""

import sys

from services.ideation.service import DEFINITION
from shared.runtime.main import run_service

sys.exit(run_service(DEFINITION))
