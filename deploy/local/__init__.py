"""PostgreSQL and Kafka on one machine, for `make run` and for the tests: no Docker, no root needed."""
