#!/usr/bin/env bash
# One operation is one stem in four places. Fails when an operation of autograd/ops lacks its header, its line in
# autograd/ops.h, its kernel, its test or its benchmark, and when a kernel of tensor/kernels lacks its header, its test
# or its benchmark. X_avx2.cpp, X_blocked.cpp and the like are variants or parts of X: they need a header and X.
#
#   scripts/check_stems.sh [ROOT]
set -euo pipefail
cd "${1:-"$(dirname "${BASH_SOURCE[0]}")/.."}"

bad=0
lacks() {
  echo "$1 has no $2" >&2
  bad=1
}
exists() { compgen -G "$1" > /dev/null; }
stems() { find "$1" -name '*.cpp' -printf '%P\n' 2> /dev/null | sed 's/\.cpp$//' | sort; }

for stem in $(stems mini_bert/autograd/ops); do
  op=mini_bert/autograd/ops/$stem
  exists "$op.h" || lacks "$op" "$op.h"
  grep -qsxF "#include \"$op.h\"" mini_bert/autograd/ops.h || lacks "$op" "line in mini_bert/autograd/ops.h"
  exists "mini_bert/tensor/kernels/$stem.cpp" || lacks "$op" "mini_bert/tensor/kernels/$stem.cpp"
  exists "tests/autograd/ops/${stem}_test.cpp" || lacks "$op" "tests/autograd/ops/${stem}_test.cpp"
  exists "bench/tensor/kernels/${stem}_bench.cpp" || lacks "$op" "bench/tensor/kernels/${stem}_bench.cpp"
done

for stem in $(stems mini_bert/tensor/kernels); do
  kernel=mini_bert/tensor/kernels/$stem
  exists "$kernel.h" || lacks "$kernel" "$kernel.h"
  if [[ $stem =~ ^(.+)_(avx2|avx512|avx512_bf16|amx|neon|blocked|dot|packed|panels)$ ]]; then
    definition=mini_bert/tensor/kernels/${BASH_REMATCH[1]}
    exists "$definition.*" || lacks "$kernel" "$definition.cpp it is a variant of"
    continue
  fi
  exists "tests/tensor/kernels/${stem}_test.cpp" || exists "tests/autograd/ops/${stem}_test.cpp" ||
    lacks "$kernel" "tests/tensor/kernels/${stem}_test.cpp"
  exists "bench/tensor/kernels/${stem}_bench.cpp" || lacks "$kernel" "bench/tensor/kernels/${stem}_bench.cpp"
done

((bad == 0)) || exit 1
echo "stems: ok"
