#!/usr/bin/env bash
# All tests: those of the C++ code (unit, conformance, layering, simulations, fuzz corpora), those of the browser SDK in node, and
# end-to-end ones with the real binary and real browsers. The last line is the total: "N passed, N failed".
#   scripts/test.sh                   everything, preset dev
#   scripts/test.sh --unit            without browsers        scripts/test.sh --e2e   only with browsers
#   scripts/test.sh --asan | --tsan   with a sanitizer; goes with --unit and --e2e
#   scripts/test.sh --e2e call whip   only these files of tests/e2e
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh

preset=dev
unit=no
e2e=no
chosen=()
for argument in "$@"; do
  case $argument in
    --asan) preset=asan ;;
    --tsan) preset=tsan ;;
    --unit) unit=yes ;;
    --e2e) e2e=yes ;;
    -h | --help) sed -n '2,7s/^# *//p' "$0" && exit 0 ;;
    -*) fail "unknown option $argument; there are --unit, --e2e, --asan and --tsan" ;;
    *)
      [ -f "tests/e2e/$argument.test.js" ] || fail "there is no tests/e2e/$argument.test.js"
      chosen+=("tests/e2e/$argument.test.js")
      ;;
  esac
done
[ "$unit$e2e" = nono ] && unit=yes e2e=yes

passed=0
failed=0
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# Adds a part's result. A part that failed without a failed test (it crashed, or ran nothing) counts as one failure.
count() {
  local name=$1 status=$2 good=${3:-0} bad=${4:-0}
  if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$good" -eq 0 ]; }; then bad=1; fi
  printf '%s: %d passed, %d failed\n' "$name" "$good" "$bad"
  passed=$((passed + good))
  failed=$((failed + bad))
}

# A number of ctest's report: <testsuite … tests="120" failures="1" disabled="0" skipped="0" …>
attribute() {
  local value
  value=$(grep -oE "\b$1=\"[0-9]+\"" "$results/ctest.xml" 2>/dev/null | head -n 1 | tr -dc 0-9) || true
  echo "${value:-0}"
}

run_ctest() {
  say "Tests of the C++ code ($preset)"
  local status=0
  ctest --preset "$preset" --parallel "$(nproc)" --output-junit "$results/ctest.xml" </dev/null || status=$?
  local tests failures skipped
  tests=$(attribute tests) failures=$(attribute failures) skipped=$(($(attribute skipped) + $(attribute disabled)))
  count "C++ tests" "$status" $((tests - failures - skipped)) "$failures"
}

# run_node NAME FILE…
run_node() {
  local name=$1
  shift
  say "$name"
  echo 0 >"$results/status"
  { node --test --test-concurrency=1 --test-reporter=tap "$@" </dev/null || echo $? >"$results/status"; } | tee "$results/tap" |
    { grep -vE '^ *(---|\.\.\.|type: .*|duration_ms: .*|1\.\.[0-9]+)$' || true; }
  count "$name" "$(cat "$results/status")" "$(total pass)" $(($(total fail) + $(total cancelled)))
}

# A number of node's report: "# pass 12".
total() {
  local value
  value=$(sed -n "s/^# $1 //p" "$results/tap")
  echo "${value:-0}"
}

run_e2e() {
  say "Install what the browser tests need from npm"
  (cd tests/e2e && PUPPETEER_SKIP_DOWNLOAD=1 npm ci --no-fund --no-audit </dev/null) || fail "npm ci in tests/e2e (exit status $?)"
  export PARLEY_BINARY=build/$preset/parley
  [ -x "$PARLEY_BINARY" ] || fail "there is no $PARLEY_BINARY to test"
  [ "$preset" = dev ] || export PARLEY_E2E_SLACK=4   # sanitizers are slow
  if [ ${#chosen[@]} -eq 0 ]; then chosen=(tests/e2e/*.test.js); fi
  run_node "Browser tests" "${chosen[@]}"
}

if [ "$preset" = dev ]; then need build test; else need build test sanitize; fi
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1}

if [ "$unit" = yes ]; then build "$preset"; else build "$preset" parley_app; fi
if [ "$unit" = yes ]; then
  run_ctest
  if [ "$preset" = dev ]; then run_node "SDK and page tests" tests/unit/signaling/web/*.test.js tests/unit/docs/*.test.js; fi
fi
if [ "$e2e" = yes ]; then run_e2e; fi

say "Total ($preset)"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
