# `make demo` and `make test` each work alone on a fresh Debian with Python 3.11+, make and git.
# `.ci/setup` installs what is missing; where everything is there, it only looks.

.DEFAULT_GOAL := help
.PHONY: help demo test check format lock measure bench bench-scale bench-ingest bench-daemon scaling proof-kill proof-week proof-daemon image-steps clean
# Hundreds of commands are started by the tests: each would compile the program anew without its bytecode.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
ARGS ?=
# Tests at a time. The seed keeps sets in one order, so that every process collects the same tests.
JOBS ?= 2

help:  ## Say what each target does
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 22

demo:  ## The whole loop on a miniature web, offline, in under a minute (ARGS="--seed 3")
	@.ci/setup run
	@$(BIN)/archiver demo $(ARGS)

test:  ## Every test but the long proofs (ARGS="tests/unit -k guard" for some)
	@.ci/setup test
	PYTHONHASHSEED=0 $(BIN)/pytest -m "not slow" --numprocesses $(JOBS) $(ARGS)

check:  ## Lint, format, types, layers: what a commit must pass
	@.ci/setup check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format:  ## Let ruff lay the code out and mend what it can
	@.ci/setup check
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:  ## Remake the lock files; pins that still fit stay (ARGS=--upgrade raises them)
	@.ci/setup check
	@.ci/lock $(ARGS)

measure:  ## Precision and recall of what is found in articles and said of sources; then what it costs
	@.ci/setup check
	$(BIN)/python -m tests.measure.flattened
	$(BIN)/python -m tests.measure.links
	$(BIN)/python -m tests.measure.soft_404
	$(BIN)/python -m tests.measure.walls
	$(BIN)/python -m tests.measure.drift
	$(BIN)/python -m tests.measure.quoted
	$(BIN)/python -m tests.measure.timetable
	$(BIN)/python -m tests.measure.confirmation
	$(BIN)/python -m tests.bench.extract
	$(BIN)/python -m tests.bench.adding
	$(BIN)/python -m tests.bench.judging
	$(BIN)/python -m tests.bench.verdicts

bench:  ## Captures a second, beside a naive Playwright script
	@.ci/setup test
	$(BIN)/python -m tests.bench.capture $(ARGS)

bench-scale:  ## A tick and the dashboard at a million sources (ARGS="--database postgresql")
	@.ci/setup test
	$(BIN)/python -m tests.bench.scale $(ARGS)

bench-ingest:  ## Looks a second that the store takes in, on both databases
	@.ci/setup test
	$(BIN)/python -m tests.bench.ingest $(ARGS)

bench-daemon:  ## Light looks beside bare requests, the queue, and a day's memory (half an hour or more)
	@.ci/setup test
	$(BIN)/python -m tests.bench.looks
	$(BIN)/python -m tests.bench.looks --kind page
	$(BIN)/python -m tests.bench.queue --database sqlite
	$(BIN)/python -m tests.bench.queue --database postgresql
	$(BIN)/python -m tests.bench.queue --database postgresql --queue procrastinate
	$(BIN)/python -m tests.bench.memory $(ARGS)

scaling:  ## Make the tables of SCALING.md from the measured times
	@.ci/setup test
	$(BIN)/python -m tests.measure.scaling --write $(ARGS)

proof-kill:  ## kill -9 a capturing process, again and again: nothing acknowledged may be lost
	@.ci/setup test
	$(BIN)/pytest -m slow tests/proof $(ARGS)

proof-week:  ## A week of 10,000 sources, two daemons, three workers, on both databases: no slot twice, none lost
	@.ci/setup test
	$(BIN)/python -m tests.proof.week --database sqlite $(ARGS)
	$(BIN)/python -m tests.proof.week --database postgresql $(ARGS)

proof-daemon:  ## Kill, stop, pause and starve real daemons: nothing may be lost or done twice (hours)
	@.ci/setup test
	$(BIN)/python -m tests.proof.kills --database sqlite --kills 500 --captures 10000
	$(BIN)/python -m tests.proof.kills --database postgresql --kills 500 --captures 10000
	$(BIN)/python -m tests.proof.kills --database postgresql --queue procrastinate --kills 500 --captures 10000
	$(BIN)/python -m tests.proof.stops --database sqlite --stops 50
	$(BIN)/python -m tests.proof.stops --database postgresql --stops 50
	$(BIN)/python -m tests.proof.pauses --database sqlite --pauses 50
	$(BIN)/python -m tests.proof.pauses --database postgresql --pauses 50
	$(BIN)/python -m tests.proof.pauses --database postgresql --queue procrastinate --pauses 50
	$(BIN)/python -m tests.proof.faults floor full browser database clock

image-steps:  ## Carry the Dockerfile's steps out in a bare Debian, without a container engine (root)
	.ci/image-steps $(ARGS)

clean:  ## Remove the virtual environment and every cache
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
