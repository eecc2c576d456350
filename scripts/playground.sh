#!/usr/bin/env bash
# Makes the page in which the shipped model is asked, taught and looked into, and serves it on this computer.
#
#   scripts/playground.sh [--roots DIR] [--build] [PORT]
#
#   --roots DIR  see scripts/build_web.sh
#   --build      only makes the site, in build/playground: a folder for any static host
#   PORT         where it is served; the default is 8000
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

options=()
serve=1
port=8000
while (($# > 0)); do
  case $1 in
    --roots) options+=(--roots "${2:?--roots needs a folder}"); shift 2 ;;
    --build) serve=0; shift ;;
    [0-9]*) port=$1; shift ;;
    *) sed -n '4,8s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
done

scripts/build_web.sh "${options[@]}" --engine
web/make_site.sh build/playground build/web/engine build/web-threads/engine
((serve)) || exit 0
echo "http://localhost:$port/ is the page; Ctrl-C ends it."
exec python3 -m http.server --bind 127.0.0.1 --directory build/playground "$port" > /dev/null
