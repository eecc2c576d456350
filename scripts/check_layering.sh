#!/usr/bin/env bash
# Fails when a folder includes one that comes after it: tensor -> autograd -> nn -> bert -> apps. The tokenizer includes
# no other folder; only bert and apps include it. What downloads, bert/hub, is for apps alone.
#
#   scripts/check_layering.sh [ROOT]
set -euo pipefail
cd "${1:-"$(dirname "${BASH_SOURCE[0]}")/.."}"

folders=()
for folder in tensor autograd nn tokenizer bert apps; do
  [[ ! -d $folder ]] || folders+=("$folder")
done
((${#folders[@]})) || { echo "$PWD has none of the folders tensor, autograd, nn, tokenizer, bert, apps" >&2; exit 2; }

find "${folders[@]}" \( -name '*.h' -o -name '*.cpp' \) -exec awk '
  BEGIN {
    may["tensor"] = " tensor "
    may["autograd"] = " tensor autograd "
    may["nn"] = " tensor autograd nn "
    may["tokenizer"] = " tokenizer "
    may["bert"] = " tensor autograd nn tokenizer bert "
    may["apps"] = " tensor autograd nn tokenizer bert apps "
  }
  /^[ \t]*#[ \t]*include[ \t]*[<"]/ {
    match($0, /[<"][^>"]*/)
    header = substr($0, RSTART + 1, RLENGTH - 1)
    from = FILENAME
    sub(/\/.*/, "", from)
    to = header
    sub(/\/.*/, "", to)
    if (to == "." || to == "..") {
      printf "%s:%d: %s: name the folder, as in \"%s/...\"\n", FILENAME, FNR, header, from
      bad = 1
    } else if (to != header && (to in may) && index(may[from], " " to " ") == 0) {
      printf "%s:%d: %s: %s must not include %s, only%s\n", FILENAME, FNR, header, from, to, may[from]
      bad = 1
    } else if (header ~ /^bert\/hub\// && FILENAME !~ /^(bert\/hub|apps)\//) {
      printf "%s:%d: %s: only apps may include bert/hub, which downloads\n", FILENAME, FNR, header
      bad = 1
    }
  }
  END { exit bad }
' {} +
echo "layering: ok"
