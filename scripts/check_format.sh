#!/usr/bin/env bash
# Fails when a C++ file is not laid out as .clang-format says. To lay it out: clang-format-14 -i FILE.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

clang_format=$(command -v clang-format-14 || command -v clang-format) || {
  echo "clang-format-14 is not installed (scripts/install_dependencies.sh --ci)" >&2
  exit 1
}
find . \( -path ./build -o -path './.?*' \) -prune -o \( -name '*.h' -o -name '*.cpp' \) -print0 |
  xargs -0 -r "$clang_format" --dry-run -Werror
echo "format: ok"
