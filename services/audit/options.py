"""What the auditor is told: flags first, then the state folder's settings."""

import argparse
import json
import os
import secrets
import tomllib
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, NoReturn

from services.audit.clients import Dice
from services.audit.keys import public_key

_MEMBERS: Final = Path(__file__).parents[2] / "deploy" / "members.toml"


class Usage(Exception):
    """The command line does not say what is to be done."""


@dataclass(frozen=True, slots=True)
class Options:
    """One audit: no `days` are those that matter; `dice` draws the questions; `export` names the folder to
    write, `folder` the export to read instead of Kafka.
    """

    kafka: str
    gateway: str
    root: bytes
    coordinator: str | None
    members: frozenset[str]
    days: tuple[date, ...]
    dice: Dice
    token: str | None
    figures: bool
    sheets: bool
    sparing: bool
    json: bool
    folder: Path | None
    export: Path | None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Usage(f"{message}\n{self.format_usage().strip()}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date like 2019-12-31") from None


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="generateur audit",
        description="Check every published record and recount every indicator, with code that no service shares.",
        epilog="Exit codes: 0 verified, 1 a figure or sheet differs, 2 history altered, 3 signature or key, 7 evidence "
        "incomplete, 64 usage, 70 internal. The gravest wins: 2, 3, 1, 7.",
    )
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    replay = commands.add_parser("replay", help="check the topics, or an export", description="Check the records.")
    replay.add_argument("--from", dest="folder", type=Path, metavar="DIR", help="read an export instead of Kafka")
    export = commands.add_parser(
        "export", help="write the evidence to files, checking it", description="Write what `replay --from DIR` reads."
    )
    export.add_argument("export", type=Path, metavar="DIR", help="a new or empty folder")
    for command in (replay, export):
        command.add_argument("--state", type=Path, default=Path(".generateur"), help="the state folder (.generateur)")
        command.add_argument("--kafka", metavar="HOST:PORT", help="default: the state folder's")
        command.add_argument("--gateway", metavar="URL", help="default: the state folder's")
        command.add_argument("--root", metavar="HEX", help="the pinned public key; default: keys/root.pub of the state")
        command.add_argument("--coordinator", metavar="MEMBER", help="whose ideation introduces the keys")
        command.add_argument(
            "--member", dest="members", action="append", metavar="MEMBER", help="only these and the coordinator"
        )
        command.add_argument(
            "--as-of", dest="days", type=_day, action="append", metavar="DATE", help="default: those that matter"
        )
        command.add_argument("--seed", type=int, metavar="N", help="ask in the same words and order as that audit")
        command.add_argument("--no-figures", dest="figures", action="store_false", help="check the records only")
        command.add_argument("--no-sheets", dest="sheets", action="store_false", help="leave lists and sheets out")
        command.add_argument(
            "--token", type=Path, metavar="FILE", help="an auditor's token: see all sheets (also in GENERATEUR_TOKEN)"
        )
        command.add_argument(
            "--signatures",
            choices=("all", "last"),
            default="all",
            help="last: of each 256 records the last signature, which covers those before it",
        )
        command.add_argument("--json", action="store_true", help="print the report as JSON")
    return parser


def read(argv: Sequence[str]) -> Options:
    """The options of a command line. Raises Usage; argparse raises SystemExit after `--help`."""
    given = _parser().parse_args(list(argv))
    settings = {**_settings(given.state / "run.json"), **_settings(given.state / "settings.json")}
    folder, export = getattr(given, "folder", None), getattr(given, "export", None)
    if folder is not None and not folder.is_dir():
        raise Usage(f"{folder} is not a folder")
    kafka = given.kafka or settings.get("kafka") or ""
    if folder is None and not kafka:
        raise Usage(f"which Kafka? Give --kafka, or --state: there is no address in {given.state / 'settings.json'}")
    coordinator = _coordinator(given.coordinator or settings.get("coordinator"), folder)
    if given.members and folder is not None:
        raise Usage("--member chooses among topics; an export is read whole")
    return Options(
        kafka=str(kafka),
        gateway=str(given.gateway or settings.get("gateway") or settings.get("url") or "http://127.0.0.1:8000"),
        root=_root(given.root, given.state / "keys" / "root.pub"),
        coordinator=coordinator,
        members=frozenset((*given.members, str(coordinator))) if given.members else frozenset(),
        days=tuple(given.days or ()),
        dice=Dice(secrets.randbelow(2**32) if given.seed is None else given.seed),
        token=_token(given.token),
        figures=given.figures,
        sheets=given.figures and given.sheets,
        sparing=given.signatures == "last",
        json=given.json,
        folder=folder,
        export=export,
    )


def _settings(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as why:
        raise Usage(f"{file} cannot be read: {why}") from None
    return found if isinstance(found, dict) else {}


def _root(given: str | None, file: Path) -> bytes:
    try:
        return public_key(given if given is not None else file.read_text(encoding="ascii").strip())
    except OSError:
        raise Usage(f"which root key? Give --root HEX, or --state: {file} is not there") from None
    except ValueError as why:
        raise Usage(f"the root key: {why}") from None


def _token(file: Path | None) -> str | None:
    """The token in the file, or in GENERATEUR_TOKEN. Raises Usage for one that is not an auditor's."""
    try:
        found = os.environ.get("GENERATEUR_TOKEN") if file is None else file.read_text(encoding="ascii")
    except (OSError, ValueError) as why:
        raise Usage(f"the token: {why}") from None
    token = (found or "").strip()
    if not token:
        return None
    try:
        claims = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
        sees_all = "AU" in claims["roles"]
    except (IndexError, KeyError, TypeError, ValueError):
        sees_all = False
    if not sees_all:
        raise Usage("the token is not an auditor's (role AU): what it may see is not all, nor what anyone may see")
    return token


def _coordinator(given: Any, folder: Path | None) -> str | None:
    """An export names its coordinator itself: only the pinned key's signatures can make that true."""
    if given is None and folder is None:
        try:
            given = tomllib.loads(_MEMBERS.read_text(encoding="utf-8"))["coordinator"]
        except (OSError, ValueError, KeyError):
            raise Usage("who coordinates? Give --coordinator, or --state with a settings.json that says it") from None
    return None if given is None else str(given)
