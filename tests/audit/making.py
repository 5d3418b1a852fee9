"""A tiny writer of histories, exports and figures for the audit's tests: it shares no code with the audit."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey

COORDINATOR = "france-active-franche-comte"
ROOT = f"/members/{COORDINATOR}/ideation"
JURA = "/members/cluster-jura/ideation"
JURA_PROJECTS = "/members/cluster-jura/projects"
TYPE = b"application/vnd.generateur.record+json;v=1"
HEADLINES = {
    "advisers_mobilised": ("advisers_identified", "advisers_declared"),
    "territories_accompanied": ("territories_epci", "territories_not_epci"),
    "projects_completed_or_nearing": ("projects_completed", "projects_nearing", "projects_declared"),
    "actors_mobilised": ("actors_identified", "actors_declared"),
    "jobs_created": ("jobs_recorded", "jobs_declared"),
}
BESIDE = (
    "advisers_mobilised_ever",
    "advisers_fte",
    "accompaniments_total",
    "territories_with_project",
    "projects_opened",
    "projects_qualified",
    "projects_launching",
    "actor_organisations",
    "jobs_alive",
    "jobs_fte_alive",
    "jobs_fte_unknown",
    "jobs_lost",
    "jobs_consolidated",
    "jobs_created_or_consolidated",
)


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def uuid(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012x}"


def key_of(source: str) -> SigningKey:
    return SigningKey(sha256(source.encode()).digest())


def key_id(key: SigningKey) -> str:
    return sha256(bytes(key.verify_key)).hexdigest()[:16]


def seal(record: Mapping[str, Any], key: SigningKey) -> bytes:
    """The record's bytes with digest, key id and signature made anew."""
    made = {**record, "datadigest": sha256(canonical(record["data"])).hexdigest(), "keyid": key_id(key)}
    made["signature"] = b64encode(key.sign(encoding(made)).signature).decode()
    return canonical(made)


def signed_part(record: Mapping[str, Any]) -> bytes:
    return canonical({name: value for name, value in record.items() if name not in ("data", "signature")})


def encoding(record: Mapping[str, Any]) -> bytes:
    body = signed_part(record)
    return b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE, len(body), body)


_ALWAYS = {"territory_ids": [], "evidence": [], "confidentiality": "partners", "language": "fr"}
# What sheets show, where a test does not care.
_SHOWN: Mapping[str, Mapping[str, str]] = {
    "ideation.TerritoryRegistered": {"name": "Somewhere", "kind": "cc"},
    "projects.ProjectOpened": {"title": "A shop", "nature": "creation", "origin_kind": "idea"},
    "projects.ProjectHolderIdentified": {"project_holder": "holder-1"},
}


class World:
    """Histories of several producers. `say` appends one record; what is told first has the earlier time."""

    def __init__(self, *sources: str, coordinator: str = COORDINATOR) -> None:
        self.root = f"/members/{coordinator}/ideation"
        self.topics: dict[str, list[bytes]] = {}
        self.moment = 0
        self._versions: dict[tuple[str, str], int] = {}
        self.topics[self.root] = []
        for source in sources or (JURA, JURA_PROJECTS):
            self.introduce(source)

    def introduce(self, source: str, key: SigningKey | None = None) -> None:
        """The coordinator publishes the key of a producer, whose topic then exists."""
        public = (key or key_of(source)).verify_key
        data = {"producer": source, "key_id": key_id(key or key_of(source)), "algorithm": "ed25519"}
        data |= {"public_key": bytes(public).hex(), "member_id": source.split("/")[2], "service": source.split("/")[3]}
        self.say("ideation.ProducerKeyIntroduced", data, subject=f"producer{source}", source=self.root)
        self.topics.setdefault(source, [])

    def say(
        self,
        event: str,
        data: Mapping[str, Any],
        on: str = "2026-01-01",
        *,
        precision: str = "day",
        source: str = JURA,
        subject: str = "thing/1",
        **given: Any,
    ) -> int:
        """Appends a record and gives its sequence; `given` replaces attributes before sealing."""
        topic = self.topics.setdefault(source, [])
        self.moment += 1
        version = self._versions[source, subject] = self._versions.get((source, subject), 0) + 1
        record = {
            "actor": "pseudonym-1",
            "causationid": uuid(self.moment),
            "commandid": uuid(self.moment),
            "correlationid": uuid(self.moment),
            "data": {**_ALWAYS, **_SHOWN.get(event, {}), **data},
            "datacontenttype": "application/json",
            "dataschema": f"urn:generateur:schema:{event}.v1",
            "id": uuid(self.moment),
            "occurredon": on,
            "occurredprecision": precision,
            "origin": "live",
            "prev": sha256(signed_part(json.loads(topic[-1]))).hexdigest() if topic else "0" * 64,
            "role": "AD",
            "sequence": len(topic) + 1,
            "source": source,
            "specversion": "1.0",
            "streamversion": version,
            "subject": subject,
            "time": f"2026-11-01T{10 + self.moment // 3600}:{self.moment // 60 % 60:02}:{self.moment % 60:02}.000000Z",
            "type": f"{event}.v1",
        }
        topic.append(seal({**record, **given}, key_of(source)))
        return len(topic)

    def change(self, source: str, sequence: int, change: Callable[[dict[str, Any]], None]) -> None:
        """Changes one record in place and leaves all its digests and signatures as they were."""
        record = json.loads(self.topics[source][sequence - 1])
        change(record)
        self.topics[source][sequence - 1] = canonical(record)

    def reseal(self, source: str, key: SigningKey) -> None:
        """Makes the chain whole again from its first record, as one who holds this key could."""
        prev, sealed = "0" * 64, []
        for number, raw in enumerate(self.topics[source], 1):
            sealed.append(seal({**json.loads(raw), "prev": prev, "sequence": number}, key))
            prev = sha256(signed_part(json.loads(sealed[-1]))).hexdigest()
        self.topics[source] = sealed


def answer(world: World, values: Mapping[str, int], scope: str = "region", day: str = "2026-11-01") -> dict[str, Any]:
    """Saved figures: what `values` does not name is 0, exact, and reflects all of the world's records."""
    shown: dict[str, int] = dict.fromkeys([*HEADLINES, *(p for parts in HEADLINES.values() for p in parts), *BESIDE], 0)
    shown.update(values)
    for name, parts in HEADLINES.items():
        shown[name] = sum(shown[part] for part in parts)
    return {
        "scope": scope,
        "day": day,
        "position": {source: len(topic) for source, topic in world.topics.items()},
        "complete": True,
        "parked": 0,
        "values": shown,
        "bounds": {name: [shown[name], shown[name]] for name in HEADLINES},
        "precision": {name: "exact" for headline, parts in HEADLINES.items() for name in (headline, *parts)},
    }


def export(folder: Path, world: World, *answers: Mapping[str, Any], sequences: Mapping[str, int] | None = None) -> Path:
    """Writes an export of the world as it is now. `sequences`: what the manifest says was proven, if not all."""
    folder.mkdir(parents=True, exist_ok=True)
    producers = []
    for source, topic in sorted(world.topics.items()):
        body = b"".join(raw + b"\n" for raw in topic)
        (folder / name_of(source)).write_bytes(body)
        told = (sequences or {}).get(source, len(topic))
        about = {"begins": 0, "bytes": len(body), "records": len(topic), "sequence": told, "source": source}
        producers.append({**about, "sha256": sha256(body).hexdigest()})
    figures = canonical(list(answers)) + b"\n"
    (folder / "figures.json").write_bytes(figures)
    root = key_of(ROOT)
    manifest = {
        "format": "generateur-export/1",
        "coordinator": COORDINATOR,
        "root": {"keyid": key_id(root), "public": bytes(root.verify_key).hex()},
        "producers": producers,
        "figures": {"bytes": len(figures), "sha256": sha256(figures).hexdigest()},
    }
    (folder / "manifest.json").write_bytes(canonical(manifest) + b"\n")
    return folder


def name_of(source: str) -> str:
    return f"events.{source.split('/')[2]}.{source.split('/')[3]}.ndjson"


def root_hex() -> str:
    return bytes(key_of(ROOT).verify_key).hex()


def qty(value: int, precision: str = "exact") -> dict[str, Any]:
    return {"value": value, "precision": precision}


def figures_of(world: World, on: str = "2026-11-01", scope: str = "region") -> Any:
    """What the audit counts in a world, all of whose records it has proven."""
    from services.audit.recount import Recount
    from services.audit.trail import Trail

    trail = Trail(bytes(key_of(ROOT).verify_key), COORDINATOR)
    for source in trail.in_order(world.topics):
        producer = trail.producer(source)
        for raw in world.topics[source]:
            producer.feed(raw)
    trail.close()
    assert [finding for claim in trail.claims.all() for finding in claim.findings] == []
    assert trail.facts.parked == []
    return Recount(trail.facts, trail.trusted, date.fromisoformat(on)).figures(scope)
