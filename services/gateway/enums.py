"""Closed lists of the schema that are the gateway's own; those of commands come from their contracts."""

from enum import Enum

import strawberry


@strawberry.enum(description="A language of names and messages")
class Lang(Enum):
    FR = "fr"
    EN = "en"


@strawberry.enum(description="How exactly a number is known: a figure carries the weakest label of what it counts")
class Precision(Enum):
    EXACT = "exact"
    APPROX = "approx"
    AT_LEAST = "at_least"


@strawberry.enum(description="How exactly it is known when something happened")
class DatePrecision(Enum):
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    AT_LATEST = "at_latest"


@strawberry.enum(description="Where a fact comes from: IMPORT and LEGACY are for coordinators and members")
class Origin(Enum):
    LIVE = "live"
    IMPORT = "import"
    LEGACY = "legacy"
