# Everything a fresh clone needs: git, make and Python 3.11 or newer. The rest goes into .venv.

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
UV_VERSION := ~=0.13.9
INSTALL := $(UV) pip install --quiet --python $(BIN)/python
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --generate-hashes \
	--no-emit-index-url --no-emit-find-links
PROJECT := pyproject.toml
ARGS ?=

# An environment that was moved, or whose Python is gone, is made anew.
ifneq ($(shell grep -qF "$(CURDIR)/$(VENV)" $(VENV)/pyvenv.cfg 2>/dev/null && $(BIN)/python -c '' 2>/dev/null && echo usable),usable)
STALE := stale
endif

.DEFAULT_GOAL := help
.PHONY: help demo test soak check audit format bench mutate sdk lock clean stale

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo "  Arguments go in ARGS: make test ARGS='tests/ledger -k expiry'"

demo: $(VENV)/.runtime  ## start the engine with sample data
	@$(BIN)/vinr demo $(ARGS)

test: $(VENV)/.dev  ## run the tests
	@$(BIN)/python -m pytest $(ARGS)

soak: $(VENV)/.dev  ## run the tests that take long
	@$(BIN)/python -m pytest -m slow --timeout 3600 $(ARGS)

check: $(VENV)/.dev  ## check format, lint, types and the order of packages
	@failed=0; \
	$(BIN)/ruff format --check --quiet --output-format=concise || { failed=1; echo "To format: make format"; }; \
	$(BIN)/ruff check --quiet || failed=1; \
	$(BIN)/pyrefly check --summary=none || failed=1; \
	$(BIN)/lint-imports --no-logo || failed=1; \
	exit $$failed

audit: $(UV)  ## ask for known vulnerabilities of every pinned dependency (ARGS=--strict fails offline too)
	@$(BIN)/python scripts/audit.py requirements/runtime.txt requirements/dev.txt $(ARGS)

format: $(VENV)/.dev  ## format the code and fix what can be fixed safely
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format --quiet

bench: $(VENV)/.dev  ## run the benchmarks
	@$(BIN)/python -m benchmarks $(ARGS)

mutate: $(VENV)/.dev  ## make small faults in the pure modules, and see that tests notice them
	@$(BIN)/python -m scripts.mutate $(ARGS)

sdk: $(VENV)/.dev  ## make both SDKs anew from the API: after a change to an endpoint or a schema
	@$(BIN)/python -m scripts.sdk $(ARGS)

lock: $(UV)  ## pin every dependency anew in requirements/ (ARGS='--upgrade-package click' moves one)
	@$(LOCK) pyproject.toml --output-file requirements/runtime.txt $(or $(ARGS),--upgrade)
	@$(LOCK) pyproject.toml --group dev --constraints requirements/runtime.txt \
		--output-file requirements/dev.txt $(or $(ARGS),--upgrade)

clean:  ## remove .venv and every cache
	@rm -rf $(VENV) .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage build dist sdk/typescript/node_modules sdk/typescript/dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.runtime: $(UV) requirements/runtime.txt $(PROJECT)
	@$(INSTALL) --requirement requirements/runtime.txt
	@$(INSTALL) --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(UV) requirements/dev.txt $(PROJECT)
	@$(INSTALL) --requirement requirements/dev.txt
	@$(INSTALL) --no-deps --editable .
	@touch $@ $(VENV)/.runtime

$(UV): $(STALE)
	@echo "Preparing $(VENV); the first time takes about a minute." >&2
	@found=; \
	for python in python3 python3.14 python3.13 python3.12 python3.11; do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		found=$$python; \
		$$python -c 'import ensurepip, venv' 2>/dev/null && break; \
		found="$$python-without-venv"; \
	done; \
	case "$$found" in \
	'') \
		echo "VINR Engagement needs Python 3.11 or newer: none is on the PATH (looked for python3, python3.14 … python3.11)." >&2; \
		exit 1 ;; \
	*-without-venv) \
		echo "$${found%-without-venv} cannot make virtual environments: its venv or ensurepip module is missing." >&2; \
		echo "On Debian and Ubuntu install it with: apt-get install python3-venv" >&2; \
		exit 1 ;; \
	esac; \
	rm -rf $(VENV) && $$found -m venv "$(CURDIR)/$(VENV)"
	@PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install -qq 'uv$(UV_VERSION)'
