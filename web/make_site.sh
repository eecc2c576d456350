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
mkdir -p "$site/mini-bert/engine" "$site/model"
cp -r web/package/{index.js,lib} "$site/mini-bert/"
for folder in "${engines[@]}"; do cp "$folder"/mini_bert* "$site/mini-bert/engine/"; done
cp models/mini-bert-zh/{config.json,vocab.txt,tokenizer_config.json,model.safetensors} data/guard-zh.jsonl \
  data/zhugetao/train.json "$site/model/"
# A browser keeps a file of the model until its checksum here is another one.
(cd "$site/model" && printf '{%s}\n' "$(sha256sum -- * | awk '{printf "%s\"%s\": \"%s\"", sep, $2, $1; sep = ", "}')" > checksums.json)
cp LICENSE "$site/"

# As plain text, which every browser shows.
grep -oE "'(docs|mini_bert)/[^']+'" web/playground/inside.js | tr -d "'" | sort -u | while read -r file; do
  mkdir -p "$site/read/$(dirname "$file")"
  cp "$file" "$site/read/$file.txt"
done
