"""Identifiers and moments as text, made from what the caller gives: nothing here looks at a clock."""

from datetime import datetime
from uuid import UUID


def uuid7(milliseconds: int, random: bytes) -> str:
    """UUIDv7 text from milliseconds since 1970 and 10 random bytes."""
    number = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(random[:10], "big")
    number &= ~(0xF << 76) & ~(0x3 << 62)
    return str(UUID(int=number | 0x7 << 76 | 0x2 << 62))


def utc_text(moment: datetime) -> str:
    """RFC 3339 of a moment in UTC with six decimals, always: one moment, one text."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
