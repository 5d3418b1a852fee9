"""The event store of one producer on PostgreSQL."""
