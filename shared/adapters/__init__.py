"""The real servers behind the ports."""
