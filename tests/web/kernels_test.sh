#!/usr/bin/env bash
# Runs every test of the kernels and operations in WebAssembly on one thread under Node, with the loops of simd128 and
# with the definitions. Then holds what a model computes there to the native build: tests/web/compare.mjs.
#
#   tests/web/kernels_test.sh [WEB [NATIVE]]
#
#   WEB     the folder of the programs that scripts/build_web.sh compiled; the default is build/web/bin
#   NATIVE  the folder of the native programs; the default is build/release/bin
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
(($# <= 2)) || { sed -n '5,8s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
web=${1-build/web/bin}
native=${2-build/release/bin}
for program in "$web"/{tensor_test,autograd_test,web_results}.js "$native/web_results"; do
  [[ -f $program ]] || { echo "$program is missing; scripts/build_web.sh makes $web, scripts/build.sh $native" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

failed=0
# check FOLDER INSTRUCTION_SET TAG…: runs the tests of a folder of the library but those with a TAG. Each test case of the
# sources must run, and must check something.
check() {
  local folder=$1 set=$2 pattern expected counts
  shift 2
  pattern=$(printf '|\\[%s\\]' "$@")
  expected=$(find "tests/$folder" -name '*_test.cpp' -exec cat {} + | tr '\n' ' ' |
    grep -oE ' TEST_CASE\([^{]*\) \{' | grep -cvE "${pattern:1}") || true
  MINI_BERT_ISA=$set node "$web/${folder}_test.js" --colour-mode none --warn NoAssertions "$(printf '~[%s]' "$@")" > "$work/output" 2>&1 ||
    { tail -n 40 "$work/output"; echo "$folder, $set: FAILED"; failed=1; return; }
  counts=$(grep '^All tests passed' "$work/output") || true
  echo "$folder, $set: ${counts:-no test ran}"
  [[ $counts == *" in $expected test cases)" ]] ||
    { echo "$folder, $set: FAILED: tests/$folder has $expected test cases to run"; failed=1; }
}
check tensor simd128 threads avx512_bf16
check tensor portable threads simd
check autograd simd128 threads
check autograd portable threads simd

MINI_BERT_ISA=portable OMP_WAIT_POLICY=passive "$native/web_results" results models/mini-bert-zh > "$work/native.txt"
node "$web/web_results.js" results models/mini-bert-zh > "$work/web.txt"
node tests/web/compare.mjs "$work/native.txt" "$work/web.txt" || failed=1
exit "$failed"
