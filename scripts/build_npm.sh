#!/usr/bin/env bash
# Packs the npm package into dist/mini-bert-VERSION.tgz: the engine in WebAssembly, which scripts/build_web.sh compiles,
# and as an addon of Node for this system.
#
#   scripts/build_npm.sh [--roots DIR] [--no-web]
#
#   --roots DIR  see scripts/build_web.sh
#   --no-web     takes the engines that lie in build/web and build/web-threads
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

options=(--engine)
web=1
while (($# > 0)); do
  case $1 in
    --roots) options+=(--roots "${2:?--roots needs a folder}"); shift 2 ;;
    --no-web) web=0; shift ;;
    *) sed -n '4,7s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
done
((web == 0)) || scripts/build_web.sh "${options[@]}"
scripts/install_dependencies.sh --node
cmake --preset addon > /dev/null
cmake --build --preset addon

# What `npm pack` does: one folder named package. Node need not be installed.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/package/engine" dist
cp -r web/package/* LICENSE "$work/package/"
cp build/web/engine/mini_bert.{js,wasm} build/web-threads/engine/mini_bert_threads.{js,wasm} \
  build/addon/engine/mini_bert.*.node "$work/package/engine/"
version=$(sed -n 's/^ *"version": "\(.*\)",$/\1/p' web/package/package.json)
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}" \
  -C "$work" -cf - package | gzip -9n > "dist/mini-bert-$version.tgz"
echo "dist/mini-bert-$version.tgz: $(stat -c %s "dist/mini-bert-$version.tgz") bytes"
