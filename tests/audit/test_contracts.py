"""What the audit reads and asks fits what the others publish: event contracts and the gateway's schema."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from services.audit import asking, payloads
from services.audit.recount import PARTS, SHOWN

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "shared" / "contracts" / "events"


@pytest.mark.parametrize("kind", sorted(payloads.READ))
def test_every_event_that_the_audit_counts_is_read_from_its_example(kind: str) -> None:
    assert payloads.read(kind, json.loads((EVENTS / f"{kind}.example.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("kind", sorted(payloads.READ))
def test_every_field_that_the_audit_needs_is_in_its_contract_with_the_same_default(kind: str) -> None:
    schema = json.loads((EVENTS / f"{kind}.schema.json").read_text(encoding="utf-8"))
    for field in payloads.fields(kind):
        told = schema["properties"][field.removesuffix("?")]
        if not field.endswith("?") and field not in schema["required"]:
            default = payloads.default(field)
            assert told["default"] == (str(default) if isinstance(default, Decimal) else default)


def test_the_question_fits_the_gateways_schema() -> None:
    schema = build_schema((ROOT / "services" / "gateway" / "schema.graphql").read_text(encoding="utf-8"))
    query, variables = asking.query(["region", "member/cluster-jura", "territory/chenove"], date(2019, 12, 31))
    assert validate(schema, parse(query)) == []
    assert variables == {"day": "2019-12-31", "s1": "cluster-jura", "s2": "chenove"}


def test_every_headline_and_part_that_is_published_is_counted_by_name() -> None:
    assert len(SHOWN) == len(set(SHOWN))
    assert set(PARTS) < set(SHOWN)
