"""The audit in words for a reader, or as JSON for a program; no clock and no machine's name in either."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from services.audit.answers import Answer
from services.audit.findings import WORDS, Claim, gravest
from services.audit.trail import Trail

FORMAT: Final = "generateur-audit/2"
_FIRST: Final = 5


@dataclass(slots=True)
class Outcome:
    """What one audit stated, on which evidence."""

    trail: Trail
    claims: list[Claim]
    answers: Sequence[Answer] = field(default_factory=list)
    seed: int | None = None

    @property
    def exit(self) -> int:
        """The gravest exit code of the claims that were asked."""
        return gravest(code for claim in self.claims if claim.asked for code in claim.exits)


def text(outcome: Outcome, seconds: float) -> str:
    """One line for each claim, its first findings below it, the verdict last."""
    trail = outcome.trail
    lines = [f"root  {trail.registry}  key {trail.root_keyid}"]
    for claim in outcome.claims:
        lines.append(f"{claim.word}  {claim.name:<10}  {claim.text}".rstrip())
        if not claim.asked:
            continue
        lines += [f"      {finding}" for finding in claim.findings[:_FIRST]]
        lines += [f"      begins  {note}" for note in claim.notes]
        if claim.count > _FIRST:
            lines.append(f"      and {claim.count - min(_FIRST, len(claim.findings))} more")
    for one in trail.facts.parked[:_FIRST]:
        lines.append(f"note  parked  {one.source}, sequence {one.sequence}: {one.reason}")
    if outcome.seed is not None:
        lines.append(f"note  asked   --seed {outcome.seed} asks the same questions again")
    lines.append(f"VERDICT {WORDS[outcome.exit]}  {seconds:.1f} s")
    return "\n".join(lines)


def as_json(outcome: Outcome) -> str:
    """The whole report: the same evidence gives the same bytes."""
    trail = outcome.trail
    report = {
        "format": FORMAT,
        "verdict": WORDS[outcome.exit],
        "exit": outcome.exit,
        "root": {"producer": trail.registry, "keyid": trail.root_keyid},
        "claims": [_claim(claim) for claim in outcome.claims],
        "producers": [
            {
                "source": source,
                "sequence": one.sequence,
                "proven": one.trusted,
                "head": one.head,
                "duplicates": one.duplicates,
                "unread": one.unread,
                "keyids": sorted(one.used),
            }
            for source, one in sorted(trail.producers.items())
        ],
        "parked": [
            {"source": one.source, "sequence": one.sequence, "reason": one.reason} for one in trail.facts.parked
        ],
        "seed": outcome.seed,
        "figures": [answer.saved() for answer in outcome.answers],
    }
    return json.dumps(report, indent=2, ensure_ascii=False, sort_keys=True)


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "claim": claim.name,
        "word": claim.word,
        "text": claim.text,
        "findings": claim.count,
        "begins": claim.notes,
        "first": [
            {
                "exit": one.exit,
                "reason": one.reason,
                "detail": one.detail,
                "producer": one.producer,
                "sequence": one.sequence,
                "stream": one.stream,
                "streamVersion": one.version,
            }
            for one in claim.findings
        ],
    }
