#!/usr/bin/env bash
# Compiles the library and its tests to WebAssembly, twice, and runs the tests under Node.
#
#   scripts/build_web.sh [--roots DIR] [--engine | --kernels]
#
#   --roots DIR   where the Debian 13 lies that compiles, if this system is another; the default is that of
#                 scripts/try_release.sh
#   --engine      only compiles what the page and the npm package load
#   --kernels     only compiles what a page on one thread loads, and what tests/web/kernels_test.sh runs
#
# build/web has one thread and runs on any page. build/web-threads has as many as the page allows, and needs one that is
# cross-origin isolated. Debian 13 is the first with a new enough emscripten (3.1.69). Elsewhere this script runs itself in
# a bare Debian 13 that scripts/try_release.sh makes, which needs root, and copies the programs here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

roots=()
what=all
while (($# > 0)); do
  case $1 in
    --roots) roots=(--roots "${2:?--roots needs a folder}"); shift 2 ;;
    --engine | --kernels) what=${1#--}; shift ;;
    *) sed -n '4,9s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
done
presets=(web)
[[ $what == kernels ]] || presets+=(web-threads)

packages=(emscripten nodejs cmake ninja-build ccache dpkg-dev libeigen3-dev nlohmann-json3-dev libfmt-dev libutf8proc-dev)
. /etc/os-release
if [[ ${VERSION_CODENAME-} != trixie ]] && ! emcc --version 2> /dev/null | grep -qE ' (3\.1\.(69|[7-9].)|[4-9]\.)'; then
  scripts/try_release.sh "${roots[@]}" --packages "$(IFS=,; echo "${packages[*]}")" trixie \
    "scripts/build_web.sh$([[ $what == all ]] || echo " --$what")"
  root=${roots[1]-/var/tmp/mini_bert-roots}/trixie/home/mini_bert
  for build in "${presets[@]}"; do
    mkdir -p "build/$build"
    [[ $what == engine ]] || cp -r "$root/build/$build/bin" "build/$build/"
    cp -r "$root/build/$build/engine" "build/$build/"
  done
  exit
fi

missing=()
for package in "${packages[@]}"; do dpkg -s "$package" > /dev/null 2>&1 || missing+=("$package"); done
if ((${#missing[@]} > 0)); then
  as_root=()
  ((EUID == 0)) || as_root=(sudo)
  "${as_root[@]}" apt-get -qq update
  "${as_root[@]}" apt-get -qq -y --no-install-recommends install "${missing[@]}" > /dev/null
fi

# build PRESET [FLAG…]: the libraries with the FLAGs, then what is asked of the preset.
build() {
  local preset=$1
  shift
  scripts/web_dependencies.sh "build/$preset/prefix" -msimd128 "$@"
  cmake --preset "$preset"
  case $what in
    engine) cmake --build --preset "$preset" --target mini_bert_engine ;;
    kernels) cmake --build --preset "$preset" --target mini_bert_engine tensor_test autograd_test web_results ;;
    all)
      cmake --build --preset "$preset"
      ctest --preset "$preset"
      ;;
  esac
}
build web
[[ $what == kernels ]] || build web-threads -pthread
