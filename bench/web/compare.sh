#!/usr/bin/env bash
# mini-bert beside transformers.js: under Node and in Chromium, one thread, f32, in turns.
#
#   bench/web/compare.sh [--work DIR] [--python PYTHON] TARBALL
#
#   TARBALL          dist/mini-bert-VERSION.tgz
#   --work DIR       keeps what npm downloads and the converted model
#   --python PYTHON  one with torch, transformers, onnx and onnxscript, which converts the shipped model
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
model=$(realpath "$here/../../models/mini-bert-zh")
work=
python=python3
while [[ ${1-} == --* ]]; do
  case $1 in
    --work) work=${2:?--work needs a folder}; shift 2 ;;
    --python) python=${2:?--python needs a program}; shift 2 ;;
    *) break ;;
  esac
done
(($# == 1)) || { sed -n '4,8s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
tarball=$(realpath "$1")
if [[ -z $work ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
cd "$work"
cp -r "$here"/{compare.mjs,compare_node.mjs,compare_browser.mjs,page} .
[[ -e package.json ]] || echo '{"private": true, "type": "module"}' > package.json
# The scripts of onnxruntime-node download libraries of graphics cards.
[[ -d node_modules/@huggingface/transformers ]] ||
  npm install --silent --no-audit --no-fund --ignore-scripts @huggingface/transformers@4 vite@7 playwright-core@1
rm -rf node_modules/mini-bert
npm install --silent --no-audit --no-fund --ignore-scripts --no-save "$tarball"
[[ -e onnx/mini-bert-zh/onnx/model.onnx ]] || "$python" "$here/export_onnx.py" "$model" onnx/mini-bert-zh > export.log 2>&1

lscpu | sed -n 's/^Model name: */CPU: /p'
echo "== Node $(node --version), transformers.js with onnxruntime-node"
node compare_node.mjs "$model" onnx/mini-bert-zh

mkdir -p page/public/model page/public/onnx
cp "$model"/{config.json,vocab.txt,tokenizer_config.json,model.safetensors} page/public/model/
cp -r onnx/mini-bert-zh page/public/onnx/
mkdir -p page/public/ort
cp node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.{mjs,wasm,jsep.mjs,jsep.wasm,asyncify.mjs,asyncify.wasm} page/public/ort/
(cd page && ../node_modules/.bin/vite build --logLevel error)
echo "== Chromium, transformers.js with onnxruntime-web"
(cd page && node ../compare_browser.mjs)
