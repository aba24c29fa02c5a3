#!/usr/bin/env bash
# Makes .venv, installs what the locks name (checked by hash) and this project, editable.
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() {
  local name
  for name in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
    if [ -n "$name" ] && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
    then
      echo "$name"
      return
    fi
  done
  echo "Wholeplace needs Python 3.11 or later: install it, or say PYTHON=…" >&2
  return 1
}

if ! [ -x .venv/bin/python ] || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
  python=$(find_python)
  rm -rf .venv
  if ! "$python" -m venv .venv; then
    echo "This Python has no venv module (on Debian: the package python3-venv)." >&2
    exit 1
  fi
fi

pip() { .venv/bin/python -m pip --disable-pip-version-check --quiet "$@"; }

if pip install --require-hashes -r requirements-bootstrap.lock &&
  .venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes requirements-dev.lock &&
  .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
then
  :
else
  echo "uv could not install the packages; trying pip, which is slower." >&2
  pip install --require-hashes -r requirements-dev.lock
  pip install --no-deps --no-build-isolation -e .
fi
