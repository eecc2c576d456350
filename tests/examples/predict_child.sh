#!/usr/bin/env bash
# Runs examples/predict_child.mjs with Node. Exit code 77, after a line that says so, where there is no Node.
#
#   tests/examples/predict_child.sh ROOT MINI_BERT_PREDICT
set -euo pipefail

root=$1 program=$2
node=$(command -v node || command -v nodejs || true)
if [[ -z $node ]]; then
  echo "SKIPPED: node is not installed, so nothing was tested; apt-get install nodejs"
  exit 77
fi
printed=$(timeout 120 "$node" "$root/examples/predict_child.mjs" "$program" "$root/models/mini-bert-zh")
echo "$printed"
[[ $printed == "1000 of 1000 requests got their own answer" ]]
