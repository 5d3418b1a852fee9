"""`generateur reactions`: who may see and release what was set aside, and what the command line says of it."""

import asyncio
import json
from uuid import uuid4

import httpx
import pytest

from deploy.cli import reactions, state
from deploy.cli.main import main
from deploy.provision.collective import Collective
from tests.integration.reactions.conftest import Listening


@pytest.mark.parametrize(
    ("member", "roles", "status"),
    [
        ("own", ("ME",), 200),
        ("own", ("AD", "TR", "PH"), 403),
        ("own", ("CO",), 403),
        ("coordinator", ("CO",), 200),
        ("coordinator", ("ME",), 403),
        ("somebody-else", ("ME", "CO"), 403),
        (None, (), 401),
    ],
)
async def test_the_members_administrator_and_the_coordinator_see_and_release(
    listening: Listening, member, roles, status
):
    name = {"own": listening.member, "coordinator": listening.coordinator.member}.get(member, member)
    headers = {} if member is None else listening.bearer(name, *roles)
    url = listening.url.format(member=listening.member, service="projects")
    async with httpx.AsyncClient(trust_env=False, headers=headers) as client:
        seen = await client.get(f"{url}/reactions")
        freed = await client.post(f"{url}/reactions/release", json={"ids": [10**12]})
    assert (seen.status_code, freed.status_code) == (status, status)
    if status != 200:
        assert set(seen.json()["problem"]["message"]) == {"en", "fr"}
        assert "waiting" not in seen.json()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"no json", "input.malformed"),
        (b"{}", "input.invalid"),
        (b'{"ids": []}', "input.invalid"),
        (b'{"ids": [0]}', "input.invalid"),
        (b'{"ids": [9223372036854775808]}', "input.invalid"),
        (b'{"ids": ["1"]}', "input.invalid"),
        (b'{"ids": [1], "all": true}', "input.unknown_field"),
        (json.dumps({"ids": list(range(1, 202))}).encode(), "input.invalid"),
        (b'{"ids": [' + b"1," * 40_000 + b"1]}", "input.too_large"),
    ],
)
async def test_what_is_asked_for_wrongly_is_refused(listening: Listening, body, code):
    url = listening.url.format(member=listening.member, service="projects")
    async with httpx.AsyncClient(trust_env=False, headers=listening.bearer(listening.member, "ME")) as client:
        answer = await client.post(f"{url}/reactions/release", content=body)
        assert answer.json()["problem"]["code"] == code
        for after in ("x", "-1", "9" * 30, "²"):
            assert (await client.get(f"{url}/reactions", params={"after": after})).status_code == 400


@pytest.fixture
def collective(listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line's collective is the one that listens."""
    of = Collective(listening.coordinator.member, (listening.member,))
    for part in (reactions, state):
        monkeypatch.setattr(part, "load", lambda: of)
    monkeypatch.setenv("GENERATEUR_SERVICES_URL", listening.url)
    token = listening.bearer(of.coordinator, "CO")["authorization"].removeprefix("Bearer ")
    monkeypatch.setenv("GENERATEUR_TOKEN", token)


async def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str], str]:
    """A command line's exit code and what it printed."""
    code = await asyncio.to_thread(main, ["reactions", *words])
    printed = capsys.readouterr()
    return code, printed.out.splitlines(), printed.err


async def test_the_command_line_lists_releases_and_gives_up(
    listening: Listening, accompaniment: str, collective: None, capsys: pytest.CaptureFixture[str]
):
    assert await run(capsys, "--lang", "fr") == (0, ["Rien n'est mis de côté."], "")
    junk = await listening.kafka.send_and_wait(listening.own.topic, b"{\x1b[31m", key=b"k")
    _, raw = listening.choice(accompaniment, correlationid=f"none-{uuid4()}")
    await listening.own.send(raw)
    await listening.opens(accompaniment)
    await listening.until(lambda: ideation_heard(listening))

    code, out, _ = await run(capsys, "--lang", "en")
    names = [line.split()[0] for line in out[:-1]]
    where = f"{listening.own.topic}@{junk.offset}"
    assert code == 0
    assert [name.split("#")[0] for name in names] == [f"{listening.member}/{one}" for one in KINDS]
    assert all(f"record.not_canonical  {where}" in line for line in out[:2])
    assert f"{listening.own.source} #" in out[2]
    assert "attribute.contract" in out[2]
    assert out[-1].startswith("To try them again: generateur reactions release")
    _, told, _ = await run(capsys, "--json")
    assert [json.loads(line)["name"] for line in told] == names
    assert json.loads(told[0])["excerpt"] == "{\x1b[31m"

    code, out, _ = await run(capsys, "release", names[2], "--lang", "fr")
    assert (code, out[0][: len(names[2]) + 7]) == (65, f"{names[2]} reste ")
    code, out, _ = await run(capsys, "release", "--all", "--skip", "--member", listening.member)
    assert (code, out) == (0, [f"{name} is given up; it stays as evidence." for name in names])
    assert (await run(capsys, "--lang", "en"))[1] == ["Nothing is set aside."]


KINDS = ("ideation", "projects", "projects")


async def ideation_heard(listening: Listening) -> bool:
    return bool(await listening.waiting("ideation"))


async def test_the_command_line_says_what_it_was_not_told(
    listening: Listening, collective: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    assert (await run(capsys, "release"))[0] == 64
    assert (await run(capsys, "release", "x/y#1"))[0] == 64
    assert (await run(capsys, "release", f"{listening.member}/projects#1", "--all"))[0] == 64
    assert (await run(capsys, "--member", "nobody"))[0] == 64
    monkeypatch.setenv("GENERATEUR_TOKEN", "x")
    code, _, said = await run(capsys)
    assert (code, said) == (65, f"{listening.member}/ideation: This token is not valid, or no longer.\n")
    monkeypatch.setenv("GENERATEUR_SERVICES_URL", "http://127.0.0.1:1/{member}/{service}")
    code, out, said = await run(capsys)
    assert (code, out) == (69, [])
    assert [line.split(" does not answer")[0].split(" at ")[0] for line in said.splitlines()] == [
        f"{listening.member}/ideation",
        f"{listening.member}/projects",
    ]
