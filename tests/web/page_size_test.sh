#!/usr/bin/env bash
# Fails when the page's code is too large: what a browser downloads before the model, each file as gzip -9 leaves it.
#
#   tests/web/page_size_test.sh [SITE]
#
#   SITE  what scripts/playground.sh made; the default is build/playground
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
most=700000  # bytes
(($# <= 1)) || { sed -n '4,6s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
site=${1-build/playground}

# bytes ENGINE OTHER: all code of the site but the engine OTHER, which a browser does not load beside ENGINE.
bytes() {
  local total=0 file
  for file in "$site/mini-bert/engine/$1".{js,wasm}; do
    [[ -f $file ]] || { echo "$file is missing; scripts/playground.sh makes the site" >&2; return 1; }
  done
  while read -r -d '' file; do
    total=$((total + $(gzip -9nc "$file" | wc -c)))
  done < <(find "$site" -type f \( -name '*.html' -o -name '*.css' -o -name '*.js' -o -name '*.wasm' \) \
    ! -name "$2.js" ! -name "$2.wasm" -print0)
  echo "$total"
}

failed=0
check() {  # WHAT ENGINE OTHER
  local size
  size=$(bytes "$2" "$3") || exit 1
  echo "the page's code with $1: $size bytes, allowed $most"
  ((size <= most)) || failed=1
}
check "one thread" mini_bert mini_bert_threads
check threads mini_bert_threads mini_bert
((failed == 0)) || echo "The page has grown too large: web/README.md says what its size is made of." >&2
exit "$failed"
