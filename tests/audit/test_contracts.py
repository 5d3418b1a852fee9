"""What the audit reads and asks fits what the others publish: event contracts and the gateway's schema."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from services.audit import asking, payloads
from shared import contracts

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", sorted(payloads.READ))
def test_every_field_that_the_audit_needs_is_in_its_contract_with_the_same_default(kind: str) -> None:
    schema = contracts.event_schema(kind)
    for field in payloads.wanted(kind):
        told, default = schema["properties"][field.removesuffix("?")], payloads.default(kind, field)
        if field.endswith("?"):
            assert field.removesuffix("?") not in schema["required"]
        elif default is None:
            assert field in schema["required"]
            assert "default" not in told
        else:
            assert told["default"] == (str(default) if isinstance(default, Decimal) else default)


def test_the_question_fits_the_gateways_schema() -> None:
    schema = build_schema((ROOT / "services" / "gateway" / "schema.graphql").read_text(encoding="utf-8"))
    query, variables = asking.query(["region", "member/cluster-jura", "territory/chenove"], date(2019, 12, 31))
    assert validate(schema, parse(query)) == []
    ids = variables.pop("i0")
    assert variables == {"day": "2019-12-31", "s1": "cluster-jura", "s2": "chenove"}
    assert "jobs_created" in ids
