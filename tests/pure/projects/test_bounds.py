"""Nothing comes in without a limit: what an input of the projects service may not be."""

from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from services.projects.service import DEFINITION
from tests.pure.deciding import uid
from tests.pure.projects.making import CREATE, OF, OPEN

START = {**OF, "kind": "permanent"}
BATCH = {"batch_id": uid(5), "count": {"value": 6}, "kind": "created", "source": "The paper"}
PAUSE = {"project_id": uid(0), "reason": "No room"}


def read(name: str, given: Any) -> Any:
    return DEFINITION.specs[name].model.model_validate_json(orjson.dumps(given), strict=True)


@pytest.mark.parametrize(
    ("name", "given", "changed"),
    [
        ("OpenProject", OPEN, {"title": "\u200b"}),
        ("OpenProject", OPEN, {"title": "The\toven"}),
        ("OpenProject", OPEN, {"member_id": "Cluster Jura"}),
        ("OpenProject", OPEN, {"accompaniment_ids": [uid(1)] * 51}),
        ("OpenProject", OPEN, {"idea_ids": ["another-member/no-id"]}),
        ("OpenProject", OPEN, {"surprise": 1}),
        ("PauseProject", PAUSE, {"reason": ""}),
        ("PauseProject", PAUSE, {"reason": "\u00ad\n"}),
        ("PauseProject", PAUSE, {"reason": "No room\x9b2J"}),
        ("StartActivity", START, {"insee": "39"}),
        ("StartActivity", START, {"insee": "99001"}),
        ("StartActivity", START, {"kind": "dreamt"}),
        ("CreateJob", CREATE, {"weekly_hours": "0"}),
        ("CreateJob", CREATE, {"weekly_hours": "-3"}),
        ("CreateJob", CREATE, {"weekly_hours": "60.5"}),
        ("CreateJob", CREATE, {"weekly_hours": "17.555"}),
        ("CreateJob", CREATE, {"reference_hours": None}),
        ("CreateJob", CREATE, {"starts": "2026-02-30"}),
        ("CreateJob", CREATE, {"contract": "handshake"}),
        ("CreateJob", CREATE, {"attribution": [{"programme": "one", "share": "0"}]}),
        ("DeclareJobBatch", BATCH, {"fte": "-1"}),
        ("DeclareJobBatch", BATCH, {"fte": "NaN"}),
        ("DeclareJobBatch", BATCH, {"count": {"value": -1}}),
    ],
)
def test_an_input_out_of_bounds_is_not_read(name, given, changed):
    assert read(name, given)
    with pytest.raises(ValidationError):
        read(name, {**given, **changed})
