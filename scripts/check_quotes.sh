#!/usr/bin/env bash
# Fails when a page of docs/ quotes code that is no longer in the program. Every line of a block that begins with ```cpp
# must be a line of a source file, apart from white space and comments. A block that shows how to use the library and
# quotes nothing begins with ```c++.
#
#   scripts/check_quotes.sh [ROOT]
set -euo pipefail
cd "${1:-"$(dirname "${BASH_SOURCE[0]}")/.."}"

code_lines() { sed -E 's%[ \t]*//.*$%%; s/^[ \t]+//; s/[ \t]+$//; /^$/d'; }

sources=$(mktemp)
trap 'rm -f "$sources"' EXIT
folders=()
for folder in mini_bert apps examples; do
  [[ ! -d $folder ]] || folders+=("$folder")
done
find "${folders[@]}" \( -name '*.h' -o -name '*.cpp' \) -print0 | sort -z | xargs -0 cat | code_lines |
  sort -u > "$sources"

bad=0 lines=0
for page in docs/*.md; do
  while IFS= read -r line; do
    lines=$((lines + 1))
    if ! grep -qxF -- "$line" "$sources"; then
      echo "$page quotes a line that is in no source file: $line" >&2
      bad=1
    fi
  done < <(awk '/^ *```/ { quote = !inside && /^ *```cpp$/; inside = !inside; next } inside && quote' "$page" | code_lines)
done

((bad == 0)) || exit 1
((lines > 0)) || { echo "no quotes found in $PWD/docs" >&2; exit 2; }
echo "quotes: $lines lines ok"
