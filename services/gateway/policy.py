"""Who may use which root field: one table, read before anything runs."""

from collections.abc import Mapping
from typing import Final

from services.gateway.documents import Operation
from services.gateway.faults import Fault
from shared.runtime.tokens import ROLES, Claims

PUBLIC: Final = "public"
EVERYONE: Final = frozenset({PUBLIC, *ROLES})

# Every root is for everyone. What a caller may see behind it is decided by the read side, from `Caller.viewer`.
READS: Final[Mapping[str, frozenset[str]]] = {
    "state": EVERYONE,
    "figures": EVERYONE,
    "figuresByMonth": EVERYONE,
    "members": EVERYONE,
    "territories": EVERYONE,
    "ideas": EVERYONE,
    "projects": EVERYONE,
    "member": EVERYONE,
    "territory": EVERYONE,
    "idea": EVERYONE,
    "project": EVERYONE,
    "node": EVERYONE,
    "nodes": EVERYONE,
    "history": EVERYONE,
    "__schema": EVERYONE,
    "__type": EVERYONE,
    "__typename": EVERYONE,
}
LIVE: Final[Mapping[str, frozenset[str]]] = {"figures": EVERYONE, "__typename": EVERYONE}


def allowed(table: Mapping[str, frozenset[str]], root: str, claims: Claims | None) -> bool:
    """Whether a caller may use a root field; a root that the table does not name is for nobody."""
    roles = table.get(root, frozenset())
    held = {PUBLIC} if claims is None else {PUBLIC, *claims.roles}
    return bool(roles & held)


def check(operation: Operation, claims: Claims | None) -> None:
    """Refuses an operation that needs a token and has none, or reads what its roles may not.

    A mutation's roles are not asked here: the answer to a forbidden command is a `ForbiddenProblem` in its
    result, beside the results of the operation's other commands.
    """
    if operation.kind == "mutation":
        if claims is None and any(root != "__typename" for root in operation.roots):
            raise Fault("token.missing")
        return
    table = READS if operation.kind == "query" else LIVE
    if not all(allowed(table, root, claims) for root in operation.roots):
        raise Fault("token.missing" if claims is None else "role.forbidden")
