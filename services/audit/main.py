"""The command: read the evidence, state each claim, say the verdict, exit with its code."""

import asyncio
import contextlib
import gc
import json
import logging
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace
from tempfile import TemporaryFile

from services.audit import compare, options, report
from services.audit.answers import Asked
from services.audit.files import Unwritable, Writer
from services.audit.findings import INCOMPLETE, INTERNAL, USAGE, WORDS, Altered, Claim, Finding, Missing
from services.audit.folder import Export
from services.audit.options import Options, Usage
from services.audit.pages import lines, read
from services.audit.progress import Progress
from services.audit.reading import Topics
from services.audit.report import Outcome
from services.audit.stating import Stated, finding
from services.audit.trail import Trail


def main(argv: Sequence[str]) -> int:
    """Runs `replay` or `export`, prints the report, and returns the exit code."""
    try:
        given = options.read(argv)
        started, shown = time.perf_counter(), Progress()
        try:
            with _seldom_collected():
                outcome = _from_files(given, shown) if given.folder else asyncio.run(_from_topics(given, shown))
        except Missing as why:
            return _nothing(why, given)
        finally:
            shown.close()
    except SystemExit as asked_for_help:
        return int(asked_for_help.code or 0)
    except (Usage, Unwritable) as why:
        print(f"generateur audit: {why}", file=sys.stderr)
        return USAGE
    except Exception:
        traceback.print_exc()
        return INTERNAL
    print(report.as_json(outcome) if given.json else report.text(outcome, time.perf_counter() - started))
    return outcome.exit


@contextlib.contextmanager
def _seldom_collected() -> Iterator[None]:
    """Facts are many and never in circles: looking through all of them again and again costs a quarter of the time."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _nothing(why: Missing, given: Options) -> int:
    """There is nothing to state anything about: one sentence, and its code."""
    said = {"exit": INCOMPLETE, "verdict": WORDS[INCOMPLETE], "reason": why.code, "detail": why.detail, "claims": []}
    if given.json:
        print(json.dumps({"format": report.FORMAT, **said}, indent=2, ensure_ascii=False, sort_keys=True))
    print(f"generateur audit: {WORDS[INCOMPLETE]}: {why.detail} ({why.code})", file=sys.stderr)
    return INCOMPLETE


async def _from_topics(given: Options, shown: Progress) -> Outcome:
    """Raises Missing if not one topic can be read."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # its faults come back as ours
    assert given.coordinator is not None
    stated = Stated.of(given, _trail(given, given.coordinator))
    trail = stated.trail
    writer = Writer(given.export) if given.export else None
    sink = writer.add if writer else None
    with contextlib.ExitStack() as files:
        async with Topics(given.kafka, given.members, shown) as topics:
            if writer is not None:
                writer.begin()
            try:
                await topics.feed(trail, sink)
                pages = files.enter_context(writer.sheets() if writer and given.sheets else TemporaryFile())  # noqa: SIM115
                reached = await asyncio.to_thread(stated.ask, given, pages, shown)
                if ahead := compare.beyond(reached, trail):
                    await topics.feed(trail, sink, ahead)  # what the gateway has counted since then is published
            except Missing as why:
                if not trail.producers:
                    raise
                trail.claims.history.add(Finding(INCOMPLETE, why.code, why.detail))
        trail.close()
        if stated.shown:
            pages.seek(0)
            stated.browse(map(read, lines(pages)))
    if writer is not None:
        writer.finish(trail, topics.begins, stated.asked)
    return stated.concluded(given.dice.seed if given.figures else None)


def _trail(given: Options, coordinator: str) -> Trail:
    return Trail(given.root, coordinator, given.members, given.sparing, given.figures)


def _from_files(given: Options, shown: Progress) -> Outcome:
    """Raises Missing if there is no manifest."""
    assert given.folder is not None
    try:
        export = Export.open(given.folder)
    except Altered as why:
        trail, files = Trail(given.root, given.coordinator or ""), Claim("files")
        files.add(finding(why))
        return Outcome(trail, [files])
    trail = _trail(given, given.coordinator or export.coordinator)
    stated = Stated.of(given, trail)
    export.feed(trail, shown)
    trail.close()
    if given.figures:
        try:
            stated.asked = _of_days(given, export.answers())
            stated.before = stated.asked.position
        except (Missing, Altered) as why:
            (stated.figures if isinstance(why, Missing) else export.claim).add(finding(why))
    if given.sheets:
        try:
            stated.browse(export.pages())
        except (Missing, Altered) as why:
            (stated.sheets if isinstance(why, Missing) else export.claim).add(finding(why))
    return stated.concluded(None, export.claim)


def _of_days(given: Options, saved: Asked) -> Asked:
    """The saved answers of the days asked for; all without a wish. Raises Missing for a day that was not saved."""
    for day in given.days:
        if day not in {answer.day for answer in saved.answers}:
            raise Missing("figures.no_day", f"the export holds no figures of {day}")
    if not given.days:
        return saved
    return replace(saved, answers=[answer for answer in saved.answers if answer.day in given.days])
