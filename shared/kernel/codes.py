"""Official French codes: checked by their check digits, with the rules that python-stdnum keeps up to date."""

from stdnum.exceptions import ValidationError
from stdnum.fr import siren as _siren
from stdnum.fr import siret as _siret


def siren(code: str) -> str:
    """The SIREN (nine digits) if its check digit is right. Raises ValueError otherwise."""
    try:
        return str(_siren.validate(code))
    except ValidationError:
        raise ValueError("this SIREN does not exist: its check digit is wrong") from None


def siret(code: str) -> str:
    """The SIRET (fourteen digits) if its check digit is right. Raises ValueError otherwise."""
    try:
        return str(_siret.validate(code))
    except ValidationError:
        raise ValueError("this SIRET does not exist: its check digit is wrong") from None
