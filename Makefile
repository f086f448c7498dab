# Outrider. `make demo` shows the main job; `make test` proves it.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
FIND_PYTHON := for p in "$$PYTHON" python3.13 python3.12 python3.11 python3.14 python3; do \
	[ -n "$$p" ] && "$$p" -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] < (3,15))' 2>/dev/null && echo "$$p" && break; done

.DEFAULT_GOAL := help
.PHONY: help run demo web test check format bench chaos migration openapi nodes clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: $(VENV)/.ready ## Set up and serve at http://localhost:8000
	@$(BIN)/python scripts/build_web.py --optional
	@$(BIN)/outrider up

demo: $(VENV)/.ready ## Set up, work a campaign of 500 leads end to end, print its result
	@$(BIN)/python scripts/build_web.py --optional
	@$(BIN)/outrider demo

web: $(VENV)/.ready ## Build the pages, unless they are up to date
	@$(BIN)/python scripts/build_web.py

test: $(VENV)/.ready-dev ## Set up and run the tests
	@$(BIN)/python scripts/build_web.py --optional
	@$(BIN)/python scripts/build_web.py test --optional
	@$(BIN)/python scripts/fetch_stand_ins.py --optional
	@$(BIN)/python scripts/run_tests.py
	@scripts/ensure_chromium.sh
	@$(BIN)/python scripts/run_tests.py -m "e2e$(if $(THOROUGH),, and not thorough)" -n 3 --dist loadfile --path tests/e2e

check: $(VENV)/.ready-dev ## Lint, types, import rules, generated files
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q . && echo "ruff ok"
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/build_web.py check --optional
	@$(BIN)/outrider openapi | diff -q - docs/openapi.json >/dev/null || { echo "docs/openapi.json is out of date: run 'make openapi'"; exit 1; }
	@$(BIN)/outrider nodes | diff -q - docs/workflow-nodes.md >/dev/null || { echo "docs/workflow-nodes.md is out of date: run 'make nodes'"; exit 1; }

format: $(VENV)/.ready-dev ## Format and mend what can be mended
	@$(BIN)/ruff format -q . ; $(BIN)/ruff check -q --fix .

bench: $(VENV)/.ready-dev ## Run the benchmarks, print them and write bench/results.json
	@$(BIN)/python -m bench $(BENCH)

chaos: $(VENV)/.ready-dev ## Kill workers and the database while a campaign runs; count at the carrier
	@$(BIN)/python -m tests.chaos
	@$(BIN)/python -m tests.chaos.workflows

migration: $(VENV)/.ready-dev ## Write a migration from the changed tables: make migration MESSAGE="what changes"
	@$(BIN)/python -m outrider.cli.revision "$(MESSAGE)"

openapi: $(VENV)/.ready ## Write docs/openapi.json
	@$(BIN)/outrider openapi --output docs/openapi.json

nodes: $(VENV)/.ready ## Write docs/workflow-nodes.md
	@$(BIN)/outrider nodes --output docs/workflow-nodes.md

clean: ## Remove the environment and all caches (data in .outrider stays)
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/uv:
	@python=$$($(FIND_PYTHON)); \
	[ -n "$$python" ] || { echo "Outrider needs Python 3.11, 3.12, 3.13 or 3.14; set PYTHON=/path/to/it."; exit 1; }; \
	echo "Setting up $(VENV) with $$($$python --version) …"; \
	$$python -m venv $(VENV) || { echo "Python's venv module is missing: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv

$(VENV)/.ready: requirements.lock pyproject.toml | $(BIN)/uv
	@$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready | $(BIN)/uv
	@$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@
