"""The command `generateur`: figures, tokens, events and care of a collective that runs on this machine."""
