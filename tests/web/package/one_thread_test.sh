#!/usr/bin/env bash
# Runs the tests of the npm package under Node with one engine, that of WebAssembly on one thread. Needs no npm.
#
#   tests/web/package/one_thread_test.sh [ENGINE]
#
#   ENGINE  the folder with mini_bert.js and mini_bert.wasm; the default is build/web/engine
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
(($# <= 1)) || { sed -n '4,6s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
engine=${1-build/web/engine}
[[ -f $engine/mini_bert.wasm ]] || { echo "$engine/mini_bert.wasm is missing; scripts/build_web.sh makes it" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
installed=$work/node_modules/mini-bert
mkdir -p "$installed/engine"
cp -r web/package/* "$installed/"
cp "$engine"/mini_bert.{js,wasm} "$installed/engine/"
cp tests/web/package/package_test.mjs "$work/"
export MINI_BERT_MODEL=$PWD/models/mini-bert-zh MINI_BERT_ENGINE=wasm MINI_BERT_ENGINES=wasm MINI_BERT_THREADS=1
cd "$work"
node --test package_test.mjs
