# The whole set-up and every check. `make` alone lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PORT ?= 8000
PEOPLE ?= 20000

INSTALLED := .venv/.installed
ASSETS := src/wholeplace/web/static/vendor/govuk-frontend.min.css
LOCKS := requirements-bootstrap.lock requirements-dev.lock
WORKERS ?= 2
# Tests run in the same shuffled order each time, so that a failure comes again; SEED=3 is another.
SEED ?= 20261122

.PHONY: help setup run test check scenarios bench lock browsers spark unit

help:
	@echo "make run        start everything: PORT=8000 PEOPLE=20000"
	@echo "make test       every check and every test"
	@echo "make check      format, lint, types, import contracts, lengths, unit tests"
	@echo "make scenarios  the brief's acceptance scenarios: pass, fail, not yet"
	@echo "make bench      the measured figures"
	@echo "make setup      .venv and front-end files (the others call it)"
	@echo "make lock       write the dependency locks anew"

setup: $(INSTALLED) $(ASSETS)

$(INSTALLED): $(LOCKS) pyproject.toml scripts/setup.sh
	@echo "Setting up .venv"
	@scripts/setup.sh
	@touch $@

$(ASSETS): package-lock.json scripts/build_assets.py scripts/assets.sh | $(INSTALLED)
	@echo "Fetching the front-end files"
	@scripts/assets.sh
	@touch $@

browsers:
	@scripts/browsers.sh

spark: setup
	@scripts/spark.sh

# exec: Ctrl-C reaches the program itself, which stops its children and then the database.
run: setup
	@exec .venv/bin/wholeplace run --port $(PORT) --people $(PEOPLE)

check: setup
	@scripts/check.sh

test: setup browsers spark
	@scripts/check.sh --no-tests
	.venv/bin/pytest -n $(WORKERS) --dist worksteal --randomly-seed $(SEED)

unit: setup
	.venv/bin/pytest -q -n $(WORKERS) tests/unit

scenarios: setup
	@.venv/bin/python scripts/scenarios.py

bench: setup
	@.venv/bin/python -m bench

lock: $(INSTALLED)
	@scripts/lock.sh
