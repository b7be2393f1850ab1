#!/usr/bin/env bash
# Form and lint of the C++ code.
#   scripts/lint.sh              the form of every file (clang-format), quick
#   scripts/lint.sh --tidy       clang-tidy over every source as well: some minutes
#   scripts/lint.sh --fix        lays files out instead of complaining
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh

tidy=no
fix=no
for argument in "$@"; do
  case $argument in
    --tidy) tidy=yes ;;
    --fix) fix=yes ;;
    -h | --help) sed -n '2,5s/^# *//p' "$0" && exit 0 ;;
    *) fail "unknown option $argument; there are --tidy and --fix" ;;
  esac
done

need lint
mapfile -t files < <(git ls-files '*.cc' '*.h')
if [ "$fix" = yes ]; then
  clang-format-19 -i "${files[@]}"
else
  step "Form of ${#files[@]} files" clang-format-19 --dry-run -Werror "${files[@]}"
fi
if [ "$tidy" = yes ]; then
  step "Configure (tidy)" cmake --preset tidy
  mapfile -t sources < <(git ls-files 'src/*.cc' 'signaling/*.cc')
  say "clang-tidy over ${#sources[@]} sources"
  printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy-19 -p build/tidy --quiet || fail "clang-tidy has complaints"
fi
