"""What a process is told: by its command line, else the environment, else a state folder."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.gateway import settings as gateway
from services.indicators import settings as indicators
from services.indicators.service import Figures
from shared.runtime.keyfiles import Unusable
from shared.runtime.settings import from_state


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "secrets").mkdir()
    for name in ("fdfr-89_ideation", "indicators_writer", "gateway_reader"):
        (tmp_path / "secrets" / f"{name}.dsn").write_text(f"postgresql://laid/{name}\n")
    said = {"kafka": "laid:9092", "coordinator": "fdfr-89", "services": "http://laid/{member}/{service}"}
    (tmp_path / "settings.json").write_text(json.dumps(said))
    return tmp_path


def test_a_state_folder_says_what_nobody_else_says(state):
    found = from_state(state, "fdfr-89", "ideation")
    assert (found.kafka, found.coordinator, found.port) == ("laid:9092", "fdfr-89", 0)
    assert found.dsn.get_secret_value() == "postgresql://laid/fdfr-89_ideation"
    assert indicators.from_state(state).root_key == state / "keys" / "root.pub"
    assert gateway.from_state(state).services_url == "http://laid/{member}/{service}"


def test_the_environment_is_heard_before_the_state_folder(state, monkeypatch):
    monkeypatch.setenv("GENERATEUR_KAFKA", "told:9092")
    monkeypatch.setenv("GENERATEUR_ROOT_KEY", "/elsewhere/root.pub")
    monkeypatch.setenv("GENERATEUR_SERVICES_URL", "http://told/{member}/{service}")
    assert from_state(state, "fdfr-89", "ideation").kafka == "told:9092"
    assert indicators.from_state(state).kafka == "told:9092"
    assert indicators.from_state(state).root_key == Path("/elsewhere/root.pub")
    assert gateway.from_state(state).services_url == "http://told/{member}/{service}"


def test_the_command_line_is_heard_before_the_environment(state, monkeypatch):
    monkeypatch.setenv("GENERATEUR_PORT", "7001")
    assert from_state(state, "fdfr-89", "ideation", port=7002, host=None).port == 7002
    assert from_state(state, "fdfr-89", "ideation", port=None).port == 7001


def test_what_nobody_says_is_named(tmp_path):
    with pytest.raises(ValidationError, match="kafka"):
        from_state(tmp_path, "fdfr-89", "ideation")


def test_a_root_key_that_is_missing_is_no_server_that_is_away(state):
    with pytest.raises(Unusable, match=r"root\.pub is lost"):
        Figures(indicators.from_state(state))
