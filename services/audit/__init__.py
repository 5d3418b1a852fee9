"""The auditor's tool: replays the published records, proves them and recounts every indicator.

It shares no code with the services that it checks: only the records' bytes, the contracts and a pinned public key.
"""
