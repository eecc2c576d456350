#!/usr/bin/env bash
# What a stranger does with the npm package: installs the tarball into an empty folder, then runs a program under Node,
# checks a program in TypeScript, and builds a page with Vite, which Chromium opens.
#
#   tests/web/package/package_test.sh dist/mini-bert-VERSION.tgz [WORK]     WORK keeps what npm downloads
set -euo pipefail
(($# >= 1)) || { sed -n '5s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
tarball=$(realpath "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
model=$(cd "$here/../../../models/mini-bert-zh" && pwd)
work=${2-}
if [[ -z $work ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
cd "$work"
cp -r "$here"/{package_test.mjs,page_test.mjs,types.ts,page} .
[[ -e package.json ]] || echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund typescript@5 vite@7 playwright-core@1
rm -rf node_modules/mini-bert
npm install --silent --no-audit --no-fund --no-save "$tarball"

for engine in addon wasm; do
  echo "== Node $(node --version), $engine"
  MINI_BERT_MODEL=$model MINI_BERT_ENGINE=$engine node --test package_test.mjs
done

echo "== TypeScript"
node_modules/.bin/tsc --noEmit --strict --noUncheckedIndexedAccess --target es2022 --module nodenext \
  types.ts

echo "== Vite"
mkdir -p page/public/model
cp "$model"/{config.json,vocab.txt,tokenizer_config.json,model.safetensors} page/public/model/
cd page
../node_modules/.bin/vite build --logLevel warn
node ../page_test.mjs
