#!/usr/bin/env bash
# From a fresh Debian 12 to a running server: installs what the build needs, builds, starts it on configs/quickstart.toml.
#   scripts/quickstart.sh            build and run
#   scripts/quickstart.sh --no-run   build only
#   scripts/quickstart.sh --lan      let other machines in too: anyone may then be any member of the example community
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh

run=yes
lan=()
for argument in "$@"; do
  case $argument in
    --no-run) run=no ;;
    --lan) lan=(--lan) ;;
    -h | --help) sed -n '2,5s/^# *//p' "$0" && exit 0 ;;
    *) fail "unknown option $argument; there are --no-run and --lan" ;;
  esac
done

need build
build release
[ "$run" = yes ] || { say "Built: build/release/parley" && exit 0; }

# The address comes from the server itself: it prints "Parley is ready: …" as soon as it can be opened.
say "Starting Parley. Open the address below in a browser; stop with Ctrl-C."
exec build/release/parley --config configs/quickstart.toml "${lan[@]}"
