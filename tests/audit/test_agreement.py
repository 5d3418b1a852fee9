"""Two programs count by one page of rules: over stories at chance, told on a real broker, they must agree."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.provision import databases, figures
from services.audit import asking
from services.audit.answers import Answer
from services.audit.clients import Dice
from services.audit.findings import Missing
from services.audit.main import main
from services.audit.posting import Gateway
from services.gateway import service as gateway
from services.gateway.settings import Settings as GatewaySettings
from services.indicators.service import Figures
from services.indicators.settings import Settings as FiguresSettings
from shared.runtime import tokens
from shared.runtime.serve import listen, serve
from tests.audit.making import World, canonical, key_of
from tests.audit.stories import book_of
from tests.audit.test_topics import publish

STORIES = 40
DAYS = ["2018-06-30", "2019-02-28", "2019-12-31", "2020-02-29", "2021-03-01", "2022-12-31", "2026-11-23"]


@contextlib.asynccontextmanager
async def counted(servers: Any, world: World, folder: Path) -> AsyncIterator[str]:
    """The real reader of figures and the real gateway over it, on a read side of their own; gives its address."""
    database = f"figures_{uuid4().hex[:12]}"
    await figures.ensure(servers.postgres.admin_dsn, "not-a-secret", "not-a-secret", database)
    dsns = [
        databases.dsn_of(servers.postgres.host, servers.postgres.port, database, role, "not-a-secret")
        for role in (figures.WRITER, figures.READER)
    ]
    (folder / "root.pub").write_text(bytes(key_of(world.root).verify_key).hex() + "\n")
    tokens.create_issuer(folder)
    told = {"figures_dsn": dsns[0], "kafka": servers.kafka.bootstrap, "coordinator": world.root.split("/")[2]}
    reader = Figures(FiguresSettings.model_validate({**told, "root_key": folder / "root.pub"}))
    asked = {
        "reads_dsn": dsns[1],
        "jwks": folder / "jwks.json",
        "coordinator": world.root.split("/")[2],
        "services_url": "http://127.0.0.1:1/{member}/{service}",
    }
    door, listening = gateway.build(GatewaySettings.model_validate(asked)), listen("127.0.0.1", 0)
    await door.start()
    running = [asyncio.create_task(reader.run()), asyncio.create_task(serve(door, listening))]
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await door.stop()


def region(url: str) -> Answer:
    """What the gateway says of the region at some day."""
    return asking.ask(Gateway(url, Dice(1)), ["region"], [date(2019, 12, 31)], Dice(1))[0]


async def until_counted(url: str, world: World) -> None:
    """Waits until the gateway's position covers every record."""
    position: Any = {}
    for _ in range(300):
        with contextlib.suppress(Missing):  # the read side may still be empty
            position = (await asyncio.to_thread(region, url)).position
        if all(position.get(source, 0) == len(topic) for source, topic in world.topics.items()):
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"the figures stand at {position}")


async def test_the_figures_and_the_audit_agree(
    servers: Any, member: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    members = [member, f"{member}-b", f"{member}-c"]
    book = book_of(members, STORIES)
    await publish(servers.kafka.bootstrap, book.world)
    root = bytes(key_of(book.world.root).verify_key).hex()
    async with counted(servers, book.world, tmp_path) as url:
        await until_counted(url, book.world)
        words = ["replay", "--kafka", servers.kafka.bootstrap, "--gateway", url, "--root", root]
        words += ["--coordinator", member, "--state", str(tmp_path / "none"), "--json"]
        for one in members:
            words += ["--member", one]
        for day in DAYS:
            words += ["--as-of", day]
        (tmp_path / "token").write_text(tokens.issue(tmp_path / "issuer.key", "auditor-1", member, ("AU",)))
        words += ["--token", str(tmp_path / "token")]
        code = await asyncio.to_thread(main, words)
        export = ["export", str(tmp_path / "export"), *words[1:]]
        exported = await asyncio.to_thread(main, export)
    said = capsys.readouterr().out
    report, after = (json.loads(one) for one in said.replace("}\n{", "}\0{").split("\0"))
    assert [f"{one['reason']} {one['detail']}" for claim in report["claims"] for one in claim["first"]] == []
    aside = {(one["source"], one["sequence"]): one["reason"].split(":")[0] for one in report["parked"]}
    assert aside == book.aside
    claims = {one["claim"]: one for one in report["claims"]}
    assert claims["sheets"]["word"] == "PASS"
    assert claims["sheets"]["text"].endswith("as anyone and as an auditor sees them")
    assert int(claims["sheets"]["text"].split()[0]) > 200, claims["sheets"]["text"]
    assert {one["scope"] for one in report["figures"]} >= {"region", *(f"member/{one}" for one in members)}
    assert (code, exported, after["verdict"]) == (0, 0, "verified")
    assert replayed(tmp_path, root) == 0
    forge(tmp_path / "export", b"0 title", b"1 title")
    assert replayed(tmp_path, root) == 1
    assert "sheet title: " in capsys.readouterr().out


def replayed(folder: Path, root: str) -> int:
    """What the audit says of the export alone."""
    return main(["replay", "--from", str(folder / "export"), "--root", root, "--state", str(folder / "none")])


def forge(export: Path, old: bytes, new: bytes) -> None:
    """Changes what the gateway showed, and the manifest so that nobody sees it by the bytes."""
    file, manifest = export / "sheets.ndjson", json.loads((export / "manifest.json").read_bytes())
    file.write_bytes(file.read_bytes().replace(old, new))
    manifest["sheets"]["sha256"] = sha256(file.read_bytes()).hexdigest()
    (export / "manifest.json").write_bytes(canonical(manifest) + b"\n")
