#!/usr/bin/env bash
# Tests what runs in browsers: the kernels in WebAssembly under Node, its numbers beside the native ones, the npm package
# (Node, TypeScript, a page that Vite builds), the size of the playground's code, and the playground in Chromium.
#
#   scripts/test_web.sh [--roots DIR] [--work DIR]
#
#   --roots DIR  see scripts/build_web.sh
#   --work DIR   keeps what npm downloads
#
# Needs a native build (scripts/test.sh), Node 18 or later with npm, and chromium.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
roots=()
work=()
while (($# > 0)); do
  case $1 in
    --roots) roots=(--roots "${2:?--roots needs a folder}"); shift 2 ;;
    --work) work=("${2:?--work needs a folder}"); shift 2 ;;
    *) sed -n '5,8s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
done

scripts/build_web.sh "${roots[@]}"
tests/web/kernels_test.sh

scripts/build_npm.sh --no-web
tests/web/package/package_test.sh dist/mini-bert-*.tgz "${work[@]}"

web/make_site.sh build/playground build/web/engine build/web-threads/engine
tests/web/page_size_test.sh
tests/web/playground_test.sh ${work:+--work "${work[@]}"}
