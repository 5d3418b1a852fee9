"""The public white paper's own history, as data, and how it is told to the system: through a user's commands."""
