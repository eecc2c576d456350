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

# bytes OTHER: all code of the site but the engine OTHER, which a browser does not load as well.
bytes() {
  local total=0 file
  while read -r -d '' file; do
    total=$((total + $(gzip -9nc "$file" | wc -c)))
  done < <(find "$site" -type f \( -name '*.html' -o -name '*.css' -o -name '*.js' -o -name '*.wasm' \) \
    ! -name "$1.js" ! -name "$1.wasm" -print0)
  echo "$total"
}

checked=0
failed=0
check() {  # WHAT ENGINE OTHER
  local size
  [[ -f $site/mini-bert/engine/$2.wasm ]] || return 0
  checked=1
  size=$(bytes "$3")
  echo "the page's code with $1: $size bytes, allowed $most"
  ((size <= most)) || failed=1
}
check "one thread" mini_bert mini_bert_threads
check "several threads" mini_bert_threads mini_bert
((checked)) || { echo "$site has no engine; scripts/playground.sh makes the site" >&2; exit 1; }
((failed == 0)) || echo "The page has grown too large: web/README.md says what its size is made of." >&2
exit "$failed"
