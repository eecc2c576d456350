#!/usr/bin/env bash
# Plants violations in a small tree and expects scripts/check_layering.sh and scripts/check_stems.sh to object.
#
#   tests/scripts/checks_test.sh SOURCE_ROOT
set -euo pipefail
scripts=$(cd "$1/scripts" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

failures=0
# expect STATUS SCRIPT WHAT: runs SCRIPT on the tree.
expect() {
  local status=0
  "$scripts/$2" "$tree" > "$tree/output" 2>&1 || status=$?
  if ((status != $1)); then
    echo "$2, $3: expected exit code $1, got $status"
    cat "$tree/output"
    failures=$((failures + 1))
  fi
}
# names PART: the last output must hold PART.
names() {
  grep -qF -- "$1" "$tree/output" && return
  echo "the message does not name $1:"
  cat "$tree/output"
  failures=$((failures + 1))
}

expect 2 check_layering.sh "an empty tree"

mkdir -p "$tree"/{tensor,autograd,nn,tokenizer,bert,apps}
echo '#include "tensor/shape.h"' > "$tree/nn/linear.cpp"
echo '#include "tokenizer/vocabulary.h"' > "$tree/bert/data.h"
printf '#include <vector>\n// #include "bert/model.h"\n' > "$tree/tensor/shape.h"
echo '#include "tokenizer/unicode.h"' > "$tree/tokenizer/vocabulary.h"
expect 0 check_layering.sh "downward includes only"

# plant FILE INCLUDE: one forbidden line, which the message must name.
plant() {
  printf '\n%s\n' "$2" > "$tree/$1"
  expect 1 check_layering.sh "$1 with $2"
  names "$1:2"
  rm "$tree/$1"
}
plant tensor/bad.h '#include "autograd/tape.h"'
plant tensor/bad.cpp '#include "tokenizer/vocabulary.h"'
plant autograd/bad.h '#include "nn/module.h"'
plant nn/bad.cpp '  #  include "bert/config.h"'
plant nn/bad.h '#include <tokenizer/vocabulary.h>'
plant bert/bad.h '#include "apps/flags.h"'
plant tokenizer/bad.h '#include "tensor/tensor.h"'
plant autograd/bad.cpp '#include "../nn/module.h"'
mkdir -p "$tree/tensor/kernels"
plant tensor/kernels/bad.cpp '#include "autograd/ops/gelu.h"'
rm -r "$tree/tensor/kernels"
mkdir -p "$tree/bert/hub" "$tree/bert/data"
echo '#include "bert/hub/http.h"' > "$tree/bert/hub/http.cpp"
echo '#include "bert/hub/http.h"' > "$tree/apps/download.cpp"
plant bert/data/bad.cpp '#include "bert/hub/http.h"'
expect 0 check_layering.sh "the planted lines removed"

expect 0 check_stems.sh "no operations"
gelu=(tensor/kernels/gelu.cpp autograd/ops/gelu.cpp tests/autograd/ops/gelu_test.cpp bench/tensor/kernels/gelu_bench.cpp)
for file in "${gelu[@]}" tensor/kernels/gelu_avx2.cpp; do
  mkdir -p "$tree/$(dirname "$file")"
  touch "$tree/$file"
done
expect 0 check_stems.sh "one complete operation"
for file in tensor/kernels/gelu.cpp tests/autograd/ops/gelu_test.cpp bench/tensor/kernels/gelu_bench.cpp; do
  rm "$tree/$file"
  expect 1 check_stems.sh "$file missing"
  names "$file"
  touch "$tree/$file"
done
touch "$tree/tensor/kernels/matmul.cpp"
expect 1 check_stems.sh "a kernel alone"
names tests/tensor/kernels/matmul_test.cpp
names bench/tensor/kernels/matmul_bench.cpp

((failures == 0)) || exit 1
echo "checks object to every planted violation"
