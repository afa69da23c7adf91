# make demo: set everything up and run the main job on the bundled sample newspaper.
# make test: set everything up and run every test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PREFECT_SERVER_ANALYTICS_ENABLED = false
export DO_NOT_TRACK = 1

.PHONY: demo test setup lint lock clean

demo: setup
	$(BIN)/pressrun demo

test: setup
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Pressrun needs Python 3.11 or newer: $$($(PYTHON) --version) was found; try make PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	# compat: a path on sys.path, so that a script beside this folder imports the package, not the folder
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@touch $@

# Needs uv (`pip install uv`); users never do.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --extra dev pyproject.toml -o requirements.lock --custom-compile-command "make lock"
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --extra image --constraints requirements.lock pyproject.toml -o requirements.image.lock --custom-compile-command "make lock"

# Never `archive`: nothing makes that one again.
clean:
	rm -rf $(VENV) demo-archive
