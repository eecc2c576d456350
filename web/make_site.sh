#!/usr/bin/env bash
# Puts the site together: the page, the engine, the shipped model, and the docs and files of code that the page links.
#
#   web/make_site.sh SITE ENGINE…     ENGINE: folders with mini_bert*.js and .wasm
set -euo pipefail
(($# >= 2)) || { sed -n '4s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
mkdir -p "$1"
site=$(cd "$1" && pwd)
shift
engines=()
for folder in "$@"; do engines+=("$(cd "$folder" && pwd)"); done
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rm -rf "${site:?}"/*
cp web/playground/* "$site/"
mkdir "$site/engine" "$site/model"
for folder in "${engines[@]}"; do cp "$folder"/mini_bert* "$site/engine/"; done
cp models/mini-bert-zh/{config.json,vocab.txt,tokenizer_config.json,model.safetensors} data/guard-zh.jsonl \
  data/zhugetao/train.json LICENSE "$site/model/"

# As plain text, which every browser shows.
grep -oE "'(docs|mini_bert)/[^']+'" web/playground/inside.js | tr -d "'" | sort -u | while read -r file; do
  mkdir -p "$site/read/$(dirname "$file")"
  cp "$file" "$site/read/$file.txt"
done
