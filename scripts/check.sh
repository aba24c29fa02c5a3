#!/usr/bin/env bash
# Every check, one line each; a failing one shows what it said. `--no-tests` leaves the tests
# out, for `make test` runs all of them afterwards.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
failed=0

step() {
  local name=$1 began=$SECONDS said
  shift
  if said=$("$@" 2>&1); then
    printf '  ok    %-34s %3ds\n' "$name" $((SECONDS - began))
  else
    printf '  FAIL  %-34s\n%s\n' "$name" "$(head -60 <<<"$said")"
    failed=1
  fi
}

step "format (ruff format .)" $bin/ruff format --check --output-format concise .
step "lint (ruff)" $bin/ruff check --quiet --output-format concise .
step "types (mypy, strict)" $bin/mypy
step "import contracts" $bin/lint-imports --no-logo
step "lengths" $bin/python scripts/check_lengths.py
step "locks, decisions, paths" $bin/python scripts/check_tree.py
if [ "${1:-}" != --no-tests ]; then
  step "unit tests" $bin/pytest -q -n 2 tests/unit
fi
exit $failed
