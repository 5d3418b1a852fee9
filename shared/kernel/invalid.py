"""What a value that does not fit its field is refused with: one wording for every door."""

from collections.abc import Sequence

from pydantic import ValidationError

from shared.kernel.refusals import Refused


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
    return Refused("input.invalid", f"{where}: {first['msg']}.", f"{where} : valeur refusée.", path)
