# What one can do here. `make` lists it; each target does only what is not done yet.
# Needs Python 3.11 to 3.13 with venv and pip, and make. ARGS is passed on: make run ARGS="--flags 2000"

.DEFAULT_GOAL := help
.PHONY: help run test serve check bench docs messages screens format lock clean chromium tesseract
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11 python,$(shell $p -c 'import sys; (3, 11) <= sys.version_info[:2] < (3, 14) and print("$p")' 2>/dev/null)))
DATA ?= $(firstword $(wildcard var/exercise/data) var/data)
CHROMIUM := /usr/bin/chromium
OCR := tesseract-ocr tesseract-ocr-ara tesseract-ocr-deu

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run ## Rehearse a whole operation: flags, decisions, notices, removals, returns, report (into var/exercise)
	@$(BIN)/cautery exercise $(ARGS)

test: $(VENV)/.dev chromium tesseract ## Run all tests, on SQLite and on PostgreSQL (an embedded one, or DATABASE_URL)
	@$(BIN)/python -m tests.databases $(ARGS)

serve: $(VENV)/.run ## Serve the desk and the API, on the last rehearsal's register if there is one
	@$(BIN)/cautery serve --data $(DATA) $(if $(findstring exercise,$(DATA)),--no-worker) $(ARGS)

check: $(VENV)/.dev ## Check style, formatting, types, directions of imports and the house rules
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted; mend it with: make format" >&2; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest -q tests/rules

bench: $(VENV)/.dev ## Run the benchmarks, one after the other
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

docs: $(VENV)/.dev ## Write the pages made from the code: docs/settings.md, docs/providers.md, docs/api.openapi.json
	@$(BIN)/python docs/generate.py

messages: $(VENV)/.dev ## Bring the catalogues of the desk up to date (src/cautery/web/locale), compile them, say what is to be translated
	@$(BIN)/python -m scripts.messages

screens: $(VENV)/.dev chromium ## Take a picture of every room from a small rehearsal, into docs/screens
	@$(BIN)/python -m scripts.screens $(ARGS)

format: $(VENV)/.dev ## Format the code and mend what can be mended by rule
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

lock: $(VENV)/.dev ## Choose the newest versions that fit, and write requirements/*.txt with their hashes
	@$(UV) pip compile $(LOCK) --extra exercise --group build -o requirements/run.txt pyproject.toml
	@$(UV) pip compile $(LOCK) --extra exercise --extra pg --extra audio --extra mail --extra saml --group dev --group build -o requirements/dev.txt pyproject.toml

clean: ## Remove what was made here: the environment and the caches, not var/ (registers live there)
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# -- how the environment comes about: a stamp for each list of requirements; the one for development holds the other too --

UV = $(shell command -v uv || echo $(BIN)/uv)
LOCK := --quiet --universal --upgrade --python-version 3.11 --generate-hashes --no-header --no-annotate
define install
	@echo "Installing requirements/$1.txt into $(VENV) ..."
	@$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements/$1.txt \
		|| $(BIN)/python -m pip install --quiet --require-hashes -r requirements/$1.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . \
		|| $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
endef

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; name one with: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.uv: | $(BIN)/python
	@command -v uv >/dev/null || test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	@touch $@

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/.uv
	$(call install,run)
	@rm -f $(VENV)/.dev
	@touch $@

$(VENV)/.dev: requirements/dev.txt requirements/run.txt pyproject.toml | $(VENV)/.uv
	$(call install,dev)
	@touch $(VENV)/.run $@

chromium: # for browser tests: installed where that can be done, else they skip and say so
	@test -x $(CHROMIUM) || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
		&& { apt-get install -y -qq chromium || { apt-get update -qq && apt-get install -y -qq chromium; }; } >/dev/null 2>&1; } \
		|| echo "No Chromium at $(CHROMIUM), and none can be installed here: browser tests are skipped."

tesseract: # for tests of text in pictures: likewise
	@command -v tesseract >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && { apt-get install -y -qq $(OCR) || { apt-get update -qq && apt-get install -y -qq $(OCR); }; } >/dev/null 2>&1; } || echo "No Tesseract, and none can be installed here: tests of text in pictures are skipped."
