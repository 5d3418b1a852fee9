"""How many histories each law runs through: 2,000 with the tests, as many as SOAK says in a soak."""

import os
from typing import Final

from hypothesis import HealthCheck, settings

NUMBER: Final = int(os.environ.get("SOAK", "2000"))
examples: Final = settings(
    max_examples=NUMBER,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
