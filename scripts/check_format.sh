#!/usr/bin/env bash
# Fails when a C++ file is not laid out as .clang-format says, or lays it out.
#
#   scripts/check_format.sh [--fix] [FILE…]     without FILE: every C++ file of the repository
#
# Releases of clang-format differ in what they make of the same .clang-format, so it is release 14 everywhere: the
# installed one, or else its PyPI wheel, which goes into build/clang-format.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mode=(--dry-run -Werror)
if [[ ${1-} == --fix ]]; then
  mode=(-i)
  shift
fi

is_release_14() { [[ $("$1" --version 2> /dev/null) == *"version 14."* ]]; }
venv=build/clang-format
clang_format=
for program in clang-format-14 clang-format "$venv/bin/clang-format"; do
  [[ -n $clang_format ]] || ! is_release_14 "$program" || clang_format=$program
done
if [[ -z $clang_format ]]; then
  python3 -m venv "$venv" && "$venv/bin/pip" install -q clang-format==14.0.6 || {
    echo "clang-format 14 is not installed, and its wheel did not install either (it needs python3-venv)" >&2
    exit 1
  }
  clang_format=$venv/bin/clang-format
fi

if (($# > 0)); then
  printf '%s\0' "$@"
else
  find . \( -path ./build -o -path './.?*' \) -prune -o \( -name '*.h' -o -name '*.cpp' \) -print0
fi | xargs -0 -r -n 32 -P "$(nproc)" "$clang_format" "${mode[@]}"
echo "format: ok"
