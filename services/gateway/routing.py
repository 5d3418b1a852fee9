"""Where a command goes: which member's service decides it."""

import re
from typing import Any, Final

from services.gateway.callers import Caller
from services.gateway.commands import TARGET, Contract
from services.gateway.inputs import camel
from shared import contracts
from shared.kernel import bounds

_SOURCE: Final = re.compile(rf"/members/({bounds.MEMBER})/(ideation|projects)\Z")
_IS_MEMBER: Final = bounds.whole(bounds.MEMBER)
_RECORD: Final = ("target", "source")


class Nowhere(ValueError):
    """A field that must name a member or a record does not; `path` says which."""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__(".".join(path))
        self.path = ["input", *map(camel, path)]


def route(contract: Contract, caller: Caller, asked: Any) -> tuple[str, str]:
    """The member and the service that decide a command with this input; raises Nowhere.

    Everybody's commands go to their own member's services, which refuse what is another's. Only the coordinator's
    go where the input says, for the commands whose contract has such a field.
    """
    assert caller.claims is not None
    service = _record(asked)[1] if contract.service == TARGET else contract.service
    if not contract.member or not caller.coordinates:
        return caller.claims.member, service
    if contract.member == _RECORD:
        return _record(asked)[0], service
    named = contracts.at(asked, contract.member)
    if named is None:
        return caller.claims.member, service
    if not isinstance(named, str) or not _IS_MEMBER(named):
        raise Nowhere(contract.member)
    return named, service


def _record(asked: Any) -> tuple[str, str]:
    """Member and service of the record that an input names."""
    found = _SOURCE.match(str(contracts.at(asked, _RECORD)))
    if found is None:
        raise Nowhere(_RECORD)
    return found[1], found[2]
