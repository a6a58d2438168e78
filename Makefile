# Plain `make` prints this help. `make demo` and `make test` need Python 3.11+ and make, nothing else.

PROGRAMME ?= datong
PYTEST_ARGS ?=

SHELL := bash
BIN := .venv/bin
# the first Python that is new enough; a name on the path may be a shim with nothing behind it
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# files that say what .venv holds
BASE := .venv/.base
DEV := .venv/.dev

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo up down status test check format protos bench test-nightly lock clean

help: ## this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(BASE) ## .venv with what a ledger needs, and .venv/bin/ledgerctl
setup-dev: $(DEV) ## .venv with the tools for developing, too

demo: $(BASE) ## a whole programme: registers in, figures out, one of them proven (PROGRAMME=datong)
	@$(BIN)/ledgerctl demo --programme $(PROGRAMME)

up: $(BASE) ## start the ledger and stay; Ctrl-C stops it
	@$(BIN)/ledgerctl up

down: $(BASE) ## stop the ledger
	@$(BIN)/ledgerctl down

status: $(BASE) ## what runs, and how far each log has come
	@$(BIN)/ledgerctl status

test: check ## everything but the nightly rungs: check, then all tests
	$(BIN)/pytest -m "not nightly" -n 2 --dist loadfile $(PYTEST_ARGS) tests/unit tests/reading tests/golden tests/contract tests/property
	$(BIN)/pytest -m "not nightly" $(PYTEST_ARGS) tests/integration tests/e2e

check: $(DEV) ## format, lint, types, import contracts, protos, generated code, deployment files, docs
	@scripts/check.sh

format: $(DEV) ## rewrite Python and proto files in the house format
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .
	$(BIN)/buf format --write protos

protos: $(DEV) ## generate gen/ from protos/
	@scripts/protos.sh gen

bench: $(DEV) ## each path beside its bare sketch, in one run, as ratios
	$(BIN)/python -m bench

test-nightly: $(DEV) ## the long rungs: more seeds, more kills
	$(BIN)/pytest -m nightly $(PYTEST_ARGS)

lock: $(DEV) ## resolve requirements*.in anew into hash-locked files without host names
	@scripts/lock.sh

clean: ## remove .venv and what tools leave behind; var/ (your data) stays
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer is needed, and neither python3.11 nor python3 is one." >&2; \
		echo "Install it, or name it: make setup PYTHON=/path/to/python3.11" >&2; exit 1; fi
	@"$(PYTHON)" -m venv --clear .venv || { rm -rf .venv; \
		echo "Python's venv module does not work; on Debian: apt install python3-venv" >&2; exit 1; }

$(BASE): $(BIN)/python requirements.lock pyproject.toml
	@echo "installing into .venv ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(BIN)/python requirements-dev.lock pyproject.toml
	@echo "installing into .venv, with the tools for developing ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $(BASE) $@
