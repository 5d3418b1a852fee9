"""The command line: what can be asked, each with examples; every failure is one sentence and an exit code."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from deploy.cli.figures import language
from deploy.cli.state import INTERNAL, UNAVAILABLE, USAGE, Unhappy
from shared.kernel.texts import shown

_EPILOG: Final = """\
examples:
  generateur figures                        the five figures today, with their parts
  generateur events --follow                events as they pass
  generateur token --member cluster-jura --role AD
  generateur audit replay                   verify everything and count again

exit codes: 0 done, 64 usage, 65 refused by the gateway, 69 the system does not answer, 70 a bug;
`generateur audit` has its own: see its --help.
"""


class Parser(argparse.ArgumentParser):
    """A parser whose usage errors end with 64, and whose examples keep their lines."""

    def __init__(self, *args: object, **given: object) -> None:
        given.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, **given)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """One sentence, then 64."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = Parser(prog="generateur", description="The collective that runs on this machine.", epilog=_EPILOG)
    top.add_argument("--state", type=Path, default=_state(), help="state folder of `make run` (default: %(default)s)")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    _figures(commands)
    _token(commands)
    _events(commands)
    _audit(commands)
    _reactions(commands)
    _care(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        from deploy.cli import actions

        state = _leading_state(words)
        if words[state : state + 1] == ["audit"]:
            # Its options and its help are the auditor's own.
            return actions.audit([*words[state + 1 :], *words[:state]] if words[state + 1 :] else [])
        given = parser().parse_args(words)
        return actions.ACTIONS[given.command](given)
    except Unhappy as unhappy:
        print(shown(str(unhappy)), file=sys.stderr)
        return unhappy.code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of a pipe (head, less) has left: nothing more to say, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("GENERATEUR_TRACE"):
            raise
        print(f"A bug: {error!r} (GENERATEUR_TRACE=1 shows where).", file=sys.stderr)
        return INTERNAL


def _leading_state(words: Sequence[str]) -> int:
    """How many words before the command say where the state is."""
    return 2 if words[:1] == ["--state"] else int("".join(words[:1]).startswith("--state="))


def _state() -> Path:
    return Path(os.environ.get("GENERATEUR_STATE", ".generateur"))


def _figures(commands: "argparse._SubParsersAction[Parser]") -> None:
    made = commands.add_parser(
        "figures",
        help="the five headline figures with their parts",
        description="The five headline figures with their parts and bounds, as the gateway answers them.",
        epilog="examples:\n  generateur figures --as-of 2019-12-31\n"
        "  generateur figures --territory chenove --lang fr\n"
        "  generateur figures --json | jq .actors_mobilised.parts\n\n"
        "--json prints {indicator: {value, parts, asOf}}; value is the sum of its parts.",
    )
    made.add_argument("--json", action="store_true", help="as JSON, keyed by indicator id")
    made.add_argument("--as-of", metavar="DATE", help="as it was by the end of this day, like 2019-12-31")
    scope = made.add_mutually_exclusive_group()
    scope.add_argument("--territory", metavar="T", help="of one territory, like cc-val-d-amour")
    scope.add_argument("--member", metavar="M", help="of one member, like cluster-jura")
    made.add_argument("--lang", choices=("fr", "en"), default=language(), help="default: %(default)s")
    _url(made)


def _token(commands: "argparse._SubParsersAction[Parser]") -> None:
    made = commands.add_parser(
        "token",
        help="a development token for a member and a role",
        description="Prints an access token signed by the local issuer. It is a secret: whoever holds it acts as you.",
        epilog="roles: CO coordinator, ME member administrator, AD adviser, TR territory, AC local actor,\n"
        "PH project holder, RE registrar, FU funder, AU auditor\n\n"
        "example:\n  TOKEN=$(generateur token --member cluster-jura --role AD)\n"
        '  curl -H "Authorization: Bearer $TOKEN" …',
    )
    made.add_argument("--member", required=True, help="for whom the token acts, like cluster-jura")
    made.add_argument("--role", required=True, action="append", help="a role code; may be given several times")
    made.add_argument("--subject", default="dev", help="pseudonym of the person (default: %(default)s)")
    made.add_argument("--hours", type=float, default=8.0, help="how long it lives, at most 12 (default: %(default)s)")


def _events(commands: "argparse._SubParsersAction[Parser]") -> None:
    made = commands.add_parser(
        "events",
        help="the events of every member, one line each",
        description="Reads the topics of the collective. Without --follow: all events so far, then it ends.",
        epilog="examples:\n  generateur events --follow\n  generateur events --member cluster-jura\n"
        "  generateur events --json | head -1 | jq .",
    )
    made.add_argument("--follow", action="store_true", help="show events as they pass, until Ctrl-C")
    made.add_argument("--from-start", action="store_true", help="with --follow: begin with the first event")
    made.add_argument("--member", help="only this member's")
    made.add_argument("--json", action="store_true", help="whole records, as they stand in the topic")


def _audit(commands: "argparse._SubParsersAction[Parser]") -> None:
    told = "verify the whole history and count it again; or export it"
    commands.add_parser("audit", add_help=False, help=told)


def _care(commands: "argparse._SubParsersAction[Parser]") -> None:
    made = commands.add_parser(
        "parked",
        help="records set aside because they break their contract",
        description="Shows the records that could not be counted, and those that wait behind them in their stream.",
        epilog="After the cause is removed: generateur parked --replay",
    )
    made.add_argument("--replay", action="store_true", help="count them again, in their order")
    commands.add_parser(
        "producers",
        help="each producer: how far it is counted, and why one is stopped",
        description="Shows for each producer its last counted record, and whether it is stopped or held.",
    )
    made = commands.add_parser(
        "release",
        help="let a stopped producer go on",
        description="Reads a stopped producer again from the record that stopped it; if that is still bad, it stops.",
        epilog="example:\n  generateur release /members/cluster-jura/ideation\n\n"
        "exit codes: 0 it goes on, 1 it is not stopped.",
    )
    made.add_argument("source", help="the producer, as `generateur producers` names it")
    made.add_argument("--skip", action="store_true", help="go on behind that record; it stays as evidence")
    commands.add_parser(
        "renew-issuer",
        help="a new key for the local token issuer, in place of a lost one",
        description="Makes a new key that signs tokens; those given so far are refused. Refuses while the system runs.",
    )
    _recover(commands)
    made = commands.add_parser(
        "reset",
        help="remove everything that the system keeps on this machine",
        description="Removes the state folder: databases, topics, keys. Asks first; refuses while the system runs.",
    )
    made.add_argument("--yes", action="store_true", help="do not ask")


def _reactions(commands: "argparse._SubParsersAction[Parser]") -> None:
    shared = Parser(add_help=False)
    # May be said before `release` or behind it: what is not said there must not undo what was.
    shared.add_argument("--member", default=argparse.SUPPRESS, help="only this member's services, like cluster-jura")
    shared.add_argument("--lang", choices=("fr", "en"), default=argparse.SUPPRESS, help=f"default: {language()}")
    made = commands.add_parser(
        "reactions",
        parents=[shared],
        help="records that a service's reactions set aside; try them again",
        description="Shows the records that no reaction could act upon: when, why, and where each stands in its topic.",
        epilog="After the cause is removed:\n  generateur reactions release cluster-jura/projects#3\n"
        "  generateur reactions release --all\n\n"
        "Asked of the services with the coordinator's token, or with that of GENERATEUR_TOKEN.",
    )
    made.set_defaults(member=None, lang=language())
    made.add_argument("--json", action="store_true", help="whole, one a line")
    freed = made.add_subparsers(dest="action", metavar="release", parser_class=Parser).add_parser(
        "release",
        parents=[shared],
        help="hear them again",
        description="Has the services hear again what they set aside. 0 if none of it waits any more, else 65.",
        epilog="example:\n  generateur reactions release cluster-jura/projects#3 cluster-jura/projects#4",
    )
    freed.add_argument("names", nargs="*", metavar="NAME", help="as `generateur reactions` names them")
    freed.add_argument("--all", action="store_true", help="all that wait")
    freed.add_argument("--skip", action="store_true", help="give them up instead; they stay as evidence")


def _recover(commands: "argparse._SubParsersAction[Parser]") -> None:
    made = commands.add_parser(
        "recover",
        help="compare each producer's store, topic and figures, and take back what a store lacks",
        description="Says for each producer where its store ends, where its topic ends and how far it is counted.\n"
        "Takes back from the topic what the store lacks, as each service does when it starts.",
        epilog="examples:\n  generateur recover --check\n"
        "  generateur recover --member cluster-jura --service ideation --from-topic\n\n"
        "exit codes: 0 all agree, 1 something is said that needs you.",
    )
    made.add_argument("--member", help="only this member's")
    made.add_argument("--service", choices=("ideation", "projects"), help="only this service's")
    how = made.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="only say; change nothing")
    how.add_argument(
        "--from-topic",
        action="store_true",
        help="lay one producer's store anew from its topic; the old one is kept, and what only it held is listed",
    )


def _url(made: argparse.ArgumentParser) -> None:
    made.add_argument("--url", help="the gateway (default: the one of the running system, or GENERATEUR_URL)")


__all__ = ["UNAVAILABLE", "main", "parser"]
