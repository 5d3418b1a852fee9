"""A short soak with every run of the tests; `make soak` is the long one."""

import random
from pathlib import Path
from typing import Final

import pytest

from tests.soak.soak import TOLD, Soak

_SECONDS: Final = 120


@pytest.mark.timeout(900)
async def test_nothing_is_lost_counted_twice_or_hanging_whatever_fails(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    TOLD.append(f"seed {seed}")
    TOLD.append(await Soak(_SECONDS, seed, tmp_path, TOLD.append).run())
