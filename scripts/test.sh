#!/usr/bin/env bash
# Installs what is missing, builds everything (programs, tests, benchmarks) and runs every test.
#
#   scripts/test.sh [options of ctest]     e.g. scripts/test.sh -R tokenizer
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/install_dependencies.sh
preset=release
[[ ${CI-} != true ]] || preset=ci  # the same build with warnings as errors
scripts/build.sh "$preset"
exec ctest --preset "$preset" "$@"
