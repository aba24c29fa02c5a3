#!/usr/bin/env bash
# Chromium and fonts for the browser tests, by name from Debian's packages, where we may install.
# Without them those tests say so and skip; with CI=true they fail instead.
set -uo pipefail

present() {
  command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
    command -v google-chrome >/dev/null 2>&1
}
present && exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
  else
    echo "No Chromium, and no right to install it: the browser tests will be skipped." >&2
    exit 0
  fi
fi
if ! command -v apt-get >/dev/null 2>&1; then
  echo "No Chromium, and no apt-get to install it with: the browser tests will be skipped." >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
install() { $as_root apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; }
if ! { install || { $as_root apt-get update -qq && install; }; } >/dev/null 2>&1; then
  echo "Chromium could not be installed: the browser tests will be skipped." >&2
fi
exit 0
