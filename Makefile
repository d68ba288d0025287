# Every target makes what it needs first: the venv, what goes into it, system packages, services.
.DEFAULT_GOAL := help
.PHONY: help demo serve test tests-together tests-apart lint bench shots chaos lock clean \
	demo-ready dev-ready

export SERVE ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
PY := .venv/bin/python
WITH_SERVICES := $(PY) -m config.services run

# A stamp carries the pins it was made from; an environment for development serves the demo too.
digest = $(shell sha256sum requirements/$(1).txt | cut -c1-16)
DEV := .venv/.dev-$(call digest,dev)
DEMO := $(or $(wildcard $(DEV)),.venv/.demo-$(call digest,demo))

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

demo: demo-ready ## Play the whole main job for two centres, then serve (SERVE=0: do not serve)
	@DEMO=1 $(PY) manage.py play_demo

serve: demo-ready ## Serve what an earlier demo has played
	@DEMO=1 $(PY) manage.py play_demo --serve-only

# Some tests wait for workers that were killed: three processes keep two cores busy meanwhile.
test: dev-ready ## Run every test, in a browser too
	@$(MAKE) --no-print-directory --jobs=2 tests-apart tests-together

tests-together:
	$(PY) -m pytest -n 2 --dist worksteal -m "not browser"

# Told when they are over, in one piece.
tests-apart:
	@mkdir -p var && sh -exc 'ISOLATION_LAYER=code $(PY) -m pytest tests/test_isolation.py; \
		$(PY) -m pytest -m browser tests/browser; $(PY) -m pytest -m browser tests/look' \
		> var/tests-apart.log 2>&1; ended=$$?; cat var/tests-apart.log; exit $$ended

lint: dev-ready ## Check style, types, templates, import order and migrations
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 --check {} +
	@$(WITH_SERVICES) sh -exc '$(PY) -m mypy .; $(PY) manage.py check; \
		$(PY) manage.py makemigrations --check --dry-run'

bench: dev-ready ## Measure against a large made-up data set
	@$(WITH_SERVICES) $(PY) -m bench

shots: dev-ready ## Take a screenshot of every main page, desktop and phone
	@DEMO=1 $(PY) manage.py take_shots

chaos: demo-ready ## Render while workers and the broker are killed
	@DEMO=1 $(PY) manage.py play_chaos

lock: dev-ready ## Pin requirements/*.in anew, with hashes
	@for part in base demo dev; do .venv/bin/pip-compile --quiet --upgrade --strip-extras \
		--allow-unsafe --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --output-file requirements/$$part.txt requirements/$$part.in; done

clean: ## Stop the embedded services and remove their rows, files and caches
	@[ ! -e var/services ] || $(PY) -m config.services remove
	rm -rf var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

demo-ready: $(DEMO)
	@.ci/system-packages demo

dev-ready: $(DEV)
	@.ci/system-packages dev

.venv/.demo-% .venv/.dev-%:
	@.ci/venv $@
