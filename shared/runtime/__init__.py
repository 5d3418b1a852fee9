"""What runs: the road of a command, sealer, relay, readers, hosting."""
