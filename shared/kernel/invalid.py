"""What a value that does not fit its field is refused with: one wording for every door."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError

from shared.kernel.canonical import NotCanonical
from shared.kernel.refusals import Refused

_WHOLE: Final = "un nombre entier est attendu"
_DECIMAL: Final = "un nombre décimal est attendu"
_DATE: Final = "une date comme 2026-11-23 est attendue"
_LIST: Final = "une liste est attendue"
_OBJECT: Final = "un objet est attendu"
_UUID: Final = "un UUID est attendu"
_REFUSED: Final = "valeur refusée"
# Pydantic's kinds of errors, which it words in English only; in braces what it tells of them.
FRENCH: Final[Mapping[str, str]] = {
    "missing": "ce champ est obligatoire",
    "string_type": "un texte est attendu",
    "string_too_short": "au moins {min_length} caractère(s) sont attendus",
    "string_too_long": "{max_length} caractères au plus",
    "string_pattern_mismatch": "le texte ne suit pas le modèle {pattern}",
    "string_unicode": "le texte n'est pas de l'UTF-8",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": "vrai ou faux est attendu",
    "bool_parsing": "vrai ou faux est attendu",
    "greater_than": "plus que {gt} est attendu",
    "greater_than_equal": "{ge} au moins",
    "less_than": "moins que {lt} est attendu",
    "less_than_equal": "{le} au plus",
    "finite_number": "un nombre fini est attendu",
    "decimal_type": _DECIMAL,
    "decimal_parsing": _DECIMAL,
    "decimal_max_digits": "{max_digits} chiffres au plus",
    "decimal_max_places": "{decimal_places} décimales au plus",
    "decimal_whole_digits": "{whole_digits} chiffres au plus avant la virgule",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "too_short": "{min_length} élément(s) au moins",
    "too_long": "{max_length} élément(s) au plus",
    "literal_error": "une de ces valeurs est attendue : {expected}",
    "enum": "une de ces valeurs est attendue : {expected}",
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "uuid_type": _UUID,
    "uuid_parsing": _UUID,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "union_tag_not_found": "il manque ce qui dit de quel genre c'est",
    "union_tag_invalid": "ce genre n'existe pas",
}

# What our own fields say (fields.py, texts.py, codes.py), as they say it in English.
OWN: Final[Mapping[str, str]] = {
    "a control character is not allowed here": "un caractère de commande n'est pas permis ici",
    "at least one visible character is needed": "il faut au moins un caractère visible",
    "a finite decimal is needed": "un nombre décimal fini est attendu",
    "this SIREN does not exist: its check digit is wrong": "ce SIREN n'existe pas : sa clé de contrôle est fausse",
    "this SIRET does not exist: its check digit is wrong": "ce SIRET n'existe pas : sa clé de contrôle est fausse",
}


def refusal(error: ValidationError, before: Sequence[str] = ()) -> Refused:
    """The first fault of an input, its path behind `before`.

    `<object>.foreign` for an object of another member, `input.unknown_field`, else `input.invalid`.
    """
    first = error.errors(include_url=False, include_input=False)[0]
    path = (*before, *(str(part) for part in first["loc"]))
    where = ".".join(path) or "body"
    if first["type"] == "foreign":
        owner = first["ctx"]["owner"]
        return Refused(
            f"{first['ctx']['what']}.foreign",
            f"{where}: this is an object of {owner}; only {owner} speaks of it.",
            f"{where} : cet objet est de {owner}, qui seul en parle.",
            path,
        )
    if first["type"] == "extra_forbidden":
        return Refused("input.unknown_field", f"Unknown field: {where}.", f"Champ inconnu : {where}.", path)
    en, fr = _words(first)
    return Refused("input.invalid", f"{where}: {en}.", f"{where} : {fr}.", path)


def _words(first: Mapping[str, Any]) -> tuple[str, str]:
    told = dict(first.get("ctx", {}))
    if first["type"] == "value_error":
        own = str(told["error"])
        return own, OWN.get(own, _REFUSED)
    if "expected" in told:
        told["expected"] = str(told["expected"]).replace(" or ", " ou ")
    return str(first["msg"]), FRENCH.get(first["type"], _REFUSED).format_map(told)


def not_canonical(error: NotCanonical, path: Sequence[str] = ()) -> Refused:
    """A value that no record may hold."""
    french = "Refusé : nombre décimal ou trop grand, caractère nul, clé non ASCII ou imbrication trop profonde."
    return Refused("input.invalid", f"Not accepted: {error}.", french, path)
