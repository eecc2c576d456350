#!/usr/bin/env bash
# Plants violations in a small tree and expects check_layering.sh, check_names.sh, check_stems.sh and check_flags.sh to
# object.
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

mkdir -p "$tree"/{apps,mini_bert/{tensor,autograd,nn,tokenizer,files,hub,bert}}
echo '#include "mini_bert/tensor/shape.h"' > "$tree/mini_bert/nn/linear.cpp"
echo '#include "mini_bert/tokenizer/vocabulary.h"' > "$tree/mini_bert/bert/data.h"
printf '#include <vector>\n// #include "mini_bert/bert/model.h"\n' > "$tree/mini_bert/tensor/shape.h"
echo '#include "mini_bert/tokenizer/unicode.h"' > "$tree/mini_bert/tokenizer/vocabulary.h"
expect 0 check_layering.sh "downward includes only"

# plant_for SCRIPT FILE LINE: one forbidden line, which the message must name.
plant_for() {
  printf '\n%s\n' "$3" > "$tree/$2"
  expect 1 "$1" "$2 with $3"
  names "$2:2"
  rm "$tree/$2"
}
plant() { plant_for check_layering.sh "$@"; }
plant mini_bert/tensor/bad.h '#include "mini_bert/autograd/tape.h"'
plant mini_bert/tensor/bad.cpp '#include "mini_bert/tokenizer/vocabulary.h"'
plant mini_bert/autograd/bad.h '#include "mini_bert/nn/module.h"'
plant mini_bert/nn/bad.cpp '  #  include "mini_bert/bert/config.h"'
plant mini_bert/nn/bad.h '#include <mini_bert/tokenizer/vocabulary.h>'
plant mini_bert/bert/bad.h '#include "apps/flags.h"'
plant mini_bert/tokenizer/bad.h '#include "mini_bert/tensor/tensor.h"'
plant mini_bert/nn/bad.h '#include "tensor/tensor.h"'
plant mini_bert/autograd/bad.cpp '#include "../nn/module.h"'
mkdir -p "$tree/mini_bert/tensor/kernels"
plant mini_bert/tensor/kernels/bad.cpp '#include "mini_bert/autograd/ops/gelu.h"'
rm -r "$tree/mini_bert/tensor/kernels"
mkdir -p "$tree/mini_bert/bert/data"
echo '#include "mini_bert/hub/http.h"' > "$tree/mini_bert/hub/http.cpp"
echo '#include "mini_bert/hub/http.h"' > "$tree/apps/download.cpp"
plant mini_bert/bert/data/bad.cpp '#include "mini_bert/hub/http.h"'
expect 0 check_layering.sh "the planted lines removed"

mkdir -p "$tree/mini_bert/bert/names"
echo 'constexpr auto row = "bert.encoder.layer.{layer}.output.dense.weight";' > "$tree/mini_bert/bert/names/bert.cpp"
cat > "$tree/mini_bert/nn/module.cpp" <<'END'
#include "mini_bert/bert/embeddings.weight"
  register_module("attention.norm", norm_);  // "bert.encoder.layer.0.output.dense.bias"
  // parameter.path.ends_with("bias")
  help("not on biases and LayerNorm"); config["max_position_embeddings"] = 3; task = "classifier"; f("a", x.pooler.weight, "b");
END
expect 0 check_names.sh "names in their tables, in comments, in register_ calls and in prose"
for line in 'if (name.ends_with("bias")) return;' 'if (parameter.path == "weight") return;' 'x.path.starts_with(encoder)' \
  'find("bert.encoder.layer.0.attention.self.query.weight");' 'const char* const name = "LayerNorm";' 's + ".weight"' \
  'parameter_of("embeddings.word.weight")' 'auto k = "bert/encoder/layer_0/output/dense/kernel";' 'f("cls.predictions.x");' \
  'f("pooler.dense");' 'f("word_embeddings");' 'f("norm.LayerNorm.gamma");' 'const auto n = "qa_outputs";'; do
  plant_for check_names.sh mini_bert/bert/bad.cpp "$line"
  plant_for check_names.sh apps/bad.h "$line"
done
rm -r "$tree/mini_bert/bert/names" "$tree/mini_bert/nn/module.cpp"

expect 0 check_stems.sh "no operations"
gelu=(mini_bert/tensor/kernels/gelu.{h,cpp} mini_bert/autograd/ops/gelu.{h,cpp} tests/autograd/ops/gelu_test.cpp bench/tensor/kernels/gelu_bench.cpp)
for file in "${gelu[@]}" mini_bert/tensor/kernels/gelu_avx2.{h,cpp}; do
  mkdir -p "$tree/$(dirname "$file")"
  touch "$tree/$file"
done
echo '#include "mini_bert/autograd/ops/gelu.h"' > "$tree/mini_bert/autograd/ops.h"
expect 0 check_stems.sh "one complete operation"
for file in mini_bert/tensor/kernels/gelu.{h,cpp} mini_bert/autograd/ops/gelu.h tests/autograd/ops/gelu_test.cpp \
  bench/tensor/kernels/gelu_bench.cpp mini_bert/tensor/kernels/gelu_avx2.h; do
  rm "$tree/$file"
  expect 1 check_stems.sh "$file missing"
  names "$file"
  touch "$tree/$file"
done
echo '// #include "mini_bert/autograd/ops/gelu.h"' > "$tree/mini_bert/autograd/ops.h"
expect 1 check_stems.sh "a missing line in ops.h"
names "mini_bert/autograd/ops/gelu has no line in mini_bert/autograd/ops.h"
rm "$tree/mini_bert/autograd/ops.h"
expect 1 check_stems.sh "no ops.h"
echo '#include "mini_bert/autograd/ops/gelu.h"' > "$tree/mini_bert/autograd/ops.h"
touch "$tree/mini_bert/tensor/kernels/matmul.cpp"
expect 1 check_stems.sh "a kernel alone"
names tests/tensor/kernels/matmul_test.cpp
names bench/tensor/kernels/matmul_bench.cpp

printf '%s\n' 'for (int i = 9; i--;) f("a-b", "--", "models--");  // "--comment"' '/* "--comment" */ char c = '"'\\\"'"'; // --x' \
  '#include "mini_bert/base/error.h"' > "$tree/mini_bert/bert/quiet.cpp"
expect 0 check_flags.sh "strings without flags"
plant_flag() {
  printf '\n%s\n' "$1" > "$tree/mini_bert/bert/loud.cpp"
  expect 1 check_flags.sh "$1"
  names "mini_bert/bert/loud.cpp:2"
  rm "$tree/mini_bert/bert/loud.cpp"
}
plant_flag 'fail("try a lower --learning-rate");'
plant_flag 'fail("name another with --{}-column", kind);'
plant_flag 'f("http://a"); g("--model"); // fine'
plant_flag "f('\"', \"--model\");"
plant_flag 'f(R"(say "--model")");'
plant_flag 'f("\"--model\"");'

((failures == 0)) || exit 1
echo "checks object to every planted violation"
