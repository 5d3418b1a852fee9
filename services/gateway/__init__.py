"""The gateway: GraphQL over HTTP, SSE and WebSocket in front of the read side and the members' services."""
