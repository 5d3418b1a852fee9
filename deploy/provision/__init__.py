"""What must exist before a service starts: keys, roles, databases, topics. Run again it changes nothing."""
