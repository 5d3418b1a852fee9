"""Who may see: every root that reads, every kind of caller, every confidentiality, on rows of the reader's own making.

What each may see is said once more, from docs/record.md, by `Who.sees`.
"""

import pytest

from services.gateway import policy
from services.gateway.positions import node_id
from tests.gateway.seeing import CALLERS, KINDS, LISTS, Ask, Who, World, callers

# The roots of each check below: of figures one answer for everyone, of the others what the caller may see.
SUMS = {"state", "figures", "figuresByMonth"}
OBJECTS = {*LISTS.values(), "member", "territory", "idea", "project", "node", "nodes", "history"}


def test_no_root_that_reads_is_forgotten_here() -> None:
    assert {root for root in policy.READS if not root.startswith("__")} == SUMS | OBJECTS


@callers
@KINDS
async def test_a_list_holds_what_the_caller_may_see(ask: Ask, world: World, who: Who, kind: str) -> None:
    root = LISTS[kind]
    found = (await ask(who, f"{{ {root}(first: 100) {{ nodes {{ code }} edges {{ node {{ code }} }} }} }}"))[root]
    codes = {node["code"] for node in found["nodes"]} - {world.here}
    assert codes == world.objects.seen(kind, who)
    assert codes == {edge["node"]["code"] for edge in found["edges"]} - {world.here}


@callers
@KINDS
async def test_a_page_of_one_goes_on_only_to_what_the_caller_may_see(
    ask: Ask, world: World, who: Who, kind: str
) -> None:
    root, codes, after = LISTS[kind], set(), None
    more = True
    while more:
        page = "nodes { code } pageInfo { hasNextPage endCursor }"
        text = f"query($a: String) {{ {root}(first: 1, after: $a) {{ {page} }} }}"
        found = (await ask(who, text, {"a": after}))[root]
        codes |= {node["code"] for node in found["nodes"]}
        more, after = found["pageInfo"]["hasNextPage"], found["pageInfo"]["endCursor"]
        assert found["nodes"] or not more
    assert codes - {world.here} == world.objects.seen(kind, who)


@callers
@KINDS
async def test_an_object_is_there_for_those_who_may_see_it(ask: Ask, world: World, who: Who, kind: str) -> None:
    for code in world.objects.levels[kind]:
        id = node_id(kind, code)
        text = f"""query($i: ID!, $c: String!) {{ one: {kind.lower()}(code: $c) {{ code }} node(id: $i) {{ id }}
          nodes(ids: [$i]) {{ id }} history(of: $i, first: 5) {{ nodes {{ subject data }} edges {{ cursor }} }} }}"""
        found = await ask(who, text, {"i": id, "c": code})
        there = code in world.objects.seen(kind, who)
        assert found["one"] == ({"code": code} if there else None)
        assert found["node"] == ({"id": id} if there else None)
        assert found["nodes"] == [found["node"]]
        assert len(found["history"]["nodes"]) == len(found["history"]["edges"]) == int(there)


@callers
async def test_links_lead_only_to_what_the_caller_may_see(ask: Ask, world: World, who: Who) -> None:
    found = await ask(who, "query($c: String!) { territory(code: $c) { projects } }", {"c": world.here})
    assert set(found["territory"]["projects"]) == {
        node_id("Project", code) for code in world.objects.seen("Project", who)
    }


@callers
@pytest.mark.parametrize("root", ["ideas", "projects"])
async def test_a_filter_finds_only_what_the_caller_may_see(ask: Ask, world: World, who: Who, root: str) -> None:
    kind = "Idea" if root == "ideas" else "Project"
    text = f"query($t: String) {{ {root}(first: 100, territory: $t) {{ nodes {{ code }} }} }}"
    found = (await ask(who, text, {"t": world.here}))[root]["nodes"]
    assert {node["code"] for node in found} == world.objects.seen(kind, who)


@callers
async def test_figures_are_sums_and_the_same_for_everyone(ask: Ask, world: World, who: Who) -> None:
    text = """query($t: String) { state { batch parked } figures(territory: $t) {
        complete indicators(ids: ["projects_opened", "ideas_identified"]) { id value } }
      figuresByMonth(from: "2019-06-01", to: "2019-06-30", territory: $t, indicators: ["projects_opened"]) {
        series { value months { change total } } } }"""
    found = await ask(who, text, {"t": world.here})
    assert [one["value"] for one in found["figures"]["indicators"]] == [3, 3]
    assert found["figuresByMonth"]["series"] == [{"value": 3, "months": [{"change": 3, "total": 3}]}]
    assert found == await ask(CALLERS[0], text, {"t": world.here})


@callers
async def test_a_scope_has_figures_for_those_too_who_may_not_see_its_sheet(ask: Ask, world: World, who: Who) -> None:
    for kind in ("Member", "Territory"):
        for code in world.objects.levels[kind]:
            text = f"query($c: String) {{ figures({kind.lower()}: $c) {{ complete }} }}"
            assert (await ask(who, text, {"c": code}))["figures"] == {"complete": True}


@callers
async def test_a_pseudonym_is_for_callers_with_a_token(ask: Ask, world: World, who: Who) -> None:
    found = await ask(who, "query($i: ID!) { history(of: $i, first: 1) { nodes { actor } } }", {"i": _public(world)})
    assert found["history"]["nodes"] == [{"actor": "p-9" if who.member else None}]


def _public(world: World) -> str:
    return next(node_id("Idea", code) for code, level in world.objects.levels["Idea"].items() if level == "public")
