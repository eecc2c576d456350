#!/usr/bin/env bash
# Prints which share of the lines of each folder the tests reach, and the files with the most lines that no test reaches.
#
#   scripts/coverage.sh [FOLDER…]     e.g. scripts/coverage.sh tokenizer: only the tests of that folder, and only its lines
#
# Builds in build/coverage with g++ and --coverage; gcov counts. Nothing is installed but what the build needs and python3.
# A line of a template counts as reached if one of its instances reaches it. The emulated instruction sets count too, the
# files of instruction sets that the machine lacks do not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=build/coverage
targets=()
pattern=.
if (($# > 0)); then
  targets=(--target "${@/%/_test}")
  pattern="^($(IFS='|'; echo "$*"))(_portable|_emulated)?$"
  for folder in tensor autograd; do
    [[ " $* " != *" $folder "* ]] || targets+=("${folder}_emulated_test")
  done
fi
scripts/build.sh coverage "${targets[@]}"
find "$build" -name '*.gcda' -delete
status=0
# consumer is left out: its programs do not link the library that counts. One test fills the disk, and this library
# would print that it cannot write there.
export GCOV_ERROR_FILE=/dev/null OMP_WAIT_POLICY=passive
ctest --preset coverage --parallel "$(nproc)" -R "$pattern" -E '^consumer$' || status=$?

# One JSON object for each object file. gcov names a source as the compiler did, or from the folder that it ran in.
find "$build" -name '*.gcda' -print0 |
  xargs -0 -r -n 16 gcov --json-format --stdout 2> /dev/null |
  python3 -c '
import json, os, sys
from collections import defaultdict

wanted = sys.argv[1:]
reached = defaultdict(dict)  # file → line → whether some test reaches it
for text in sys.stdin:
    unit = json.loads(text)
    for file in unit["files"]:
        name = os.path.relpath(os.path.join(unit["current_working_directory"], file["file"]))
        parts = name.split("/")
        folder = "/".join(parts[:2]) if parts[0] == "mini_bert" else parts[0]
        if folder != "apps" and parts[0] != "mini_bert" or wanted and folder.split("/")[-1] not in wanted:
            continue
        lines = reached[name]
        for line in file["lines"]:
            number = line["line_number"]
            lines[number] = lines.get(number, False) or line["count"] > 0

folders = defaultdict(lambda: [0, 0])
for name, lines in reached.items():
    parts = name.split("/")
    for key in ("/".join(parts[:2]) if parts[0] == "mini_bert" else parts[0], "all"):
        folders[key][0] += sum(lines.values())
        folders[key][1] += len(lines)
if not folders:
    sys.exit("no line was counted")
row = "{:22} {:>7} of {:>6}   {:5.1f} %"
for key in sorted(folders, key=lambda key: (key == "all", key)):
    hit, total = folders[key]
    print(row.format(key, hit, total, 100 * hit / total))
print("\nMost lines that no test reaches:")
missed = {name: [n for n, hit in lines.items() if not hit] for name, lines in reached.items()}
for name in sorted(missed, key=lambda name: -len(missed[name]))[:10]:
    if missed[name]:
        print("{:5} {}: {}".format(len(missed[name]), name, " ".join(map(str, sorted(missed[name])[:12]))))
' "$@"
exit "$status"
