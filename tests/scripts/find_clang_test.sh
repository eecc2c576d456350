#!/usr/bin/env bash
# Puts programs of several releases into the path and expects scripts/find_clang.sh to choose among them.
#
#   tests/scripts/find_clang_test.sh SOURCE_ROOT
set -euo pipefail
script=$1/scripts/find_clang.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
export PATH=$tree:$PATH

failures=0
# install NAME VERSION: a program that says it is that release of clang.
install() {
  printf '#!/bin/sh\necho "Debian clang version %s"\n' "$2" > "$tree/$1"
  chmod +x "$tree/$1"
}
# expect WHAT ARGUMENTS…: what the script prints; "nothing" means that it must fail.
expect() {
  local printed
  printed=$("$script" "${@:2}" 2> /dev/null) || printed=nothing
  [[ $printed == "$1" ]] && return
  echo "find_clang.sh ${*:2} with $(cd "$tree" && echo *): expected $1, got $printed"
  failures=$((failures + 1))
}

expect nothing test-clang++
install test-clang++ 13.0.1
install test-clang++-9 9.0.0
expect nothing test-clang++
install test-clang++-14 14.0.6
install test-clang++-extra 22.0.0  # another program whose name begins alike
expect "$tree/test-clang++-14" test-clang++
expect 14 --version test-clang++
install test-clang++-9 9.0.0
install test-clang++-19 19.1.7
expect "$tree/test-clang++-19" test-clang++
install test-clang++ 20.1.0
expect "$tree/test-clang++" test-clang++
expect 20 --version test-clang++
install test-clang++-21 broken
expect "$tree/test-clang++" test-clang++

((failures == 0)) || exit 1
echo "find_clang.sh chooses the newest"
