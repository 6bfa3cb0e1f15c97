# Every target is one short command or two; `make help` prints this list.
# What these names promise is said in README.md; how they work, in HACKING.md, "The Makefile".

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV   := .venv
BIN    := $(VENV)/bin
CACHE  := .cache
STAMPS := $(VENV)/stamps
SUMS   := site/downloads/SHA256SUMS
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)

# Material prints a banner about MkDocs 2 that says nothing about this site.
export NO_MKDOCS_2_WARNING := 1
# Same commit, same bytes: dates written into the site are those of the last commit.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1640995200)

SOURCES = $(shell find docs bibliography overrides claimbook mkdocs.yml -type f -not -name '*.pyc' 2>/dev/null)

site: $(SUMS) ## build the site, with every download, into site/
	@echo "The site is in site/: open site/index.html, or run 'make serve' and follow the address it prints."

# The sums are written last; a build of the pages alone, by hand, takes them away with the editions.
$(SUMS): $(CACHE)/pages.stamp
	@$(BIN)/python -m claimbook export site

# Pages that were taken away by hand are built again.
$(CACHE)/pages.stamp: $(STAMPS)/site $(SOURCES) $(if $(wildcard site/index.html),,no-pages)
	@$(BIN)/python -m claimbook check
	@$(BIN)/python -m mkdocs build --strict
	@mkdir -p $(CACHE) && touch $@

editions: $(CACHE)/pages.stamp ## make the PDF, the EPUB and the offline copy alone
	@$(BIN)/python -m claimbook export site

test: $(STAMPS)/test $(SUMS) ## check records, code and the built site, in a browser too
	@$(BIN)/python -m tests.browsers
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check --quiet .
	@$(BIN)/python -m pytest

serve: $(STAMPS)/site ## live preview while you write; the address is printed
	@$(BIN)/python -m mkdocs serve --dirty --no-strict --watch overrides

check: $(STAMPS)/site ## records, sources and citations only: no build, no browser, no network
	@$(BIN)/python -m claimbook check

links: $(STAMPS)/links ## check the outside links over the network, and say what to mend; ARGS=--help for more
	@$(BIN)/python -m claimbook links $(ARGS)

bench: $(STAMPS)/bench ## time citations against stock mkdocs-bibtex and plain MkDocs
	@$(BIN)/python -m tests.bench

audit: $(STAMPS)/test $(SUMS) ## ask Lighthouse, the Nu checker and epubcheck; needs Node, Java and npm's registry
	@$(BIN)/python -m tests.audit

requirements: $(STAMPS)/test ## compile the pinned requirements again from pyproject.toml
	@$(BIN)/python -m tests.requirements

clean: ## delete what was built and installed
	rm -rf $(VENV) $(CACHE) site

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

# One stamp per requirements file, so that nothing is installed twice and nothing that isn't needed.
# A virtual environment whose interpreter is gone (moved folder, removed Python) is made anew.
$(STAMPS)/python:
	@test -n "$(PYTHON)" || { echo "Makefile:1: SETUP no Python 3.11 or newer was found; install one, or say which: make PYTHON=/path/to/python3 $(MAKECMDGOALS)"; exit 1; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { echo "Makefile:1: SETUP $(PYTHON) could not make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; rm -rf $(VENV); exit 1; }
	@mkdir -p $(STAMPS) && touch $@

PIP = $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes --no-deps
define install
@echo "Installing $(1) into $(VENV)"
@$(PIP) -r $(1) >$(VENV)/install.log 2>&1 || { \
	echo "$(1):1: SETUP installing failed: is there a network? The whole story is in $(VENV)/install.log"; \
	grep -E '^ERROR|error:' $(VENV)/install.log | tail -n 2; exit 1; }
endef

$(STAMPS)/site: requirements.txt pyproject.toml | $(STAMPS)/python
	$(call install,requirements.txt)
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable . >>$(VENV)/install.log 2>&1 \
		|| { echo "pyproject.toml:1: SETUP our own package could not be installed; see $(VENV)/install.log"; exit 1; }
	@$(BIN)/python -m compileall -q claimbook # as pip does with what it installs; else each build may compile it anew
	@touch $@

$(STAMPS)/%: requirements-%.txt $(STAMPS)/site
	$(call install,$<)
	@touch $@

# Whoever runs make with a broken .venv meets it here, before any other rule needs it.
ifneq ($(wildcard $(VENV)),)
ifneq ($(shell $(BIN)/python -c 'print(1)' 2>/dev/null),1)
$(info The virtual environment in $(VENV) is broken; making it anew.)
$(shell rm -rf $(VENV))
endif
endif

.PHONY: no-pages site editions test serve check links bench audit requirements clean help
