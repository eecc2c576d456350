#!/usr/bin/env bash
# Installs what is missing, builds everything (programs, tests, benchmarks) and runs every test.
#
#   scripts/test.sh [options of ctest]     e.g. scripts/test.sh -R tokenizer
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/install_dependencies.sh
scripts/build.sh release
exec ctest --preset release "$@"
