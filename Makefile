# Two commands are enough: `make run` and `make test`. Both do all set-up first and skip what is done.
PYTHON ?= python3
BIN := .venv/bin
NPM := PATH="$(CURDIR)/.venv-tools/bin:$$PATH" npm --silent --prefix
CODE := actions benchmarks bot candor deploy evaluation knowledge scripts tests training

WORKERS ?= logical
PYTEST := PATH="$(CURDIR)/.venv-tools/bin:$$PATH" $(BIN)/python -m pytest --numprocesses $(WORKERS) --maxprocesses 4

.PHONY: help run test quick check setup setup-dev system-packages format lint types tests coverage nlu bench prepared audit lock clean browser-code

help: ## Show this.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 17

run: setup ## Set up what is missing, then start Candor on http://127.0.0.1:8000.
	@exec $(BIN)/candor serve

test: setup-dev check ## Set up what is missing, then format, lint, types and all tests.

quick: lint types ## Lint, types and unit tests, without set-up: under three minutes.
	$(PYTEST) -m unit -q

check: lint types tests ## Format, lint, types, tests, without set-up.

setup: ## Environments, encoder, index, Rasa's model.
	@$(PYTHON) scripts/setup.py

setup-dev: ## The same, and what the tests need.
	@$(PYTHON) scripts/setup.py --dev

system-packages: ## As root on Debian: Chromium, PostgreSQL, Redis and Dovecot, which the tests use.
	@$(PYTHON) scripts/setup.py --system-packages

format: ## Rewrite the code in our format.
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix --select I $(CODE)

lint: ## Format, lint, spelling, and imports that nobody declared.
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/codespell
	$(BIN)/deptry .

types: ## mypy and TypeScript.
	$(BIN)/mypy
	$(NPM) candor/channels/widget run types
	$(NPM) candor/console/frontend run types

# Shuffled, but in the same order on each run of a version: no test may rely on another.
tests: browser-code ## All tests, shuffled.
	$(PYTEST) -p randomly --randomly-seed=20

coverage: setup-dev ## Unit and database tests, which must cover what pyproject.toml says.
	$(PYTEST) -p randomly --randomly-seed=20 -m "unit or database" --cov --cov-report=term:skip-covered

browser-code: ## The tests of what runs in browsers, without one; those with one are among the others.
	$(NPM) candor/channels/widget test
	$(NPM) candor/console/frontend test

nlu: setup-dev ## Cross-validate Rasa's intents; reports and errors stay in var/reports.
	$(BIN)/python -m evaluation.intents

bench: setup-dev ## Measure speed and memory, as ratios of one run. The first one installs what Candor is compared with.
	$(BIN)/python -m benchmarks.run

prepared: ## For a release: train, and put what came out into training/prepared/, so that a fresh clone need not train.
	@$(PYTHON) scripts/setup.py --prepare

audit: ## Ask advisory services about all pins: 0 nothing known, 1 advisories, 2 could not be asked.
	@$(PYTHON) scripts/audit.py

lock: ## Compile the pins in requirements/ anew from pyproject.toml.
	$(PYTHON) scripts/setup.py --lock

clean: ## Remove everything that set-up made.
	rm -rf .venv .venv-bot .venv-tools var candor/channels/widget/node_modules candor/channels/widget/dist candor/console/frontend/node_modules candor/console/frontend/dist .mypy_cache .pytest_cache .ruff_cache
