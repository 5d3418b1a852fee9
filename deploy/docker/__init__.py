"""What only containers need: who is handed which secrets, one look at readiness, and the two one-shots."""
