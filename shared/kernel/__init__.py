"""The pure part: records, chains, decisions. No loop, no clock, no server."""
