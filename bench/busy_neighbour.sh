#!/usr/bin/env bash
# How much a training run suffers when another program keeps every processor busy. Two programs that share the processors
# fairly take twice as long each; the last column says how much longer than that the run took.
#
#   bench/busy_neighbour.sh [BIN] [RUNS]      BIN: the folder of the programs (build/release/bin); RUNS: of each kind (5)
#
# Compares the program as it is with one whose waiting threads spin as long as GNU's OpenMP library lets them by default.
# The kinds of runs take turns; the figures are medians.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bin=${1:-build/release/bin}
runs=${2:-5}
work=$(mktemp -d)
neighbours=()
trap 'kill "${neighbours[@]}" 2> /dev/null || true; rm -rf "$work"' EXIT
unset GOMP_SPINCOUNT OMP_WAIT_POLICY

# train [VARIABLE=VALUE]: the seconds that 60 updates take, start and end of the program included.
train() {
  local start=$EPOCHREALTIME
  env "$@" "$bin/mini_bert_train" --model models/mini-bert-zh --train data/zhugetao/train.json --output "$work/out" \
    --overwrite --max-steps 60 --batch-size 8 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", b - a }'
}
with_neighbour() {
  local i
  neighbours=()
  for ((i = 0; i < $(nproc); ++i)); do
    (exec -a neighbour sh -c 'while :; do :; done') &
    neighbours+=($!)
  done
  train "$@"
  kill "${neighbours[@]}"
  wait "${neighbours[@]}" 2> /dev/null || true
}
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { printf "%.2f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

for ((run = 0; run < runs; ++run)); do
  train >> "$work/quiet"
  train GOMP_SPINCOUNT=300000 >> "$work/spinning-quiet"
  with_neighbour >> "$work/busy"
  with_neighbour GOMP_SPINCOUNT=300000 >> "$work/spinning-busy"
done
echo "threads that wait          alone      with a busy neighbour    of a fair share"
for kind in "" spinning-; do
  quiet=$(median "$work/${kind}quiet") busy=$(median "$work/${kind}busy")
  awk -v name="${kind:+spin 300,000 turns}" -v q="$quiet" -v b="$busy" 'BEGIN {
    printf "%-22s %7.2f s %21.2f s %15.2f x\n", name == "" ? "spin 1,000 turns" : name, q, b, b / (2 * q) }'
done
