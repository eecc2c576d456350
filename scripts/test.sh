#!/usr/bin/env bash
# Installs what is missing, builds everything (programs, tests, benchmarks) and runs every test.
#
#   scripts/test.sh [options of ctest]     e.g. scripts/test.sh -R tokenizer
#
# CI=true turns warnings into errors and fails where a test would be skipped because there is no browser.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/install_dependencies.sh
preset=release
[[ ${CI-} != true ]] || preset=ci
scripts/build.sh "$preset"
# Several tests at a time, each with all threads: those that wait must sleep, not spin.
export OMP_WAIT_POLICY=passive
exec ctest --preset "$preset" --parallel "$(nproc)" "$@"
