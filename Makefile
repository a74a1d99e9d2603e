# Everything a fresh machine needs: Python >= 3.11 with venv and pip, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CASE ?= japan-us-2025
AS_OF ?= 2025-06-29
SECONDS ?= 900
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable

.DEFAULT_GOAL := help
.PHONY: help brief serve test fuzz mutants lint types check bench docs screenshots format clean reading-score catalogues

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

brief: $(VENV)/.brief ## Set up, then write the first brief to out/
	@$(BIN)/kosho brief $(CASE) --as-of $(AS_OF)

serve: $(VENV)/.brief ## Set up, then open the live table of CASE in a browser on this machine
	@$(BIN)/kosho serve $(CASE)

test: $(VENV)/.dev ## Set up, then run every test, with the same examples on every machine
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(TESTS)

fuzz: $(VENV)/.dev ## Random economies and spoilt files, COUNT=10000 of each kind; ONLY=registers, with SEED=... those of a run before
	$(BIN)/python -m tests.fuzz --count $(or $(COUNT),10000) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY))

mutants: $(VENV)/.dev ## Change one thing at a time, COUNT=25 a room, SECONDS=900 in all; does a test notice? ROOMS=..., SEED=...
	$(BIN)/python -m tests.mutants $(ROOMS) --count $(or $(COUNT),25) --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

lint: $(VENV)/.dev ## Format, lint and floor checks, nothing changed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python -m tests.catalogues --check

catalogues: $(VENV)/.dev ## Bring the messages of every language up to date, and count what is left to translate
	$(BIN)/python -m tests.catalogues

types: $(VENV)/.dev ## Strict types
	$(BIN)/basedpyright

check: test lint types ## All of the above

bench: $(VENV)/.dev ## Time the solver against a plain reference; prints ratios
	$(BIN)/python -m benchmarks

reading-score: $(VENV)/.dev ## Score `kosho read` against hand-made facts; KOSHO_SHARED adds three more documents
	@$(BIN)/python -m tests.reading_score

docs: $(VENV)/.docs ## Build the manual to site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

screenshots: brief ## Photograph the brief for the README; needs Chromium
	@$(BIN)/kosho brief $(CASE) --lang ja --out out/ja
	@$(BIN)/python docs/screenshots.py out/$(CASE)/brief.html out/ja/brief.html docs/assets

format: $(VENV)/.dev ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## Remove the environment and all that was made
	rm -rf $(VENV) out site .pytest_cache .ruff_cache .hypothesis .benchmarks .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Kosho needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "No virtual environment could be made. On Debian: apt install python3-venv" >&2; exit 1; }

$(VENV)/.brief: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Setting up (once) ..." >&2
	@$(INSTALL) '.[brief,bargain,corridor,read,office,pdf,serve]'
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Setting up (once) ..." >&2
	@$(INSTALL) '.[brief,dev,docs]'
	@touch $@ $(VENV)/.brief $(VENV)/.docs

$(VENV)/.docs: pyproject.toml constraints.txt | $(BIN)/python
	@$(INSTALL) '.[docs]'
	@touch $@
