# Two commands for a fresh machine with Python 3.11 or newer: `make run` and `make test`.

PYTHON ?= python3
VENV ?= .venv
# Most tests wait for something: two for each core.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')
BIN = $(VENV)/bin
SOURCES = moa_tui tests scripts benchmarks

.PHONY: run test fast check static format lint types imports tests gallery keys lock schema wheel clean

run: $(VENV)/run.stamp ## Install, fetch the embedded model, open the app on it
	@$(BIN)/moa-tui local setup
	@$(BIN)/moa-tui --local

test: $(VENV)/dev.stamp ## Install with the test dependencies, and pass the tests
	@$(BIN)/moa-tui local setup
	@$(MAKE) --no-print-directory tests

tests:
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

fast: $(VENV)/dev.stamp ## Pass the quick tests of what is below the screen
	$(BIN)/python -m pytest -q -n $(WORKERS) -m 'not slow' tests/engine tests/roster tests/transcript tests/test_state.py

check: static tests ## All that must be green before a commit

static: $(VENV)/dev.stamp format lint types imports

format:
	$(BIN)/ruff format --check $(SOURCES)

lint:
	$(BIN)/ruff check $(SOURCES)

types:
	$(BIN)/mypy

imports:
	$(BIN)/lint-imports --verbose | tail -n 12

gallery: $(VENV)/dev.stamp ## Paint the app in every state, size and theme
	$(BIN)/python scripts/gallery.py gallery

schema: $(VENV)/dev.stamp ## Write the JSON schema of agents.yaml
	$(BIN)/moa-tui schema > docs/agents.schema.json

keys: $(VENV)/dev.stamp ## Write the table of all keys
	$(BIN)/python scripts/keys.py > docs/keys.md

lock: ## Pin exact versions (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra local \
	    --custom-compile-command "make lock" pyproject.toml --output-file requirements/run.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra local --extra dev \
	    --custom-compile-command "make lock" pyproject.toml --output-file requirements/dev.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --custom-compile-command "make lock" --constraint requirements/dev.lock \
	    requirements/build.in --output-file requirements/build.lock

wheel: $(VENV)/dev.stamp ## Build the wheel into dist/
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

clean:
	rm -rf $(VENV) dist gallery .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "moa-tui needs Python 3.11 or newer, this is " + sys.version.split()[0] + ": make PYTHON=/path/to/python3.12 …")'
	@echo "== Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

# What builds is code that runs, too: it is pinned by hash like the rest, and pip fetches no other.
$(VENV)/run.stamp: requirements/run.lock requirements/build.lock pyproject.toml | $(VENV)/bin/python
	@echo "== Installing moa-tui, what it needs, and the embedded model's engine (about 70 MB)"
	@$(BIN)/pip install --disable-pip-version-check --require-hashes -r requirements/run.lock -r requirements/build.lock
	@$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock requirements/build.lock pyproject.toml | $(VENV)/bin/python
	@echo "== Installing moa-tui with what the tests need"
	@$(BIN)/pip install --disable-pip-version-check --require-hashes -r requirements/dev.lock -r requirements/build.lock
	@$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/run.stamp
