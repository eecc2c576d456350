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
tr '\n' '\0' < build/tidy/files |
  xargs -0 -r -n 1 -P "$(nproc)" "$clang_tidy" -p build/tidy --quiet --warnings-as-errors='*' \
    --checks=-bugprone-suspicious-include \
    2> build/tidy/log || {
  grep -E 'error:' build/tidy/log >&2 || true
  exit 1
}
echo "tidy: ok ($(wc -l < build/tidy/files) files, some of them joined)"
