# Two commands for a fresh machine: `make run` and `make test`. The others serve those who change the code.
PYTHON ?= python3.11
VENV := .venv
SEMGREP := .venv-semgrep
BIN := $(VENV)/bin
# The CPU build: this release installs it with plain pip on Linux and Python 3.11. Elsewhere see docs/administrator.md.
TORCH ?= torch==2.13.0
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run install llm test check format lint types quality bench soak lock sbom clean system-packages

help: ## what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: install ## install, load the starter knowledge, serve the web chat at 127.0.0.1:8000
	$(BIN)/tuvan run

install: .stamps/install ## what the program needs, into .venv

llm: .stamps/install ## also what a chat model needs (Ollama, OpenAI-compatible servers, Anthropic, Gemini)
	$(PIP) install --no-deps -r requirements-llm.lock

test: .stamps/install-dev system-packages check quality ## everything: format, lint, types, tests, answer quality
	$(BIN)/python -m pytest -n $(JOBS)

check: .stamps/install-dev .stamps/semgrep ## format, lint, types, known dangers
	$(BIN)/python -m pip --disable-pip-version-check --quiet check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/bandit --quiet --recursive --severity-level high --configfile pyproject.toml bot knowledge ingest
	PATH="$(CURDIR)/$(SEMGREP)/bin:$$PATH" semgrep scan --config .ci/semgrep --metrics off --disable-version-check --error --severity ERROR --quiet bot knowledge ingest

format: .stamps/install-dev ## put the code in its usual form
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

quality: .stamps/install-dev ## the answer-quality gate; fails below its thresholds
	$(BIN)/python -m tests.quality

bench: .stamps/install-dev ## figures: latency, memory, start time, ingestion (takes a while)
	$(BIN)/python -m tests.bench

soak: .stamps/install-dev ## the long runs behind docs/reliability.md: kills, power cuts, rebuilds, load (hours); SOAK="--only NAME"
	$(BIN)/python -m tests.soak $(SOAK)

COMPILE := $(BIN)/pip-compile --quiet --upgrade --strip-extras --no-header --no-annotate --no-emit-index-url --no-emit-find-links

lock: .stamps/install-dev ## pin every dependency again; the torch of TORCH is kept
	echo "$(TORCH)" > .stamps/torch.txt
	$(COMPILE) -c .stamps/torch.txt -o requirements.lock pyproject.toml
	$(COMPILE) -c .stamps/torch.txt -c requirements.lock --extra=dev --extra=llm -o requirements-dev.lock pyproject.toml
	$(COMPILE) -c .stamps/torch.txt -c requirements-dev.lock --extra=llm -o .stamps/llm.txt pyproject.toml
	grep -vxFf requirements.lock .stamps/llm.txt > requirements-llm.lock
	sed -i -E 's/^(torch==[0-9.]+)\+cpu/\1/' requirements.lock requirements-dev.lock

sbom: .stamps/install ## the packages as CycloneDX and their licences, into build/
	$(BIN)/python -m bot.supply build

system-packages: ## Chromium, OCR, fonts, LibreOffice and Caddy for the tests, on Debian and Ubuntu
	@sh .ci/system-packages

clean: ## remove what was installed and made; knowledge and settings stay
	rm -rf $(VENV) $(SEMGREP) .stamps .cache build *.egg-info .pytest_cache .mypy_cache .ruff_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

.stamps/install: $(BIN)/python requirements.lock pyproject.toml
	@mkdir -p .stamps
	@echo "Installing (about two minutes the first time) …"
	$(PIP) install "$(TORCH)"
	$(PIP) install --no-deps -r requirements.lock
	$(PIP) install --no-deps -e .
	@touch $@

.stamps/install-dev: .stamps/install requirements-dev.lock
	$(PIP) install --no-deps -r requirements-dev.lock
	@touch $@

# Semgrep asks for other versions than we do, so it has an environment of its own.
.stamps/semgrep: requirements-semgrep.lock
	@mkdir -p .stamps
	test -x $(SEMGREP)/bin/python || $(PYTHON) -m venv $(SEMGREP)
	$(SEMGREP)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps -r requirements-semgrep.lock
	@touch $@
