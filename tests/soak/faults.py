"""What the soak does to the collective: every fault by its name."""

from tests.soak import disturbances, losses
from tests.soak.chance import FAULTS, Chance

__all__ = ["FAULTS", "Chance", "disturbances", "losses"]
