# Two commands are enough: `make run` and `make test`. `make help` names the rest.

.DEFAULT_GOAL := help
.PHONY: help run venv venv-dev test check demands bench faults lock clean
MAKEFLAGS += --no-print-directory

# The first Python that is new enough. Only looked for when .venv has none.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; \
	done; echo python3)
IN_VENV := .venv/bin/python

# What `make run PORT=8123 DATA_DIR=/somewhere` may set; empty means as the environment says.
ifneq ($(origin PORT),undefined)
export PORT
endif
ifneq ($(origin HOST),undefined)
export HOST
endif
ifneq ($(origin DATA_DIR),undefined)
export DATA_DIR
endif
ifneq ($(origin DEMO),undefined)
export DEMO
endif

help: ## these lines
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

run: venv ## the whole portal on this machine (PORT=8000 DATA_DIR=data HOST=127.0.0.1 DEMO=1)
	@$(IN_VENV) -m config.launcher

test: venv-dev ## every test, on SQLite and PostgreSQL (ARGS="-k signing" chooses some)
	@$(IN_VENV) -m tools.run_tests $(ARGS)

check: venv-dev ## style, types, templates, security, migrations, locks, demands
	@$(IN_VENV) -m tools.run_checks

demands: venv-dev ## which tests carry which demand of the design
	@$(IN_VENV) -m tests.demands

bench: venv-dev ## the performance figures (ARGS="--profile M" chooses the size)
	@$(IN_VENV) -m benchmarks $(ARGS)

faults: venv-dev ## twelve minutes of faults: killed workers, Redis and mail server away (ARGS=--short: two)
	@$(IN_VENV) -m tools.faults $(ARGS)

lock: venv-dev ## choose versions anew within requirements*.txt (UPGRADE=1: the newest)
	@$(IN_VENV) -m tools.lock $(if $(UPGRADE),--upgrade)

venv:
	@$(call make-venv)

venv-dev:
	@$(call make-venv,--dev)

clean: ## remove what make made, but not the data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

define make-venv
"$(PYTHON)" tools/venv.py $(1)
endef
