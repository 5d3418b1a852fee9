"""`python -m deploy.docker.history`: introduces the producers' keys, plays the white paper, prints its figures.

Run again it records nothing and prints the same.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Final

from deploy.cli.figures import Asked, fetch, lines
from deploy.cli.state import Unhappy
from deploy.provision import collective
from deploy.whitepaper import play
from deploy.whitepaper.play import NotPlayed
from shared.runtime import logs

STATE: Final = Path("/state")
# The white paper's numbers are those of the end of this day.
DAY: Final = "2019-12-31"


async def recorded(url: str, keys: Path) -> str:
    """Plays what is not recorded yet; the position that counts all of it. Raises NotPlayed."""
    await play.introduce(url, keys, collective.load())
    played = await play.history(url, keys)
    return played.position


def main() -> int:
    """0 when the figures are printed; 1 with one sentence if a command stays refused or nobody answers."""
    logs.configure()
    code = 0
    url = str(json.loads((STATE / "settings.json").read_text())["gateway"])
    try:
        position = asyncio.run(recorded(url, STATE / "keys"))
        asked = Asked(as_of=DAY, lang="fr", at_least=position)
        print("\n".join(lines(fetch(url, asked), asked)), flush=True)
    except* (NotPlayed, Unhappy) as problems:
        print(first(problems), file=sys.stderr)
        code = 1
    return code


def first(problem: BaseException) -> BaseException:
    """The first problem inside groups of them."""
    return first(problem.exceptions[0]) if isinstance(problem, BaseExceptionGroup) else problem


if __name__ == "__main__":
    sys.exit(main())
