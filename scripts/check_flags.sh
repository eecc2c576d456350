#!/usr/bin/env bash
# Fails when a string literal of the library names a flag, as in "try a lower --learning-rate". The library knows
# arguments, whose names it writes between backticks; programs put their flags in place (apps/argument_wording.h).
#
#   scripts/check_flags.sh [ROOT]
set -euo pipefail
cd "${1:-"$(dirname "${BASH_SOURCE[0]}")/.."}"

[[ -d mini_bert ]] || { echo "$PWD has no folder mini_bert" >&2; exit 2; }

# Reads each line character by character, because a comment may hold quotation marks and a string may hold //.
find mini_bert \( -name '*.h' -o -name '*.cpp' \) -exec awk '
  FNR == 1 { state = "code" }
  {
    literal = ""
    for (i = 1; i <= length($0); ++i) {
      c = substr($0, i, 1)
      two = substr($0, i, 2)
      if (state == "comment") {
        if (two == "*/") { state = "code"; ++i }
      } else if (state == "string") {
        if (c == "\\") { ++i; continue }
        if (c == "\"") state = "code"
        else literal = literal c
      } else if (state == "raw") {
        if (two == ")\"") { state = "code"; ++i }
        else literal = literal c
      } else if (two == "//") {
        break
      } else if (two == "/*") {
        state = "comment"; ++i
      } else if (substr($0, i, 3) == "R\"(") {
        state = "raw"; i += 2
      } else if (c == "\"") {
        state = "string"; literal = literal " "
      } else if (c == "\047" && substr($0, i + 1, 1) == "\\") {
        i += 3
      } else if (c == "\047" && substr($0, i + 2, 1) == "\047") {
        i += 2
      }
    }
    if (state == "string") state = "code"
    if (literal ~ /--[A-Za-z{]/) {
      printf "%s:%d: names a flag: %s\n", FILENAME, FNR, literal
      bad = 1
    }
  }
  END { exit bad }
' {} +
echo "flags: ok"
