"""Projects and jobs known only as a number."""

import pytest

from services.projects.events import JobBatchDeclared, ProjectBatchDeclared
from tests.pure.deciding import HERE, told
from tests.pure.projects.making import BATCH, projects


@pytest.mark.parametrize(
    ("name", "payload", "more"),
    [
        ("DeclareProjectBatch", ProjectBatchDeclared, {"stage": "completed_or_nearing"}),
        ("DeclareJobBatch", JobBatchDeclared, {"kind": "created", "fte": "4.50"}),
    ],
)
def test_a_number_is_declared_once(name, payload, more):
    batch = {**HERE, "batch_id": BATCH, "count": {"value": 24, "precision": "approx"}, "source": "The paper", **more}
    fact = told(payload, **batch)
    projects.when(name, **batch).then(fact)
    projects.given(fact).when(name, **batch).then()
    changed = {**batch, "count": {"value": 25}}
    projects.given(fact).when(name, **changed).then_refused("batch.exists")
