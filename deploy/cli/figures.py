"""The five headline figures as the gateway answers them: fetched, then as a table for a person or as JSON."""

import asyncio
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import httpx

from deploy.cli.state import REFUSED, Unhappy
from shared.kernel.texts import shown

_AMOUNT: Final = "id: indicator name(lang: $lang) value precision scale"
QUERY: Final = f"""
query Figures($asOf: AsOfInput, $territory: String, $member: String, $lang: Lang!) {{
  figures(asOf: $asOf, territory: $territory, member: $member) {{
    asOf {{ date position recordedAt }}
    complete
    parked
    stopped {{ source sequence reason }}
    current
    behind {{ source sequence reason }}
    items {{ {_AMOUNT} low high parts {{ {_AMOUNT} }} beside {{ {_AMOUNT} }} }}
  }}
}}
"""
_WORDS: Final = {
    "fr": {
        "title": "Chiffres au {day}, {scope}",
        "region": "toute la région",
        "approx": "environ",
        "at_least": "au moins",
        "between": "entre {low} et {high}",
        "beside": "à lire avec :",
        "parked": "{n} enregistrement(s) mis de côté : `generateur parked` les montre.",
        "stopped": "{source} n'est plus compté depuis le n° {sequence} : {reason}.",
        "behind": "{source} n'est compté que jusqu'au n° {sequence} : {reason}.",
        "late": "Le comptage est en retard ou arrêté : ces chiffres ne disent pas tout ce qui est enregistré.",
    },
    "en": {
        "title": "Figures at {day}, {scope}",
        "region": "the whole region",
        "approx": "about",
        "at_least": "at least",
        "between": "between {low} and {high}",
        "beside": "read with it:",
        "parked": "{n} record(s) set aside: `generateur parked` shows them.",
        "stopped": "{source} is no longer counted since its record {sequence}: {reason}.",
        "behind": "{source} is counted up to its record {sequence} only: {reason}.",
        "late": "Counting is late or stands still: these figures do not say all that is recorded.",
    },
}
_WIDTH: Final = 52
_CURRENT_WITHIN: Final = 5.0


def language() -> str:
    """`fr` where the person's environment is French, else `en`."""
    found = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "fr" if found.startswith("fr") else "en"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures: at a day (today if none), of a territory or a member (else the region), in a language.

    `at_least` is a position that must be counted in them: the answer waits for it, at most 5 s.
    """

    as_of: str | None = None
    territory: str | None = None
    member: str | None = None
    lang: str = "fr"
    at_least: str | None = None

    @property
    def request(self) -> dict[str, Any]:
        """The GraphQL request."""
        as_of = {"date": self.as_of, "atLeast": self.at_least, "waitMs": None if self.at_least is None else 5000}
        variables = {"territory": self.territory, "member": self.member, "lang": self.lang.upper(), "asOf": as_of}
        return {"query": QUERY, "variables": variables}

    @property
    def headers(self) -> dict[str, str]:
        """What asks for refusals in that language, too."""
        return {"accept-language": self.lang}


def fetch(url: str, asked: Asked, seconds: float = 10.0) -> Mapping[str, Any]:
    """The gateway's answer. Raises Unhappy with its words if it is not reached or refuses."""
    with httpx.Client(base_url=url, timeout=seconds, trust_env=False) as client:
        try:
            return _read(client.post("/graphql", json=asked.request, headers=asked.headers))
        except httpx.HTTPError as error:
            raise Unhappy(_silent(url, error)) from None


async def print_figures(url: str, at_least: str | None = None) -> None:
    """Prints the region's figures of today, counting at least what `at_least` names: for the runner, which hosts
    the gateway in its own loop and must not wait for it asleep. A reader that has just started says within seconds
    that it is current; longer is not waited. Raises Unhappy as `fetch` does.
    """
    asked = Asked(lang=language(), at_least=at_least)
    # Reading the machine's certificates takes 0.2 s, and plain HTTP asks for none.
    verify = url.startswith("https:")
    async with httpx.AsyncClient(base_url=url, timeout=10.0, verify=verify, trust_env=False) as client:
        try:
            found = _read(await client.post("/graphql", json=asked.request, headers=asked.headers))
            until = time.monotonic() + _CURRENT_WITHIN
            while not found["current"] and time.monotonic() < until:
                await asyncio.sleep(0.1)
                found = _read(await client.post("/graphql", json=asked.request, headers=asked.headers))
        except httpx.HTTPError as error:
            raise Unhappy(_silent(url, error)) from None
    print(shown("\n".join(lines(found, asked))), flush=True)


def _silent(url: str, error: httpx.HTTPError) -> str:
    return f"The gateway at {url} does not answer: {str(error).rstrip('.') or repr(error)}."


def _read(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        raise Unhappy(f"The gateway answered {answer.status_code} and no JSON.", REFUSED) from None
    found = (body.get("data") or {}).get("figures") if isinstance(body, dict) else None
    if found is None:
        errors = body.get("errors") if isinstance(body, dict) else None
        raise Unhappy(str(errors[0]["message"]) if errors else f"The gateway answered {answer.status_code}.", REFUSED)
    figures: Mapping[str, Any] = found
    return figures


def as_json(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Keyed by indicator id: its value, its parts by id, and the day whose end is shown."""
    day = found["asOf"]["date"]
    return {
        item["id"]: {
            "value": item["value"],
            "parts": {part["id"]: part["value"] for part in item["parts"]},
            "asOf": day,
        }
        for item in found["items"]
    }


def lines(found: Mapping[str, Any], asked: Asked) -> Iterator[str]:
    """The table: each figure with its parts, its bounds where they differ, and what is to be read with it."""
    words = _WORDS[asked.lang]
    scope = asked.territory or asked.member or words["region"]
    yield words["title"].format(day=found["asOf"]["date"], scope=scope)
    for item in found["items"]:
        yield ""
        yield _row(item, asked.lang, 0) + _bounds(item, asked.lang)
        yield from (_row(part, asked.lang, 1) for part in item["parts"])
        yield from _beside(item["beside"], asked.lang)
    yield from _warnings(found, words)


def _row(amount: Mapping[str, Any], lang: str, depth: int) -> str:
    label = "  " * depth + str(amount["name"])
    words = "" if amount["precision"] == "EXACT" else f"  ({_WORDS[lang][amount['precision'].lower()]})"
    return f"{label:<{_WIDTH}} {number(amount, lang):>9}{words}"


def _bounds(item: Mapping[str, Any], lang: str) -> str:
    if item["low"] == item["value"] == item["high"]:
        return ""
    low, high = (number({**item, "value": item[bound]}, lang) for bound in ("low", "high"))
    return "  " + _WORDS[lang]["between"].format(low=low, high=high)


def _beside(amounts: Sequence[Mapping[str, Any]], lang: str) -> Iterator[str]:
    shown = [f"{one['name']} {number(one, lang)}" for one in amounts if one["value"]]
    if shown:
        yield f"  {_WORDS[lang]['beside']} " + " ; ".join(shown)


def _warnings(found: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[str]:
    if found["parked"]:
        yield ""
        yield words["parked"].format(n=found["parked"])
    yield from (words["stopped"].format(**one) for one in found["stopped"])
    yield from (words["behind"].format(**one) for one in found["behind"])
    if not found["current"]:
        yield words["late"]


def number(amount: Mapping[str, Any], lang: str) -> str:
    """A value as it is written in the language, its decimals put back."""
    scaled = Decimal(amount["value"]).scaleb(-int(amount["scale"]))
    text = f"{scaled:,.2f}" if amount["scale"] else f"{scaled:,}"
    return text.replace(",", "\u202f").replace(".", ",") if lang == "fr" else text
