# `make` lists the targets. Each stops at its first failure.

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help demo test check fmt docs web openapi screenshots bench-booking bench-live bench-promises bench-streams setup fmt-check lint tests doc-tests quick-tests web-if-node web-lint web-browser

CARGO ?= cargo
heading = @printf '\n== %s\n' "$(1)"

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: web-if-node ## a seeded city and a day that runs by itself, on SQLite
	$(CARGO) run --release --locked -- demo

web: web/node_modules/.package-lock.json ## the pages, into web/dist, where the next build of the binary finds them
	$(call heading,web: build)
	cd web && npm run --silent generate && npm run --silent build

# Without Node the binary has no pages, and says so.
web-if-node:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory web; \
	else echo "npm is missing: this binary will have no pages. Install Node 20.19 or newer for them."; fi

openapi: ## write the API document that the pages' client is made of
	$(CARGO) run --locked -- openapi > web/openapi.json

# PostgreSQL is run with fsync here, unlike in tests.
bench-booking: ## searches, holds and bookings through HTTP, beside the machine's ceilings
	DOORSTEP_POSTGRES_FSYNC=on bash .ci/with-postgres $(CARGO) bench --locked --bench booking

bench-live: ## a dispatcher's checks on a day of 5,000 visits
	$(CARGO) bench --locked --bench live

# Tests that need PostgreSQL read its address from DOORSTEP_TEST_POSTGRES. Without one they say that
# they are skipped, and fail instead where DOORSTEP_REQUIRE_POSTGRES=1, as here.
test: setup web web-lint fmt-check lint tests doc-tests docs web-browser ## everything, on SQLite and PostgreSQL
	$(call heading,All good)

check: fmt-check lint quick-tests ## the quick gate: format, lints, unit and architecture tests
	$(call heading,All good; make test has the rest)

fmt: ## format the code
	$(CARGO) fmt

docs: ## the code's documentation, in target/doc
	$(call heading,Documentation)
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --document-private-items

bench-promises: ## how many promises a fleet keeps, beside counters and hindsight: an hour and more
	$(CARGO) bench --locked --bench promises

bench-streams: ## how soon 2,000 followers of a day see what was committed
	$(CARGO) bench --locked --bench streams

setup:
	$(call heading,What the tests need)
	@bash .ci/setup && echo present

fmt-check:
	$(call heading,Format)
	$(CARGO) fmt --check

lint:
	$(call heading,Lints)
	$(CARGO) clippy --all-targets --locked -- -D warnings

tests:
	$(call heading,Tests on SQLite and PostgreSQL)
	DOORSTEP_REQUIRE_POSTGRES=1 bash .ci/with-postgres $(CARGO) test --locked --lib --bins --tests

doc-tests:
	$(call heading,Documentation tests)
	$(CARGO) test --locked --doc

quick-tests:
	$(call heading,Unit and architecture tests on SQLite)
	env -u DOORSTEP_TEST_POSTGRES -u DOORSTEP_REQUIRE_POSTGRES \
		$(CARGO) test --locked --lib --bins --test architecture

# What the pages are built and tested with.
web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund

web-lint: web/node_modules/.package-lock.json
	$(call heading,web: lint)
	cd web && npm run --silent generate && npm run --silent check && npm run --silent lint

# The program as the tests have it: built alone it would have other features, and be compiled anew.
program-of-tests = $(CARGO) test --locked --no-run --test cli

web-browser: web/node_modules/.package-lock.json
	$(call heading,web: browser)
	$(program-of-tests)
	cd web && npm test --silent

screenshots: web ## pictures of each page, into docs/screenshots
	$(program-of-tests)
	cd web && DOORSTEP_SCREENSHOTS=../docs/screenshots npm test --silent
