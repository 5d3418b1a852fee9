"""Topics and their clients on Apache Kafka."""
