"""What the engine and our scalars say of values that do not fit, in French: they say it in English only."""

import re
from typing import Final

_WHERE: Final = re.compile(r"Variable '\$(\w+)' has invalid value(?: at ([^\s:]+))?: (.*)", re.DOTALL)
_WORDS: Final = tuple(
    (re.compile(english, re.DOTALL), french)
    for english, french in (
        (r"Expected (?:a )?value of non-null type '(.+?)' .*", r"une valeur du type \1 est obligatoire."),
        (r"Expected value of type '(.+?)' not to include unknown field '(.+?)',.*", r"\1 n'a pas de champ \2."),
        (r"Expected value of type '(.+?)' to include required field '(.+?)',.*", r"il manque le champ \2 de \1."),
        (r"Expected value of type '(.+?)' to be an object, found: (.*)\.", r"un objet \1 est attendu, pas \2."),
        (r"Within OneOf Input Object type '(.+?)', .*", r"\1 prend un seul de ses champs, et il ne peut être nul."),
        (r"Value '(.*)' does not exist in '(.+)' enum\..*", r"\1 n'est pas une valeur de \2."),
        (r"Enum '(.+?)' cannot represent non-(?:string|enum) value: (.*)\.", r"une valeur de \1 est attendue, pas \2."),
        (r"String cannot represent a non string value: (.*)", r"un texte est attendu, pas \1."),
        (r"ID cannot represent .*?value: (.*)", r"un identifiant est attendu, pas \1."),
        (r"Boolean cannot represent a non boolean value: (.*)", r"vrai ou faux est attendu, pas \1."),
        (r"Int cannot represent non-integer value: (.*)", r"un nombre entier est attendu, pas \1."),
        (r"Int cannot represent non 32-bit signed integer value: (.*)", r"un entier de 32 bits est attendu, pas \1."),
        (r"A date is written like 2026-11-23\.", "une date s'écrit comme 2026-11-23."),
        (r'A decimal is a text like "17\.5"\.', 'un nombre décimal est un texte comme "17.5".'),
        (r"A count is a whole number within 2\^53 - 1\.", "un nombre entier d'au plus 2^53 - 1 est attendu."),
        (r"A JSON object is expected\.", "un objet JSON est attendu."),
        (
            r"Not a JSON object that a record may hold: .*",
            "cet objet JSON ne peut être enregistré : textes et entiers.",
        ),
    )
)


def translated(message: str) -> str:
    """A message of the engine about a variable, in French; as it is where it is about anything else."""
    found = _WHERE.match(message)
    if found is None:
        return message
    name, where, told = found.groups()
    for english, french in _WORDS:
        match = english.fullmatch(told)
        if match is not None:
            told = match.expand(french)
            break
    return f"La variable ${name}{where or ''} ne convient pas : {told}"
