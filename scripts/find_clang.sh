#!/usr/bin/env bash
# Prints the path of the newest installed release, 14 or later, of one of clang's programs. Debian and Ubuntu name the
# programs clang++-14, clang-tidy-19 and so on; the name without a number counts as well.
#
#   scripts/find_clang.sh [--version] PROGRAM     e.g. scripts/find_clang.sh clang++; --version prints 14, not the path
set -euo pipefail

oldest=14
number_only=0
if [[ ${1-} == --version ]]; then
  number_only=1
  shift
fi
if (($# != 1)); then
  echo "usage: scripts/find_clang.sh [--version] PROGRAM" >&2
  exit 2
fi

best=
best_version=0
while IFS= read -r name; do
  [[ $name == "$1" || $name =~ ^"$1"-[0-9]+$ ]] || continue
  version=$("$name" --version 2> /dev/null | grep -oE 'version [0-9]+' | head -n 1) || continue
  version=${version#version }
  if ((version >= oldest && version > best_version)); then
    best=$(command -v "$name")
    best_version=$version
  fi
done < <(compgen -c "$1" | sort -u)

if [[ -z $best ]]; then
  echo "no $1 of clang $oldest or later is installed (scripts/install_dependencies.sh --ci installs it)" >&2
  exit 1
fi
((number_only)) && echo "$best_version" || echo "$best"
