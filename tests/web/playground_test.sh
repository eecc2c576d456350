#!/usr/bin/env bash
# Uses the page as a person does: in Chromium without a window, on a static host, with threads and without.
#
#   tests/web/playground_test.sh [--screenshots DIR] [--work DIR] [SITE]
#
#   SITE               what scripts/playground.sh made; the default is build/playground
#   --screenshots DIR  keeps pictures of every panel, wide and narrow, in both languages
#   --work DIR         keeps what npm downloads
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
screenshots=
work=
while [[ ${1-} == -* ]]; do
  case $1 in
    --screenshots) screenshots=$(realpath -m "${2:?--screenshots needs a folder}"); shift 2 ;;
    --work) work=${2:?--work needs a folder}; shift 2 ;;
    *) sed -n '4,8s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
done
site=$(realpath "${1-build/playground}")
if [[ -z $work ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
cp tests/web/playground_test.mjs "$work/"
cd "$work"
[[ -e package.json ]] || echo '{"private": true, "type": "module"}' > package.json
[[ -d node_modules/playwright-core ]] || npm install --silent --no-audit --no-fund playwright-core@1
node playground_test.mjs "$site" ${screenshots:+"$screenshots"}
