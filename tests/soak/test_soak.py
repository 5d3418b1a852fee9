"""A short soak with every run of the tests, always of the same faults; `make soak` is the long one, and draws anew."""

from pathlib import Path
from typing import Final

import pytest

from tests.soak.soak import TOLD, Soak

_SECONDS: Final = 120
_SEED: Final = 2026


@pytest.mark.timeout(900)
async def test_nothing_is_lost_counted_twice_or_hanging_whatever_fails(tmp_path: Path) -> None:
    TOLD.append(f"seed {_SEED}")
    TOLD.append(await Soak(_SECONDS, _SEED, tmp_path, TOLD.append).run())
