"""The ideation service: pure deciders per aggregate, their events, and what is heard from others."""
