#!/usr/bin/env bash
# Configures and builds one preset of CMakePresets.json in build/<preset>.
#
#   scripts/build.sh [preset] [options of cmake --build]     e.g. scripts/build.sh debug --target tensor_test
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=${1:-release}
shift || true
cmake --preset "$preset" > /dev/null
cmake --build --preset "$preset" --parallel "$(nproc)" "$@"
