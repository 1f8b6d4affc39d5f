# Two commands do everything on a fresh machine: `make demo` and `make test`. The rest is for daily work.
PY := .venv/bin/python

.PHONY: help setup setup-run demo run test test-faults test-bundle bundle bench bench-pages bench-reports bench-clocks lint format shots docs locks messages clean

help:  ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup:  ## What the tests need: .venv from the locks; Chromium, a CJK font, PostgreSQL
	@bash tools/setup.sh check

setup-run:  ## What running it needs: .venv from the locks, and nothing of the system
	@bash tools/setup.sh run

demo: setup-run  ## The fictional bureau with a running incident, on 127.0.0.1:8000 (PORT=8001 for another)
	@.venv/bin/fengsui demo --port $(or $(PORT),8000)

run: setup-run  ## The service on your own data in ./var
	@.venv/bin/fengsui serve --port $(or $(PORT),8000)

test: setup  ## Every check and test, with a time for each part (what .ci/run calls)
	@$(PY) tools/check.py

bench: setup-run  ## How fast the core is, beside zen-engine on the same table; asserts nothing
	@$(PY) -m pip install -q -r bench/requirements.txt || echo "zen-engine could not be installed: it is left out"
	@$(PY) -m bench

bench-pages: setup  ## How long each page takes with 1,000, 10,000 and 100,000 cases, SQLite and PostgreSQL (ARGS="1000" for fewer)
	@$(PY) -m bench.pages $(ARGS)

bench-reports: setup-run  ## Reports a second through the HTTP interface, PostgreSQL and SQLite, 1,000 cases (ARGS="--cases 1000000": the million, long)
	@$(PY) -m bench.reports $(ARGS)

bench-clocks: setup  ## How soon 1,000 due in one second are claimed, and what a look costs, with 10,000 and 1,000,000 open
	@$(PY) -m bench.clocks $(ARGS)

test-faults: setup  ## Kill -9 of web and workers, PostgreSQL shut down, under load: KILLS=50 RESTARTS=5 SEED=...
	@KILLS=$(KILLS) RESTARTS=$(RESTARTS) SEED=$(SEED) $(PY) -m pytest tests/faults -m faults -q -s

bundle: setup-run  ## dist/fengsui-<version>-offline.tar.gz: all a machine without a network needs
	@$(PY) tools/bundle.py

test-bundle: setup-run  ## Builds that bundle and installs it without a network
	@$(PY) -m pytest tests/bundle -m bundle -q

lint: setup-run  ## The static checks only
	@$(PY) tools/check.py static

format: setup-run  ## Rewrites the imports and the layout of the Python files
	@.venv/bin/ruff check -q --fix src tests tools bench; .venv/bin/ruff format -q src tests tools bench

shots: setup  ## Screenshots of every page in all four faces (two widths, two themes; make test looks at two) into shots/
	@$(PY) -m pytest tests/web -m shots --shots shots -q -n 2 --dist loadfile

docs: setup-run  ## Rewrites the generated pages in docs/
	@$(PY) tools/docs.py
	@$(PY) tools/acceptance.py

locks:  ## Locks the newest allowed releases, with hashes and without any registry address
	@.venv/bin/python -m pip install -q uv
	@cd requirements && for part in base dev; do ../.venv/bin/uv pip compile -q --upgrade --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate $$part.in -o $$part.txt; done

messages: setup-run  ## Compiles the translations
	@bash tools/setup.sh run

clean:  ## Removes what can be made again (not ./var)
	@rm -rf .venv build dist shots src/*.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache
