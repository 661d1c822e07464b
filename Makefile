# Everything runs in .venv, made here. Say `make help` for what there is.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
PLOTLY := static/vendor/plotly.min.js

# uv where it is at hand: ten times as fast. Both refuse a file whose hash is not in the lock.
INSTALL := $(if $(UV),$(UV) pip install --compile-bytecode --python $(BIN)/python,$(BIN)/python -m pip install --disable-pip-version-check)

.PHONY: help run check test faults format lock bench openapi screenshots clean

help:
	@echo "make run          serve the dashboard on http://127.0.0.1:8000 (HOST=, PORT=, DATA_DIR=)"
	@echo "make check        the quick part: linters, types, import rules, tests of the pure rooms"
	@echo "make test         linters, types, tests on a real PostgreSQL and in a real browser; coverage"
	@echo "make faults       what kills, freezes and fills the database and the workers (two minutes)"
	@echo "make bench        measure the goals on an idle machine, write docs/performance.md (five minutes)"
	@echo "make format       put the code into shape"
	@echo "make lock         write the lock files anew (UPGRADE=1: with the newest releases)"
	@echo "make openapi      write the API's contract, docs/openapi.json, anew"
	@echo "make screenshots  picture every page, light and dark, wide and narrow"
	@echo "make clean        remove what was installed and built; data in var/ stays"

run: $(VENV)/.runtime $(PLOTLY)
	@exec $(BIN)/modelshare serve

# Those of metadata build the whole contract of the API, and so are not among the quick ones.
PURE := $(addprefix tests/,domain csv_io wording charts ingest/rules ingest/fetchers)

check: lint
	$(BIN)/pytest -n 0 -q $(PURE)

.PHONY: lint
lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(VENV)/.dev $(PLOTLY) lint
	$(BIN)/python -m tests.chromium
	$(BIN)/python -m tests.audit
	$(BIN)/pytest -n 2 --dist loadfile -m "browser and not faults"
	$(BIN)/pytest -n 2 --dist loadfile -m "not browser and not faults" --cov --cov-report=term:skip-covered

# One after the other: their limits are in seconds.
faults: $(VENV)/.dev $(PLOTLY)
	$(BIN)/pytest -n 0 -m faults tests/faults

# Alone on the machine: whatever else runs there stands in the figures.
bench: $(VENV)/.dev $(PLOTLY)
	@$(BIN)/python -m tests.chromium
	$(BIN)/python -m tests.benchmarks.performance

format: $(VENV)/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

openapi: $(VENV)/.dev
	$(BIN)/python -m tests.openapi

screenshots: $(VENV)/.dev $(PLOTLY)
	@$(BIN)/python -m tests.chromium
	@$(BIN)/python -m tests.screenshots

clean:
	rm -rf $(VENV) static/vendor .*_cache .hypothesis
	find app tests migrations -name __pycache__ -prune -exec rm -rf {} +

# --- what is installed; the stamps in .venv say that it was completed

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed. Name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; \
		exit 1; }
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { \
		rm -rf $(VENV); \
		echo "This Python makes no virtual environments. On Debian and Ubuntu: apt install python3-venv"; \
		exit 1; }

$(VENV)/.runtime: requirements.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

$(PLOTLY): app/web/plotly_bundle.py | $(VENV)/.runtime
	@$(BIN)/python -m app.web.plotly_bundle

# --- the locks: every platform, every hash, no registry's name

COMPILE := env -u UV_INDEX -u UV_INDEX_URL -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	$(if $(UPGRADE),--upgrade)
BUILD_NEEDS := $(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")'

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv"; exit 1; }
	$(BUILD_NEEDS) | $(COMPILE) pyproject.toml - -o requirements.txt
	$(BUILD_NEEDS) | $(COMPILE) pyproject.toml - --extra dev -c requirements.txt -o requirements-dev.txt
	@! grep -n '://' requirements.txt requirements-dev.txt
