"""docker-compose.yml and the Dockerfile keep the rules, and each rule was seen to refuse a planted breach."""

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.docker import vaults
from deploy.provision import collective
from tests.deploy import rules

ROOT = Path(__file__).parents[2]
MEMBERS = collective.load()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "deploy" / "docker" / "Dockerfile").read_text()
JURA = "ideation-cluster-jura"


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_compose_file_keeps_the_rule(rule):
    assert rule(COMPOSE, MEMBERS) == []


def _of(name: str, **given: Any) -> Callable[[dict[str, Any]], None]:
    """A breach: these keys of one service become this; None removes them."""

    def plant(compose: dict[str, Any]) -> None:
        service = compose["services"][name]
        for key, value in given.items():
            service.pop(key, None)
            if value is not None:
                service[key] = value

    return plant


def _told(name: str, key: str, value: str) -> Callable[[dict[str, Any]], None]:
    def plant(compose: dict[str, Any]) -> None:
        compose["services"][name]["environment"][key] = value

    return plant


def _two_in_one(compose: dict[str, Any]) -> None:
    del compose["services"]["projects-cluster-jura"]


def _open(compose: dict[str, Any]) -> None:
    compose["networks"]["broker"] = None


def _bound(compose: dict[str, Any]) -> None:
    compose["volumes"]["history"] = {"driver_opts": {"device": "/etc", "o": "bind"}}


def _started_only(compose: dict[str, Any]) -> None:
    compose["services"]["history"]["depends_on"][JURA] = {"condition": "service_started"}


BREACHES = [
    (rules.apart, _two_in_one),
    (rules.apart, _of(JURA, command=["python", "-m", "services.ideation", "--member", "fdfr-89"])),
    (rules.apart, _of(JURA, command=["python", "-m", "services.projects", "--member", "cluster-jura"])),
    (rules.apart, _of("indicators", command=["python", "-m", "services.projects", "--member", "fdfr-89"])),
    (rules.apart, _of(JURA, scale=2)),
    (rules.healthy, _of("gateway", healthcheck=None)),
    (rules.healthy, _of("kafka", healthcheck={"test": ["NONE"]})),
    (rules.healthy, _of("kafka", healthcheck={"test": ["CMD", "true"], "disable": True})),
    (rules.healthy, _started_only),
    (rules.healthy, _of(JURA, depends_on=["provision"])),
    (rules.healthy, _of(JURA, depends_on={"provision": {"condition": "service_started"}})),
    (rules.limited, _of("postgres", mem_limit=None)),
    (rules.limited, _of("postgres", mem_limit="4g")),
    (rules.limited, _of("postgres", mem_limit="1024m")),
    (rules.limited, _of(JURA, pids_limit=None)),
    (rules.limited, _of(JURA, pids_limit=-1)),
    (rules.limited, _of("kafka", logging={"driver": "json-file"})),
    (rules.confined, _of("kafka", cap_drop=None)),
    (rules.confined, _of("kafka", cap_add=["NET_ADMIN"])),
    (rules.confined, _of(JURA, security_opt=None)),
    (rules.confined, _of(JURA, privileged=True)),
    (rules.confined, _of("gateway", network_mode="host")),
    (rules.confined, _of("gateway", pid="host")),
    (rules.confined, _of("indicators", read_only=False)),
    (rules.confined, _of("postgres", user="root")),
    (rules.published, _of("gateway", ports=["8000:8080"])),
    (rules.published, _of("gateway", ports=["0.0.0.0:8000:8080"])),
    (rules.published, _of("postgres", ports=["127.0.0.1:5432:5432"])),
    (rules.published, _of("kafka", ports=["9092:9092"])),
    (rules.separated, _open),
    (rules.separated, _of(JURA, networks=["edge", "commands"])),
    (rules.separated, _of(JURA, networks=None)),
    (rules.separated, _of("kafka", networks=["broker", "commands"])),
    (rules.separated, _of("gateway", networks=["edge", "commands", "database", "broker"])),
    (rules.secretive, _told("postgres", "POSTGRES_PASSWORD", "postgres")),
    (rules.secretive, _told("postgres", "POSTGRES_PASSWORD", "${POSTGRES_PASSWORD:-secret}")),
    (rules.secretive, _told("postgres", "POSTGRES_PASSWORD", "${POSTGRES_PASSWORD}")),
    (rules.secretive, _told("postgres", "POSTGRES_HOST_AUTH_METHOD", "trust")),
    (rules.secretive, _told(JURA, "GENERATEUR_DSN", "${DSN:?missing}")),
    (rules.secretive, _of("kafka", environment=["KAFKA_SASL_PASSWORD=broker"])),
    (rules.vaulted, _of(JURA, volumes=["projects-cluster-jura:/state:ro"])),
    (rules.vaulted, _of(JURA, volumes=["ideation-fdfr-89:/state:ro"])),
    (rules.vaulted, _of(JURA, volumes=[f"{JURA}:/state:ro", "provision:/all:ro"])),
    (rules.vaulted, _of(JURA, volumes=[f"{JURA}:/state"])),
    (rules.vaulted, _of("gateway", volumes=["gateway:/state:ro", "/var/run/docker.sock:/var/run/docker.sock"])),
    (rules.vaulted, _of("provision", volumes=["provision:/state", "postgres:/var/lib/postgresql"])),
    (rules.vaulted, _bound),
    (rules.imaged, _of("postgres", image="postgres:latest")),
    (rules.imaged, _of("postgres", image="postgres")),
    (rules.imaged, _of("kafka", image="apache/kafka:4.3.1")),
    (rules.imaged, _of("gateway", pull_policy="always")),
    (rules.imaged, _of("kafka", build={"context": "."})),
]


@pytest.mark.parametrize(("rule", "plant"), BREACHES, ids=[f"{r.__name__}-{i}" for i, (r, _) in enumerate(BREACHES)])
def test_the_rule_refuses_a_planted_breach(rule, plant):
    planted = copy.deepcopy(COMPOSE)
    plant(planted)
    assert rule(planted, MEMBERS)


def test_every_rule_was_seen_to_refuse():
    assert {rule for rule, _ in BREACHES} == set(rules.RULES)


def test_the_vaults_are_the_volumes_that_provisioning_fills():
    wanted = {f"{name}:/vaults/{name}" for name in vaults.vaults(MEMBERS)} | {"provision:/state"}
    assert set(COMPOSE["services"]["provision"]["volumes"]) == wanted


def test_what_is_asked_for_readiness_is_the_container_itself():
    for member, service in MEMBERS.producers:
        test = COMPOSE["services"][f"{service}-{member}"]["healthcheck"]["test"]
        assert test == ["CMD", "python", "-m", "deploy.docker.healthy", f"/members/{member}/{service}/ready"]


def test_the_dockerfile_keeps_its_rules():
    assert rules.dockerfile(DOCKERFILE) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"\A", "# syntax=docker/dockerfile:1\n"),
        (r"USER \d+:\d+", ""),
        (r"USER \d+:\d+", "USER root"),
        (r"USER \d+:\d+", "USER 0:0"),
        (r"USER \d+:\d+", "USER 10001:10001\nUSER 0"),
        (r"\Z", "USER 10001\nFROM python:3.11-slim-bookworm\nRUN true\n"),
        (r"--require-hashes ", ""),
        (r"\Z", "RUN true && pip install httpx\n"),
        (r"FROM python:3.11-slim-bookworm\n", "FROM python:latest\n"),
        (r"WORKDIR /app", "ARG POSTGRES_PASSWORD\nWORKDIR /app"),
        (r"WORKDIR /app", "ENV ISSUER_SECRET=x\nWORKDIR /app"),
        (r"COPY shared shared", "COPY . ."),
        (r"COPY shared shared", "ADD https://example.org/shared.tar /app"),
    ],
)
def test_the_rules_of_the_dockerfile_refuse(old, new):
    planted = re.sub(old, new, DOCKERFILE, count=1)
    assert planted != DOCKERFILE
    assert rules.dockerfile(planted)


def test_only_code_and_the_lock_go_into_the_image():
    assert rules.ignored((ROOT / ".dockerignore").read_text()) == []


@pytest.mark.parametrize("text", [".env\n.git\n", "*\n!deploy\n!.env\n", "*\n!.generateur\n", ""])
def test_letting_more_into_the_image_is_refused(text):
    assert rules.ignored(text)


def test_the_password_has_no_default_and_is_never_committed():
    assert "POSTGRES_PASSWORD=\n" in (ROOT / ".env.example").read_text()
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()
