"""Correcting and voiding a record: the same for every service (docs/record.md, "Amendments")."""
