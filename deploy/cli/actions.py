"""What each command of the command line does."""

import json
import shutil
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from deploy.cli import figures, state
from deploy.cli.state import USAGE, Unhappy
from deploy.local import programs
from deploy.local.checks import Unfit
from deploy.local.state import State
from shared.kernel.texts import shown

_RUNNING: Final = "The system is running: stop it first (Ctrl-C in `make run`)."


def show_figures(given: Namespace) -> int:
    """`generateur figures`."""
    asked = figures.Asked(given.as_of, given.territory, given.member, given.lang)
    found = figures.fetch(state.gateway(given.state, given.url), asked)
    if given.json:
        print(json.dumps(figures.as_json(found), indent=2))
    else:
        print(shown("\n".join(figures.lines(found, asked))))
    return 0


def issue_token(given: Namespace) -> int:
    """`generateur token`."""
    from shared.runtime import tokens
    from shared.runtime.keyfiles import Unusable

    state.members(given.member)
    try:
        print(tokens.issue(issuer(given.state), given.subject, given.member, tuple(given.role), given.hours))
    except Unusable as why:
        raise Unhappy(str(why)) from None
    except ValueError as error:
        raise Unhappy(f"{error}.", USAGE) from None
    return 0


def issuer(folder: Path) -> Path:
    """The local issuer's key. Raises Unhappy if it is not there."""
    secret = folder / "keys" / "issuer.key"
    if not secret.exists() and (folder / "settings.json").exists():
        from deploy.provision.secrets import lost_issuer

        raise Unhappy(str(lost_issuer(secret)))
    if not secret.exists():
        raise Unhappy(f"There is no issuer's key in {folder}: start the system once with `make run`.")
    return secret


def show_reactions(given: Namespace) -> int:
    """`generateur reactions` and `generateur reactions release`."""
    from deploy.cli import reactions

    return reactions.release(given) if given.action == "release" else reactions.show(given)


def show_events(given: Namespace) -> int:
    """`generateur events`."""
    from deploy.cli import events

    state.members(given.member)
    return events.run(state.kafka(given.state), given.follow, given.member, given.from_start, given.json)


def audit(words: Sequence[str]) -> int:
    """`generateur audit …`: the auditor's own program, which shares nothing with the services."""
    from services.audit.main import main

    return main(list(words))


def care(given: Namespace) -> int:
    """`generateur parked`, `producers` and `release`: the reader's own actions, on the running system."""
    from services.indicators.__main__ import main

    state.settings(given.state)
    words = ["--state", str(given.state), given.command]
    words += ["--replay"] if getattr(given, "replay", False) else []
    words += [given.source] if given.command == "release" else []
    words += ["--skip"] if getattr(given, "skip", False) else []
    return main(words)


def renew_issuer(given: Namespace) -> int:
    """`generateur renew-issuer`."""
    from deploy.provision import secrets

    folder: Path = given.state
    if state.running(folder):
        raise Unhappy(_RUNNING)
    if not (folder / "settings.json").exists():
        raise Unhappy(f"Nothing was begun in {folder}: `make run` makes what it needs.", USAGE)
    secrets.renew_issuer(folder / "keys")
    print("The token issuer has a new key: tokens given so far are worth nothing.")
    return 0


def recover(given: Namespace) -> int:
    """`generateur recover`."""
    from deploy.cli import recover as recovering

    return recovering.run(given)


def reset(given: Namespace) -> int:
    """`generateur reset`."""
    folder: Path = given.state
    if not folder.is_dir():
        print(f"There is nothing in {folder}.")
        return 0
    if state.running(folder):
        raise Unhappy(_RUNNING)
    if not (folder / "keys").is_dir() and not (folder / "settings.json").exists():
        raise Unhappy(f"{folder} does not look like a state folder; nothing was removed.", USAGE)
    if not given.yes and not _agreed(folder):
        print("Nothing was removed.")
        return 1
    _remove(folder)
    programs.remove_unused()
    print(f"{folder} was removed.")
    return 0


def _remove(folder: Path) -> None:
    """Removes the folder while holding its lock: the system may have been started during the question."""
    try:
        with State(folder):
            shutil.rmtree(folder)
    except Unfit:
        raise Unhappy(_RUNNING) from None
    except OSError as error:
        raise Unhappy(f"{folder} cannot be removed as a whole: {error.strerror}, {error.filename}.") from None


def _agreed(folder: Path) -> bool:
    print(f"This removes {folder.resolve()}: every event, figure and key kept there.")
    print("Type yes to go on: ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("yes", "oui")


ACTIONS: Final[Mapping[str, Callable[[Namespace], int]]] = {
    "figures": show_figures,
    "token": issue_token,
    "events": show_events,
    "reactions": show_reactions,
    "parked": care,
    "producers": care,
    "release": care,
    "renew-issuer": renew_issuer,
    "recover": recover,
    "reset": reset,
}
