"""What the audit reads and asks fits what the others publish: event contracts and the gateway's schema."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from services.audit import asking, payloads
from services.audit.catalogue import indicators
from services.audit.clients import Dice
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
    day = date(2019, 12, 31)
    for seed in range(200):
        group = [("region", day), ("member/cluster-jura", day), ("territory/chenove", day)]
        query, variables, *_ = asking.query(group, Dice(seed))
        assert validate(schema, parse(query)) == []
        plain = [one for one in variables.values() if isinstance(one, str)]
        assert sorted(plain) == ["2019-12-31"] * 3 + ["chenove", "cluster-jura"]
        assert sum(len(one) for one in variables.values() if isinstance(one, list)) == len(indicators())
