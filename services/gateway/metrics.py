"""What the gateway counts about itself, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """Counters of one gateway process, in a registry of their own."""

    def __init__(self) -> None:
        made = self._registry = CollectorRegistry()
        self.operations = Counter("gateway_operations", "Operations that ran", ("kind", "outcome"), registry=made)
        self.seconds = Histogram("gateway_operation_seconds", "Time of operations that ran", ("kind",), registry=made)
        self.hits = Counter("gateway_cache_hits", "Answers given from kept bytes", registry=made)
        self.refused = Counter("gateway_refused", "Requests refused before they ran", ("code",), registry=made)
        self.validations = Gauge("gateway_validations", "Documents validated since start", registry=made)
        self.batch = Gauge("gateway_batch", "Last batch of the read side known here; 0: not connected", registry=made)
        self.listeners = Gauge("gateway_listeners", "Live subscriptions now", registry=made)
        self.streams = Gauge("gateway_streams", "Distinct live documents now", registry=made)
        self.delivered = Counter("gateway_delivered", "Live answers delivered", registry=made)

    def exposition(self) -> bytes:
        """The text for a scrape."""
        return generate_latest(self._registry)
