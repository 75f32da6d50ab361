"""Events in the columns of the data sets of the field: ACLED, UCDP GED, PLOVER.

A column holds what the text says and the codebook has a code for; all else stays empty. docs/schemas.md says which.
"""

from __future__ import annotations

from ..errors import InputError
from .acled import ACLED
from .ged import GED
from .plover import PLOVER
from .table import Schema

__all__ = ["SCHEMAS", "Schema", "find_schema"]

SCHEMAS: dict[str, Schema] = {schema.name: schema for schema in (ACLED, GED, PLOVER)}
"""All schemas by the name that `--schema` takes."""


def find_schema(name: str | None) -> Schema | None:
    """The schema of this name; None for none. Raises InputError where there is none of it."""
    if name is None:
        return None
    try:
        return SCHEMAS[name.lower()]
    except KeyError:
        raise InputError(f"--schema {name[:40]}: choose of {', '.join(SCHEMAS)}") from None
