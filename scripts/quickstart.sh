#!/usr/bin/env bash
# From a fresh Debian 12 to a running server: installs what the build needs, builds, starts it on configs/quickstart.toml.
#   scripts/quickstart.sh            build and run
#   scripts/quickstart.sh --no-run   build only
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh

run=yes
for argument in "$@"; do
  case $argument in
    --no-run) run=no ;;
    -h | --help) sed -n '2,4s/^# *//p' "$0" && exit 0 ;;
    *) fail "unknown option $argument; there is --no-run" ;;
  esac
done

need build
build release
[ "$run" = yes ] || { say "Built: build/release/parley" && exit 0; }

# The address comes from the server itself: it prints "Parley is ready: …" as soon as it can be opened.
say "Starting Parley. Open the address below in a browser; stop with Ctrl-C."
exec build/release/parley --config configs/quickstart.toml
