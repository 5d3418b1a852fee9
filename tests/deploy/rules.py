"""The rules of docker-compose.yml and the Dockerfile: from what they say to breaches. No engine is needed."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from deploy.provision.collective import Collective

Compose = Mapping[str, Any]
OURS: Final = "generateur:local"
IMAGES: Final = frozenset({OURS, "postgres:18", "apache/kafka:4.3.0"})
PUBLISHED: Final = "127.0.0.1:${PORT:-8000}:8080"
# Its start script writes its settings into the image's own folder.
WRITABLE: Final = frozenset({"kafka"})
NETWORKS: Final = {"postgres": {"database"}, "kafka": {"broker"}, "gateway": {"edge", "commands", "database"}}
_SECRET: Final = re.compile(r"PASSWORD|SECRET|TOKEN|CREDENTIAL|_DSN|_KEY\b", re.IGNORECASE)
_ASKED: Final = re.compile(r"\$\{[A-Z_]+:\?[^}]+\}")
_MEGABYTES: Final = re.compile(r"(\d+)m")
MOST_MEGABYTES: Final = 768


def services(compose: Compose) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every service with its name."""
    yield from compose["services"].items()


def lasting(service: Mapping[str, Any]) -> bool:
    """Whether it is meant to run until it is stopped."""
    return service.get("restart") in ("always", "unless-stopped")


def apart(compose: Compose, members: Collective) -> list[str]:
    """Each service of each member has a container of its own, that runs that service of that member and no other."""
    wanted = {f"{service}-{member}": (member, service) for member, service in members.producers}
    run = {name: _producer(s["command"]) for name, s in services(compose) if _producer(s.get("command", []))}
    breaches = [f"{name} does not run {wanted[name]}" for name in wanted if run.get(name) != wanted[name]]
    breaches += [f"{name} runs a member's service" for name in run if name not in wanted]
    return breaches + [f"{n} has {s['scale']} containers" for n, s in services(compose) if s.get("scale", 1) != 1]


def _producer(command: Any) -> tuple[str, str] | None:
    words = list(command) if isinstance(command, list) else str(command).split()
    if "--member" not in words:
        return None
    module = next((w for w in words if str(w).startswith("services.")), "services.?")
    return str(words[words.index("--member") + 1]), str(module).removeprefix("services.")


def healthy(compose: Compose, _: Collective) -> list[str]:
    """What runs for long says whether it is well; what is waited for, is waited for until it is well or done."""
    breaches = []
    for name, service in services(compose):
        test = service.get("healthcheck", {}).get("test", ["NONE"])
        if lasting(service) and (test[0] == "NONE" or service["healthcheck"].get("disable")):
            breaches.append(f"{name} has no health check")
        needs = service.get("depends_on", {})
        for other in needs:
            wanted = "service_healthy" if lasting(compose["services"][other]) else "service_completed_successfully"
            if not isinstance(needs, Mapping) or needs[other].get("condition") != wanted:
                breaches.append(f"{name} does not wait for {other} with {wanted}")
    return breaches


def limited(compose: Compose, _: Collective) -> list[str]:
    """Memory, processes and logs of every container are bounded."""
    breaches = []
    for name, service in services(compose):
        memory = _MEGABYTES.fullmatch(str(service.get("mem_limit", "")))
        if memory is None or int(memory.group(1)) > MOST_MEGABYTES:
            breaches.append(f"{name} has no memory limit up to {MOST_MEGABYTES}m")
        if not 0 < service.get("pids_limit", 0) <= 512:
            breaches.append(f"{name} may start any number of processes")
        if not {"max-size", "max-file"} <= set(service.get("logging", {}).get("options", {})):
            breaches.append(f"{name} may fill the disk with its log")
    return breaches


def confined(compose: Compose, _: Collective) -> list[str]:
    """No capability, no new privilege, nothing of the host, and a root file system that is only read."""
    breaches = []
    for name, service in services(compose):
        if service.get("cap_drop") != ["ALL"] or service.get("cap_add"):
            breaches.append(f"{name} keeps capabilities")
        if "no-new-privileges:true" not in service.get("security_opt", []) or service.get("privileged"):
            breaches.append(f"{name} may gain privileges")
        if any(service.get(key) == "host" for key in ("network_mode", "pid", "ipc", "userns_mode")):
            breaches.append(f"{name} shares a namespace with the host")
        if service.get("read_only") is not True and name not in WRITABLE:
            breaches.append(f"{name} may write its root file system")
        if service.get("user") in ("root", "0", 0):
            breaches.append(f"{name} runs as root")
    return breaches


def published(compose: Compose, _: Collective) -> list[str]:
    """Only the gateway is reached from outside, and from this machine only."""
    breaches = []
    for name, service in services(compose):
        allowed = [PUBLISHED] if name == "gateway" else []
        if service.get("ports", []) != allowed:
            breaches.append(f"{name} publishes {service.get('ports')}")
    return breaches


def separated(compose: Compose, _: Collective) -> list[str]:
    """Every network but the gateway's edge is internal; the servers are each on their own."""
    networks = compose["networks"]
    breaches = [
        f"network {n} is open" for n, about in networks.items() if n != "edge" and not (about or {}).get("internal")
    ]
    for name, service in services(compose):
        joined = set(service.get("networks", ["default"]))
        if service.get("network_mode") == "none":
            joined = set()
        if "default" in joined or ("edge" in joined and name != "gateway"):
            breaches.append(f"{name} is on an open network")
        if name in NETWORKS and joined != NETWORKS[name]:
            breaches.append(f"{name} is on {sorted(joined)}")
    return breaches


def secretive(compose: Compose, _: Collective) -> list[str]:
    """No password stands in the file or has a default, and two containers only are told one."""
    breaches = []
    for name, service in services(compose):
        for key, value in _environment(service):
            if not _SECRET.search(key):
                continue
            if not _ASKED.fullmatch(value):
                breaches.append(f"{name}: {key} is written down or has a default")
            if name not in ("postgres", "provision"):
                breaches.append(f"{name} is told {key}")
        if any(key == "POSTGRES_HOST_AUTH_METHOD" for key, _ in _environment(service)):
            breaches.append(f"{name} lets PostgreSQL trust")
    return breaches


def _environment(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    given = service.get("environment", {})
    pairs = given.items() if isinstance(given, Mapping) else (str(one).partition("=")[::2] for one in given)
    yield from ((str(key), str(value)) for key, value in pairs)


def vaulted(compose: Compose, _: Collective) -> list[str]:
    """Each container reads its own vault only; no folder of the host is mounted; one alone fills the vaults."""
    data = {"postgres": ["postgres:/var/lib/postgresql"], "kafka": ["kafka:/var/lib/kafka/data"], "ready": []}
    breaches = []
    for name, service in services(compose):
        mounted = [str(volume) for volume in service.get("volumes", [])]
        if name == "provision":
            own = {volume.partition(":")[0] for volume in mounted}
            if own != set(compose["volumes"]) - {"postgres", "kafka"} or "provision:/state" not in mounted:
                breaches.append("provision does not mount every vault and nothing else")
        elif mounted != data.get(name, [f"{name}:/state:ro"]):
            breaches.append(f"{name} mounts {mounted}")
    return breaches + [f"volume {name} is {about}" for name, about in compose["volumes"].items() if about]


def imaged(compose: Compose, _: Collective) -> list[str]:
    """Three images, two of them public with these tags; ours is built here and never pulled by force."""
    breaches = []
    for name, service in services(compose):
        if service.get("image") not in IMAGES:
            breaches.append(f"{name} runs {service.get('image')}")
        if "build" in service and service.get("image") != OURS:
            breaches.append(f"{name} builds another image")
        if service.get("pull_policy") or (isinstance(service.get("build"), dict) and service["build"].get("pull")):
            breaches.append(f"{name} asks a registry each time")
    return breaches


RULES: Final[tuple[Callable[[Compose, Collective], list[str]], ...]] = (
    apart,
    healthy,
    limited,
    confined,
    published,
    separated,
    secretive,
    vaulted,
    imaged,
)


def dockerfile(text: str) -> list[str]:
    """Built from known bases, packages by their hashes, nothing secret inside, run by nobody special."""
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    said = [line.split(maxsplit=1) for line in lines if line.strip() and not line.lstrip().startswith("#")]
    breaches = [
        f"a parser from a registry: {line}" for line in lines if re.match(r"#\s*syntax\s*=", line, re.IGNORECASE)
    ]
    users = [words[1] for words in said if words[0] == "USER"]
    last_stage = max(i for i, words in enumerate(said) if words[0] == "FROM")
    if not users or ("USER", users[-1]) not in [tuple(w) for w in said[last_stage:]] or not _ordinary(users[-1]):
        breaches.append("it runs as root")
    for word, rest in said:
        if word == "FROM" and not re.match(r"python:3\.\d+-slim-bookworm( AS \w+)?$", rest):
            breaches.append(f"an unknown base: {rest}")
        if word in ("ARG", "ENV") and _SECRET.search(rest):
            breaches.append(f"a secret in {word}")
        if word == "ADD" or (word == "COPY" and rest.split()[0] in (".", "./", "*")):
            breaches.append(f"copies what nobody named: {word} {rest}")
        if word == "RUN":
            breaches += [f"not by its hash: {one.strip()}" for one in rest.split("&&") if _unlocked(one)]
    return breaches


def _ordinary(user: str) -> bool:
    return re.match(r"[1-9]\d*(:[1-9]\d*)?$", user) is not None


def _unlocked(command: str) -> bool:
    installs = re.search(r"\b(pip3?|uv|npm)\b.*\binstall\b", command) is not None
    return installs and "--require-hashes" not in command


def ignored(text: str) -> list[str]:
    """Everything stays out of the image but what is named, and that is code and the lock."""
    rules = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    breaches = [] if rules[:1] == ["*"] else ["not everything is left out first"]
    allowed = {"!requirements.txt", "!services", "!shared", "!deploy"}
    return breaches + [f"lets {rule[1:]} in" for rule in rules if rule.startswith("!") and rule not in allowed]
