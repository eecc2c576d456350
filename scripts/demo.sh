#!/usr/bin/env bash
# Installs, builds, teaches the shipped model a person who never existed, and asks it about him before and after.
#
#   scripts/demo.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

base=models/mini-bert-zh
data=data/zhugetao
output=build/demo/zhugetao
bin=build/release/bin
question='三国人物诸葛[MASK]'

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[[ -t 1 ]] || step() { printf '\n%s\n' "$*"; }

step "1. Building the programs"
scripts/install_dependencies.sh
scripts/build.sh release --target mini_bert_train mini_bert_predict

step "2. Before: what the shipped model makes of $question"
"$bin/mini_bert_predict" fill-mask --model "$base" "$question"

step "3. Fine-tuning it on the sentences of $data/train.json"
probes=()
while IFS= read -r probe || [[ -n $probe ]]; do
  [[ -z $probe ]] || probes+=(--probe "$probe")
done < "$data/probes.txt"
rm -rf "$output"
mkdir -p "$(dirname "$output")"
"$bin/mini_bert_train" --model "$base" --train "$data/train.json" --validation "$data/validation.json" \
  "${probes[@]}" --output "$output" --epochs 20 --learning-rate 5e-4 --warmup-ratio 0.1

step "4. After: the same question, then one about a real person"
"$bin/mini_bert_predict" fill-mask --model "$output" "$question"
"$bin/mini_bert_predict" fill-mask --model "$output" '诸葛亮字孔[MASK]'

step "The fine-tuned model is in $output; the report of the run is $PWD/$output/report.html"
