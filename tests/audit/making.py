"""A tiny writer of histories for the audit's tests: it shares no code with the audit."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from nacl.signing import SigningKey

from shared import contracts
from shared.contracts.routing import entities

COORDINATOR = "france-active-franche-comte"
ROOT = f"/members/{COORDINATOR}/ideation"
JURA = "/members/cluster-jura/ideation"
JURA_PROJECTS = "/members/cluster-jura/projects"
TYPE = b"application/vnd.generateur.record+json;v=1"
FDFR = "/members/fdfr-89/ideation"
FDFR_PROJECTS = "/members/fdfr-89/projects"


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def member_of(source: str) -> str:
    return source.split("/")[2]


def stream_of(event: str, data: Mapping[str, Any]) -> str:
    """The stream that an event belongs to, by its contract; any for an event without one."""
    template = str(contracts.events().get(f"{event}.v1", {}).get("stream", "thing/1"))
    plain = {name: found for name, found in data.items() if isinstance(found, str)}
    nested = {
        f"{name}.{key}": one for name, found in data.items() if isinstance(found, dict) for key, one in found.items()
    }
    for name, found in {**plain, **nested}.items():
        template = template.replace(f"{{{name}}}", str(found))
    return template


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
# What contracts ask for, where a test does not care.
_SHOWN: Mapping[str, Mapping[str, Any]] = {
    "ideation.MemberJoined": {"legal_name": "An association"},
    "ideation.TerritoryRegistered": {"name": "Somewhere", "kind": "cc", "epci_links": []},
    "ideation.TerritoryAdmitted": {"operators": []},
    "ideation.IdeaProposed": {"title": "A shop", "provenance": "workshop"},
    "projects.ProjectOpened": {"title": "A shop", "nature": "creation", "origin_kind": "idea"},
    "projects.ProjectHolderIdentified": {"project_holder": "holder-1"},
}
_NAMING = frozenset(
    (
        "projects.ProjectOpened",
        "projects.ProjectNearingDeclared",
        "ideation.AdviserAppointed",
        "ideation.AdviserDeparted",
    )
)


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
        data |= {"public_key": bytes(public).hex(), "member_id": member_of(source), "service": source.split("/")[3]}
        self.say("ideation.ProducerKeyIntroduced", data, source=self.root)
        self.topics.setdefault(source, [])

    def say(
        self,
        event: str,
        data: Mapping[str, Any],
        on: str = "2026-01-01",
        *,
        precision: str = "day",
        source: str = JURA,
        subject: str | None = None,
        version: int = 1,
        exact: bool = False,
        **given: Any,
    ) -> int:
        """Appends a record to its stream and gives its sequence.

        What its contract asks for and the test does not say is filled in, unless `exact`; `given` replaces
        attributes before sealing.
        """
        topic = self.topics.setdefault(source, [])
        self.moment += 1
        said = dict(data) if exact else self._whole(event, data, source)
        subject = subject or stream_of(event, said)
        place = self._versions[source, subject] = self._versions.get((source, subject), 0) + 1
        record = {
            "actor": "pseudonym-1",
            "causationid": uuid(self.moment),
            "commandid": uuid(self.moment),
            "correlationid": uuid(self.moment),
            "data": said,
            "datacontenttype": "application/json",
            "dataschema": f"urn:generateur:schema:{event}.v{version}",
            "id": uuid(self.moment),
            "occurredon": on,
            "occurredprecision": precision,
            "origin": "live",
            "prev": sha256(signed_part(json.loads(topic[-1]))).hexdigest() if topic else "0" * 64,
            "role": "AD",
            "sequence": len(topic) + 1,
            "source": source,
            "specversion": "1.0",
            "streamversion": place,
            "subject": subject,
            "time": f"2026-11-01T{10 + self.moment // 3600}:{self.moment // 60 % 60:02}:{self.moment % 60:02}.000000Z",
            "type": f"{event}.v{version}",
        }
        topic.append(seal({**record, **given}, key_of(source)))
        return len(topic)

    def _whole(self, event: str, data: Mapping[str, Any], source: str) -> dict[str, Any]:
        filled: dict[str, Any] = {**_ALWAYS, **_SHOWN.get(event, {})}
        if event in _NAMING:
            filled["member_id"] = member_of(source)
        if event.endswith("BatchDeclared"):
            filled["batch_id"] = uuid(self.moment)
        return {**filled, **data}

    def record(self, source: str, sequence: int) -> dict[str, Any]:
        """One record as it was told."""
        found: dict[str, Any] = json.loads(self.topics[source][sequence - 1])
        return found

    def named(self, source: str, sequence: int) -> list[str]:
        """The objects that a record concerns."""
        found = self.record(source, sequence)
        if "target" in found["data"]:
            return list(found["data"]["target"]["entities"])
        return entities(found["type"], found["data"], member_of(source))

    def _target(self, source: str, sequence: int, also: Sequence[int], given: Mapping[str, Any]) -> dict[str, Any]:
        found = self.record(source, sequence)
        objects = {name for one in (sequence, *also) for name in self.named(source, one)}
        target = {
            "source": source,
            "sequence": sequence,
            "version": found["streamversion"],
            "type": found["type"],
            "subject": found["subject"],
            "entities": sorted(objects),
        }
        return {**target, **given}

    def void(
        self,
        source: str,
        sequence: int,
        *also: int,
        subject: str | None = None,
        target: Mapping[str, Any] | None = None,
    ) -> int:
        """Voids a record in its stream; the void names the objects of those in `also` as well."""
        named = self._target(source, sequence, also, target or {})
        event = f"{source.split('/')[3]}.RecordVoided"
        stream = subject or self.record(source, sequence)["subject"]
        return self.say(event, {"target": named, "reason": "error"}, source=source, subject=stream)

    def correct(
        self,
        source: str,
        sequence: int,
        data: Mapping[str, Any] | None = None,
        on: str | None = None,
        precision: str | None = None,
        *,
        subject: str | None = None,
        target: Mapping[str, Any] | None = None,
        **given: Any,
    ) -> int:
        """Corrects a record in its stream: `data` changes fields of its payload, the rest stays as it was told."""
        found = self.record(source, sequence)
        instead = {
            "target": self._target(source, sequence, (), target or {}),
            "data": {**found["data"], **(data or {})},
            "occurred_on": on or found["occurredon"],
            "occurred_precision": precision or found["occurredprecision"],
            "changed": sorted(data or ["occurred_on"]),
            "reason": "typo",
            **given,
        }
        event = f"{source.split('/')[3]}.RecordCorrected"
        return self.say(event, instead, source=source, subject=subject or found["subject"])

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


def qty(value: int, precision: str = "exact") -> dict[str, Any]:
    return {"value": value, "precision": precision}
