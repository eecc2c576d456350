#!/usr/bin/env bash
# Fails when a folder of the library includes one that comes after it. The ladder is the table below, the same as in
# CONTRIBUTING.md and in mini_bert/CMakeLists.txt. Only programs may include hub/, which downloads.
#
#   scripts/check_layering.sh [ROOT]
set -euo pipefail
cd "${1:-"$(dirname "${BASH_SOURCE[0]}")/.."}"

[[ -d mini_bert ]] || { echo "$PWD has no folder mini_bert" >&2; exit 2; }
folders=(mini_bert)
[[ ! -d apps ]] || folders+=(apps)

find "${folders[@]}" \( -name '*.h' -o -name '*.cpp' \) -exec awk '
  BEGIN {
    may["base"] = " base "
    may["tensor"] = " base tensor "
    may["autograd"] = " base tensor autograd "
    may["nn"] = " base tensor autograd nn "
    may["tokenizer"] = " base tokenizer "
    may["files"] = " base tensor files "
    may["hub"] = " base tensor files hub "
    may["bert"] = " base tensor autograd nn tokenizer files bert "
    may["pipelines"] = " base tensor autograd nn tokenizer files bert pipelines "
    may["apps"] = " base tensor autograd nn tokenizer files hub bert pipelines apps "
  }
  /^[ \t]*#[ \t]*include[ \t]*[<"]/ {
    match($0, /[<"][^>"]*/)
    header = substr($0, RSTART + 1, RLENGTH - 1)
    count = split(FILENAME, path, "/")
    from = path[1] == "mini_bert" ? path[2] : path[1]
    count = split(header, part, "/")
    if (part[1] == "." || part[1] == "..") {
      printf "%s:%d: %s: name the folder, as in \"mini_bert/%s/...\"\n", FILENAME, FNR, header, from
      bad = 1
    } else if (count > 1 && part[1] != "mini_bert" && part[1] != "apps" && (part[1] in may)) {
      printf "%s:%d: %s: begin with the library, as in \"mini_bert/%s\"\n", FILENAME, FNR, header, header
      bad = 1
    } else if (part[1] == "mini_bert" || part[1] == "apps") {
      to = part[1] == "mini_bert" ? part[2] : "apps"
      if (!(from in may) || index(may[from], " " to " ") == 0) {
        printf "%s:%d: %s: %s must not include %s, only%s\n", FILENAME, FNR, header, from, to, may[from]
        bad = 1
      }
    }
  }
  END { exit bad }
' {} +
echo "layering: ok"
