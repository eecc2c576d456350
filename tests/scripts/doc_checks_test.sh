#!/usr/bin/env bash
# Plants faults in a small tree and expects scripts/check_links.sh and scripts/check_quotes.sh to object.
#
#   tests/scripts/doc_checks_test.sh SOURCE_ROOT
set -euo pipefail
scripts=$(cd "$1/scripts" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/{docs,apps,mini_bert/tensor}

failures=0
# expect STATUS SCRIPT WHAT [PART]: runs SCRIPT on the tree; its output must contain PART.
expect() {
  local status=0
  "$scripts/$2" "$tree" > "$tree/output" 2>&1 || status=$?
  if ((status != $1)) || ! grep -qF -- "${4:-}" "$tree/output"; then
    echo "$2, $3: expected exit code $1 and \"${4:-}\", got $status:"
    cat "$tree/output"
    failures=$((failures + 1))
  fi
}
# A tree without faults; every case below begins with it and adds one.
fresh() {
  printf '%s\n' 'int sum(int a, int b) {  // adds' '  return a + b;' '}' > "$tree/mini_bert/tensor/sum.cpp"
  printf '%s\n' '# The pages' '[tape](tape.md) and [its walk](tape.md#why-σ-and-a_b), see [below](#letters).' '' \
    '## Letters' '`[T,H](x)` is code, and https links like [this](https://example.org/nothing) are not followed.' \
    > "$tree/docs/README.md"
  printf '%s\n' '# The tape' '## Why Σ, and `a_b`?' 'See [the code](../mini_bert/tensor/sum.cpp), `mini_bert/tensor/sum.cpp`.' \
    '```cpp' '    return a + b;  // with a comment' '```' '```c++' 'not_a_quote(); [x](nowhere.md)' '```' > "$tree/docs/tape.md"
}

fresh
expect 0 check_links.sh "no fault" "links: 4 ok"
expect 0 check_quotes.sh "no fault" "quotes: 1 lines ok"

echo '[gone](gone.md)' >> "$tree/docs/tape.md"
expect 1 check_links.sh "a link to a missing file" "./docs/tape.md: gone.md"
fresh
echo '[gone](README.md#letter)' >> "$tree/docs/tape.md"
expect 1 check_links.sh "a link to a missing heading" "README.md#letter"
fresh
echo '`mini_bert/tensor/product.cpp`' >> "$tree/docs/tape.md"
expect 1 check_links.sh "a missing file in code" "mini_bert/tensor/product.cpp"
fresh
echo '# Alone' > "$tree/docs/alone.md"
expect 1 check_links.sh "a page that the index lacks" "does not list alone.md"
rm "$tree/docs/alone.md"

fresh
sed -i 's/a + b;/b + a;/' "$tree/mini_bert/tensor/sum.cpp"
expect 1 check_quotes.sh "code that has changed" "return a + b;"
fresh
sed -i '/```cpp/,$d' "$tree/docs/tape.md"
expect 2 check_quotes.sh "no quotes at all"

((failures == 0)) || exit 1
echo "doc_checks: ok"
