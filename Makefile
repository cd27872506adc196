# One place for every command of this project; `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
CONTRACT := tests/contract/node_modules/.package-lock.json
# Dozens of processes are started; without compiled modules each would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY) ## install everything that is needed into .venv (done by the others when it is missing)

$(READY): pyproject.toml requirements-dev.txt requirements-setup.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed, $(PYTHON) is older: name another with make PYTHON=python3.12"; exit 1; }
	@echo "setup: virtual environment in .venv"
	@$(PYTHON) -m venv --clear .venv \
	  || { echo "Python cannot make a virtual environment: its venv module is missing (Debian: python3-venv)"; exit 1; }
	@echo "setup: uv"
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-setup.txt
	@echo "setup: locked dependencies"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements-dev.txt
	@echo "setup: this project"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(READY)

$(CONTRACT): tests/contract/package-lock.json
	@if ! command -v npm > /dev/null; then echo "setup: there is no npm, so the contract tests are skipped"; \
	else echo "setup: Neon's API document"; \
	  npm --prefix tests/contract ci --ignore-scripts --no-audit --no-fund --loglevel=error > /dev/null \
	    || echo "setup: npm cannot get it, so the contract tests are skipped"; fi

.PHONY: demo
demo: $(READY) ## bring up prod, staging and dev on local stand-ins and check them; LAYOUT=realtechee for the other layout
	@$(BIN)/python -m localcloud.demo $(LAYOUT)

.PHONY: test
test: $(READY) $(CONTRACT) ## run all tests
	@$(BIN)/python -m pytest --numprocesses 4 --dist worksteal

.PHONY: proof
proof: $(READY) $(CONTRACT) ## run the long tests too: every call under every fault at every request
	@$(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m proof

.PHONY: bench
bench: $(READY) ## measure requests, times and memory, hold them to their limits; writes bench.json
	@$(BIN)/python -m tests.bench

.PHONY: lint
lint: $(READY) ## check format, style, types and import rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

.PHONY: format
format: $(READY) ## put the format and the imports in order, and the lists of localcloud/README.md
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/python -m localcloud.readme

.PHONY: repair
repair: $(READY) ## put a stack right after a killed up: make repair STACK=staging
	@$(BIN)/python -m ops repair $(or $(STACK),$(error name the stack: make repair STACK=staging))

.PHONY: lock
lock: $(READY) ## resolve the dependencies anew and write the requirements files
	@echo uv | $(BIN)/uv pip compile $(LOCK) - --output-file requirements-setup.txt
	@$(BIN)/uv pip compile $(LOCK) pyproject.toml --output-file requirements.txt
	@$(BIN)/uv pip compile $(LOCK) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"

.PHONY: clean
clean: ## stop localcloud and remove all that the recipes made
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m localcloud down || true; fi
	@rm -rf .venv .localcloud .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache tests/contract/node_modules bench.json
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
