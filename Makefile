# labimg: `make lab` opens the course, `make test` proves the whole.
# Needs Python 3.11 or later, make and git; everything else is put into .venv.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=
JOBS   ?= 2
EXTRAS := lab,registry,test,dev
STAMP  := $(VENV)/.stamp
PIP    := $(BIN)/python -m pip install -qq --disable-pip-version-check --root-user-action=ignore
DEBIAN := docker.io busybox-static skopeo umoci podman buildah docker-registry \
  golang-github-opencontainers-image-spec-dev graphviz chromium fonts-dejavu-core fonts-liberation

.DEFAULT_GOAL := help
.PHONY: setup lab test check judge judge-deps bench fuzz notebooks clean help

setup: $(STAMP)  ## make .venv with all that the lab and its tests need

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "labimg needs Python 3.11 or later, and $(PYTHON) is %d.%d: try make PYTHON=python3.12" % sys.version_info[:2])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python cannot make a virtual environment (on Debian: apt-get install python3-venv)"; exit 1; }
	@echo "Installing into $(VENV) ..."
	@$(PIP) --editable '.[$(EXTRAS)]'
	@touch $@

lab: setup  ## open JupyterLab on the course (LAB_ARGS="--no-browser --port 8899")
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/labimg lab -- $(LAB_ARGS)

# nbgrader looks for its own parts on the PATH
test judge: export PATH := $(CURDIR)/$(BIN):$(PATH)

test: setup  ## run all tests, the course's notebooks included (ARGS="-k overlay")
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --nbval --nbval-current-env --nbval-cell-timeout=60 $(ARGS)

check: setup  ## lint, types, and the laws of the house
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_house.py

judge: setup  ## run only the judges: the real thing beside ours (needs root and `make judge-deps`)
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m judge $(ARGS) tests

judge-deps: setup  ## install what the judges need and pip cannot bring (Debian, as root)
	@dpkg -s $(DEBIAN) >/dev/null 2>&1 || { apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(DEBIAN) >/dev/null; }
	@$(PIP) --editable '.[judge,grade]'

bench: setup  ## measure whole commands and hot paths
	@$(PIP) --editable '.[fast]'
	@$(BIN)/python -m tests.bench $(ARGS)

fuzz: setup  ## throw bytes at every parser for a while (ARGS="--seconds 60 shell")
	@$(BIN)/python -m tests.fuzz $(ARGS)

notebooks: setup  ## execute every notebook anew and store its outputs
	@$(BIN)/python -m labimg.course.execute notebooks/*.ipynb

clean:  ## remove all that was built, .venv included
	@rm -rf $(VENV) build dist artifacts .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
