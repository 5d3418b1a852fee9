"""Saved figures and exports for the audit's tests, made without the audit's code."""

import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from shared import contracts
from tests.audit.making import COORDINATOR, ROOT, World, canonical, key_id, key_of

HEADLINES = {
    "advisers_mobilised": ("advisers_identified", "advisers_declared"),
    "territories_accompanied": ("territories_epci", "territories_not_epci"),
    "projects_completed_or_nearing": ("projects_completed", "projects_nearing", "projects_declared"),
    "actors_mobilised": ("actors_identified", "actors_declared"),
    "jobs_created": ("jobs_recorded", "jobs_declared"),
}
BESIDE = {
    "advisers_mobilised": ("advisers_mobilised_ever", "advisers_fte"),
    "territories_accompanied": ("accompaniments_total", "territories_with_project"),
    "projects_completed_or_nearing": ("projects_opened", "projects_qualified", "projects_launching"),
    "actors_mobilised": ("actor_organisations",),
    "jobs_created": (
        *("jobs_alive", "jobs_lost", "jobs_fte_alive", "jobs_fte_unknown", "jobs_consolidated"),
        "jobs_created_or_consolidated",
    ),
}
CATALOGUE = tuple(tomllib.loads((contracts.FOLDER / "indicators.toml").read_text(encoding="utf-8")))


def answer(world: World, values: Mapping[str, int], scope: str = "region", day: str = "2026-11-01") -> dict[str, Any]:
    """Saved figures: what `values` does not name is 0, exact, and reflects all of the world's records."""
    counted: dict[str, int] = {**dict.fromkeys(CATALOGUE, 0), **values}
    for name, parts in HEADLINES.items():
        counted[name] = sum(counted[part] for part in parts)
    return {
        "scope": scope,
        "day": day,
        "known": True,
        "position": {source: len(topic) for source, topic in world.topics.items()},
        "complete": True,
        "parked": 0,
        "aside": {},
        "stopped": {},
        "held": [],
        "values": counted,
        "precision": dict.fromkeys(CATALOGUE, "exact"),
        "bounds": {name: [counted[name], counted[name]] for name in HEADLINES},
        "shown": [
            [one, counted[one], "exact"] for name in HEADLINES for one in (name, *HEADLINES[name], *BESIDE[name])
        ],
    }


def export(
    folder: Path,
    world: World,
    *answers: Mapping[str, Any],
    sequences: Mapping[str, int] | None = None,
    asked: Mapping[str, int] | None = None,
) -> Path:
    """Writes an export of the world as it is now.

    `sequences`: what the manifest says was proven, if not all; `asked`: what was proven before the gateway was asked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    producers = []
    for source, topic in sorted(world.topics.items()):
        body = b"".join(raw + b"\n" for raw in topic)
        (folder / name_of(source)).write_bytes(body)
        told = (sequences or {}).get(source, len(topic))
        about = {"begins": 0, "bytes": len(body), "records": len(topic), "sequence": told, "source": source}
        producers.append({**about, "sha256": sha256(body).hexdigest()})
    before = {source: len({*topic}) for source, topic in world.topics.items()} if asked is None else asked
    figures = canonical({"asked": before, "answers": list(answers)}) + b"\n"
    (folder / "figures.json").write_bytes(figures)
    root = key_of(ROOT)
    manifest = {
        "format": "generateur-export/3",
        "coordinator": COORDINATOR,
        "root": {"keyid": key_id(root), "public": bytes(root.verify_key).hex()},
        "producers": producers,
        "sheets": None,
        "figures": {"bytes": len(figures), "sha256": sha256(figures).hexdigest()},
    }
    (folder / "manifest.json").write_bytes(canonical(manifest) + b"\n")
    return folder


def name_of(source: str) -> str:
    return f"events.{source.split('/')[2]}.{source.split('/')[3]}.ndjson"


def root_hex() -> str:
    return bytes(key_of(ROOT).verify_key).hex()
