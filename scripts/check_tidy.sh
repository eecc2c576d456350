#!/usr/bin/env bash
# Fails when clang-tidy objects to a C++ file. .clang-tidy says which checks it runs, and why these.
#
#   scripts/check_tidy.sh          every file that is compiled on this system
#   scripts/check_tidy.sh TEXT…    the files whose path in the build contains one of these texts, for example mini_bert_bert
#
# A header is checked through the files that include it. The files of a folder are joined, as in a release build: most of
# the time goes to headers, which clang-tidy then reads once for up to 28 files.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

clang_tidy=$(scripts/find_clang.sh clang-tidy)
cmake --preset tidy > /dev/null
sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' build/tidy/compile_commands.json |
  { if (($# > 0)); then grep -F "$(printf '%s\n' "$@")"; else cat; fi; } | sort -u > build/tidy/files
# A joined file includes .cpp files; that is what it is for.
joined=-bugprone-suspicious-include
# Tests run for milliseconds, compute with small numbers, and compare with "" and {} so that a failure prints the value.
of_tests=-performance-*,-bugprone-implicit-widening-of-multiplication-result,-readability-container-size-empty
status=0
# check CHECKS: reads the files that standard input names.
check() {
  tr '\n' '\0' | xargs -0 -r -n 1 -P "$(nproc)" "$clang_tidy" -p build/tidy --quiet --warnings-as-errors='*' \
    --checks="$1" 2> build/tidy/log && return
  grep -E 'error:' build/tidy/log >&2 || true
  status=1
}
check "$joined" < <(grep -v /tests/ build/tidy/files || true)
check "$joined,$of_tests" < <(grep /tests/ build/tidy/files || true)
((status == 0)) || exit 1
echo "tidy: ok ($(wc -l < build/tidy/files) files, some of them joined)"
