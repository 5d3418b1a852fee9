"""What the services' reactions set aside: asked of each service with the coordinator's token, shown, tried again."""

import json
import os
import re
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import httpx

from deploy.cli import state
from deploy.cli.state import REFUSED, UNAVAILABLE, USAGE, Unhappy
from deploy.provision.collective import PRODUCING, load
from shared.kernel import bounds
from shared.kernel.texts import shown

_NAME: Final = re.compile(rf"({bounds.MEMBER})/([a-z]{{2,32}})#([1-9][0-9]{{0,17}})")
_PAGE: Final = 200
# A release waits for decisions, a second for one that stays refused.
_AT_ONCE: Final = 20
_SECONDS: Final = 60.0
_WORDS: Final = {
    "en": {
        "none": "Nothing is set aside.",
        "way_on": "To try them again: generateur reactions release NAME … or --all; --skip gives them up.",
        "heard": "{name} was heard.",
        "skipped": "{name} is given up; it stays as evidence.",
        "still": "{name} stays: {code}: {message}",
        "unknown": "{name} does not wait.",
    },
    "fr": {
        "none": "Rien n'est mis de côté.",
        "way_on": "Pour réessayer : generateur reactions release NOM … ou --all ; --skip y renonce.",
        "heard": "{name} a été entendu.",
        "skipped": "{name} est abandonné ; il reste comme preuve.",
        "still": "{name} reste : {code} : {message}",
        "unknown": "{name} n'attend pas.",
    },
}
Service = tuple[str, str]


class Services:
    """The services of the collective, asked one after another. To be used as a context."""

    def __init__(self, url: str, token: str, lang: str) -> None:
        headers = {"authorization": f"Bearer {token}"}
        self._url = url
        self._lang = lang
        self._client = httpx.Client(headers=headers, timeout=_SECONDS, trust_env=False)

    def __enter__(self) -> "Services":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def waiting(self, of: Service) -> Iterator[Mapping[str, Any]]:
        """Everything that a service set aside and that waits."""
        after = 0
        while True:
            page = self._ask(of, "GET", f"/reactions?after={after}")["waiting"]
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1]["id"]

    def release(self, of: Service, ids: Sequence[int], skip: bool) -> Mapping[str, Any]:
        """See `shared.runtime.caring`."""
        return self._ask(of, "POST", "/reactions/release", {"ids": list(ids), "skip": skip})

    def _ask(self, of: Service, method: str, path: str, body: Any = None) -> Mapping[str, Any]:
        member, service = of
        url = self._url.format(member=member, service=service)
        try:
            answer = self._client.request(method, url + path, json=body)
            said: Any = answer.json()
        except httpx.HTTPError as error:
            raise Unhappy(f"{member}/{service} at {url} does not answer: {error}.") from None
        except ValueError:
            raise Unhappy(f"{member}/{service} answered {answer.status_code} and no JSON.", REFUSED) from None
        if not isinstance(said, dict) or "problem" in said:
            raise _refused(f"{member}/{service}", said, self._lang)
        return said


def show(given: Namespace) -> int:
    """`generateur reactions`: 0, whether anything waits or not; 69 if a service does not answer, after the others."""
    words, found, away = _WORDS[given.lang], False, False
    with _services(given) as services:
        for of in _chosen(given):
            try:
                for one in services.waiting(of):
                    found = True
                    named = {"name": name_of(of, one["id"]), **one}
                    print(json.dumps(named) if given.json else shown(line(named, given.lang)).replace("\n", " "))
            except Unhappy as unhappy:
                if unhappy.code != UNAVAILABLE:
                    raise
                print(shown(str(unhappy)), file=sys.stderr)
                away = True
    if not given.json and (found or not away):
        print(words["way_on"] if found else words["none"])
    return UNAVAILABLE if away else 0


def release(given: Namespace) -> int:
    """`generateur reactions release`: 0 if none of those named still waits, else 65."""
    words, found, left = _WORDS[given.lang], False, False
    with _services(given) as services:
        for of, ids in _named(given, services):
            found = True
            for first in range(0, len(ids), _AT_ONCE):
                told = services.release(of, ids[first : first + _AT_ONCE], given.skip)
                for number in told["released"]:
                    print(words["skipped" if given.skip else "heard"].format(name=name_of(of, number)))
                for one in told["waiting"]:
                    name, message = name_of(of, one["id"]), one["message"][given.lang]
                    print(shown(words["still"].format(name=name, code=one["code"], message=message)))
                for number in told["unknown"]:
                    print(words["unknown"].format(name=name_of(of, number)))
                left = left or bool(told["waiting"] or told["unknown"])
    if not found:
        print(words["none"])
    return REFUSED if left else 0


def line(one: Mapping[str, Any], lang: str) -> str:
    """One record for a person: its name, when, why, where it stands and what it says it is."""
    what = f"{one['source']} #{one['sequence']} {one['type']}" if one["source"] else f"{one['size']} bytes"
    where = f"{one['topic']}@{one['offset']}"
    return f"{one['name']}  {one['at'][:19]}  {one['code']}  {where}  {what}  {one['message'][lang]}"


def name_of(of: Service, number: int) -> str:
    """How a record is named on the command line: whose service, and its number there."""
    return f"{of[0]}/{of[1]}#{number}"


def _named(given: Namespace, services: Services) -> Iterator[tuple[Service, list[int]]]:
    if given.all == bool(given.names):
        raise Unhappy("Name what to release, as `generateur reactions` does, or say --all.", USAGE)
    if given.all:
        for of in _chosen(given):
            if ids := [one["id"] for one in services.waiting(of)]:
                yield of, ids
        return
    wanted: dict[Service, list[int]] = {}
    known = load().producers
    for name in given.names:
        match = _NAME.fullmatch(name)
        if match is None or (match[1], match[2]) not in known:
            raise Unhappy(f"{name} names no record that was set aside: they look like cluster-jura/projects#3.", USAGE)
        wanted.setdefault((match[1], match[2]), []).append(int(match[3]))
    yield from wanted.items()


def _chosen(given: Namespace) -> list[Service]:
    return [(member, service) for member in state.members(given.member) for service in PRODUCING]


def _services(given: Namespace) -> Services:
    return Services(state.services(given.state), os.environ.get("GENERATEUR_TOKEN") or _token(given), given.lang)


def _refused(who: str, said: Any, lang: str) -> Unhappy:
    if not isinstance(said, dict):
        return Unhappy(f"{who} answers otherwise than a service does.", REFUSED)
    problem = said["problem"]
    code = UNAVAILABLE if problem["code"] == "service.unavailable" else REFUSED
    return Unhappy(f"{who}: {problem['message'][lang]}", code)


def _token(given: Namespace) -> str:
    """The coordinator's, for a minute: it may look after every member's services."""
    from deploy.cli.actions import issuer
    from shared.runtime import tokens

    return tokens.issue(issuer(given.state), "generateur", load().coordinator, ("CO",), hours=0.1)
