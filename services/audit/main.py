"""The command: read the evidence, state each claim, say the verdict, exit with its code."""

import asyncio
import logging
import sys
import time
import traceback
from collections.abc import Sequence

from services.audit import asking, compare, options, report
from services.audit.answers import Answer
from services.audit.files import Writer
from services.audit.findings import HISTORY, INCOMPLETE, INTERNAL, USAGE, Altered, Claim, Finding, Missing
from services.audit.folder import Export
from services.audit.options import Options, Usage
from services.audit.reading import Topics
from services.audit.report import Outcome
from services.audit.trail import Trail


def main(argv: Sequence[str]) -> int:
    """Runs `replay` or `export`, prints the report, and returns the exit code."""
    try:
        given = options.read(argv)
        started = time.perf_counter()
        outcome = _from_files(given) if given.folder else asyncio.run(_from_topics(given))
    except SystemExit as asked_for_help:
        return int(asked_for_help.code or 0)
    except (Usage, FileExistsError) as why:
        print(f"generateur audit: {why}", file=sys.stderr)
        return USAGE
    except Exception:
        traceback.print_exc()
        return INTERNAL
    print(report.as_json(outcome) if given.json else report.text(outcome, time.perf_counter() - started))
    return outcome.exit


async def _from_topics(given: Options) -> Outcome:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # its faults come back as ours
    assert given.coordinator is not None
    trail = Trail(given.root, given.coordinator, given.members)
    figures = Claim("figures", asked=given.figures)
    writer = Writer(given.export) if given.export else None
    sink = writer.add if writer else None
    answers: list[Answer] | None = None
    try:
        async with Topics(given.kafka, given.members) as topics:
            await topics.feed(trail, sink)
            if given.figures:
                answers = await asyncio.to_thread(_ask, given, trail, figures)
            if answers and compare.beyond(answers, trail):
                await topics.feed(trail, sink)  # what the gateway has counted since then is published
    except Missing as why:
        trail.claims.history.add(Finding(INCOMPLETE, why.code, why.detail))
    trail.close()
    if writer is not None:
        writer.finish(trail, topics.begins, answers)
    return _concluded(trail, [], figures, answers)


def _from_files(given: Options) -> Outcome:
    figures = Claim("figures", asked=given.figures)
    assert given.folder is not None
    try:
        export = Export.open(given.folder)
    except (Missing, Altered) as why:
        trail, files = Trail(given.root, given.coordinator or ""), Claim("files")
        files.add(_finding(why))
        return Outcome(trail, [files])
    trail = Trail(given.root, given.coordinator or export.coordinator)
    export.feed(trail)
    trail.close()
    answers: list[Answer] | None = None
    if given.figures:
        try:
            answers = _of_days(given, export.answers())
        except (Missing, Altered) as why:
            (figures if isinstance(why, Missing) else export.claim).add(_finding(why))
    return _concluded(trail, [export.claim], figures, answers)


def _ask(given: Options, trail: Trail, claim: Claim) -> list[Answer] | None:
    try:
        return asking.ask(given.gateway, compare.scopes(trail), given.days)
    except Missing as why:
        claim.add(_finding(why))
        return None


def _of_days(given: Options, saved: list[Answer]) -> list[Answer]:
    """The saved answers of the days asked for; all without a wish. Raises Missing for a day that was not saved."""
    for day in given.days:
        if day not in {answer.day for answer in saved}:
            raise Missing("figures.no_day", f"the export holds no figures of {day}")
    return [answer for answer in saved if not given.days or answer.day in given.days]


def _concluded(trail: Trail, first: list[Claim], figures: Claim, answers: list[Answer] | None) -> Outcome:
    if answers is not None:
        compare.compare(answers, trail, figures)
    return Outcome(trail, [*first, *trail.claims.all(), figures], answers or [])


def _finding(why: Missing | Altered) -> Finding:
    return Finding(INCOMPLETE if isinstance(why, Missing) else HISTORY, why.code, why.detail)
