#!/usr/bin/env bash
# PySpark (half a gigabyte) for the Spark tests, where there is Java to run it with.
# Without either those tests say so and skip; with CI=true and Java they fail instead.
set -uo pipefail
cd "$(dirname "$0")/.."

if ! command -v java >/dev/null 2>&1; then
  echo "No Java: the Spark tests will be skipped." >&2
  exit 0
fi
.venv/bin/python -c 'import pyspark' 2>/dev/null && exit 0
echo "Fetching PySpark"
.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes \
  -r requirements-spark.lock ||
  echo "PySpark could not be installed: the Spark tests will be skipped." >&2
exit 0
