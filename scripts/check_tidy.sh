#!/usr/bin/env bash
# Fails when clang-tidy objects to a C++ file. .clang-tidy says which checks it runs, and why these.
#
#   scripts/check_tidy.sh                   every file that is compiled on this system
#   scripts/check_tidy.sh --since COMMIT    those that differ from COMMIT, committed or not
#   scripts/check_tidy.sh FILE…
#
# A header is checked through the .cpp file beside it. A file takes about ten seconds of one processor, so all of them take
# an hour; CI checks what a change touches.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

clang_tidy=$(scripts/find_clang.sh clang-tidy)
cmake --preset tidy > /dev/null
database=build/tidy/compile_commands.json

case ${1-} in
  "") files=$(git ls-files '*.cpp') ;;
  --since)
    (($# == 2)) || { echo "usage: scripts/check_tidy.sh [--since COMMIT | FILE…]" >&2; exit 2; }
    files=$(git diff --name-only --diff-filter=d "$2" -- '*.cpp' '*.h')
    ;;
  *) files=$(printf '%s\n' "$@") ;;
esac

# Files that no target compiles here (another processor's loops, say) are not in the database.
while IFS= read -r file; do
  [[ -z $file ]] || ! grep -qF "/${file%.*}.cpp\"" "$database" || printf '%s\0' "${file%.*}.cpp"
done <<< "$files" | sort -zu |
  xargs -0 -r -n 1 -P "$(nproc)" "$clang_tidy" -p build/tidy --quiet --warnings-as-errors='*' 2> build/tidy/log || {
  grep -E 'error:' build/tidy/log >&2 || true
  exit 1
}
echo "tidy: ok"
