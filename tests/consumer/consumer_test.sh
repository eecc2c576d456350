#!/usr/bin/env bash
# Uses the library as outside projects do: installs a build to a prefix of its own, then compiles and runs the programs
# of this folder with find_package, with pkg-config and with add_subdirectory. The last compiles mini_bert::nn again the
# first time; its build directory is kept.
#
#   tests/consumer/consumer_test.sh BUILD_DIR
set -euo pipefail
[[ $# -eq 1 && -f $1/CMakeCache.txt ]] || { echo "usage: $0 BUILD_DIR (a build directory, everything built)" >&2; exit 2; }
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$build/consumer
prefix=$work/prefix

cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }
compiler=$(cached CMAKE_CXX_COMPILER)
# Without optimisation: what is compiled here runs for milliseconds.
configure=(cmake -G "$(cached CMAKE_GENERATOR)" -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=None
           -DCMAKE_CXX_COMPILER_LAUNCHER="$(command -v ccache || true)" -S "$here")

fail() {
  echo "consumer: $*" >&2
  exit 1
}
check_programs() {  # DESCRIPTION FOLDER
  [[ $("$2/consumer") == "20 20" ]] || fail "$1: consumer printed $("$2/consumer"), expected 20 20"
  [[ ! -x $2/fill_mask ]] || "$2/fill_mask" "$root/models/mini-bert-zh" '三国人物诸葛[MASK]' | grep -q '亮' ||
    fail "$1: fill_mask did not answer 亮"
  echo "consumer: $1: ok"
}

rm -rf "$prefix" "$work/find_package" "$work/pkg_config"
cmake --install "$build" --component library --prefix "$prefix" > /dev/null

# Nothing bare called tensor/, no path of this machine, no compiler warnings for those who use it.
[[ $(ls "$prefix/include") == mini_bert ]] || fail "include/ holds $(ls "$prefix/include" | xargs), expected mini_bert"
packages=$(find "$prefix" -name '*.cmake' -o -name '*.pc')
# shellcheck disable=SC2086 # a list of files
if grep -nE -e "$root|$build|-W(all|extra|error)|mini_bert_options" $packages | grep -v BUILD_INTERFACE; then
  fail "the lines above must not be in what is installed"
fi
mv "$prefix" "$prefix.moved" && prefix=$prefix.moved  # it works wherever it is put
trap 'rm -rf "$prefix"' EXIT

"${configure[@]}" -B "$work/find_package" -DCMAKE_PREFIX_PATH="$prefix" > /dev/null
cmake --build "$work/find_package" > /dev/null
check_programs find_package "$work/find_package"

if command -v pkg-config > /dev/null; then
  export PKG_CONFIG_PATH
  PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name mini_bert.pc)")
  mkdir -p "$work/pkg_config"
  for program in "$here/main.cpp consumer" "$root/examples/fill_mask.cpp fill_mask"; do
    read -r source name <<< "$program"
    # shellcheck disable=SC2046 # a list of flags
    "$compiler" $(pkg-config --cflags mini_bert) "$source" -o "$work/pkg_config/$name" $(pkg-config --libs mini_bert)
  done
  check_programs pkg-config "$work/pkg_config"
else
  fail "pkg-config is not installed; scripts/install_dependencies.sh installs it"
fi

"${configure[@]}" -B "$work/add_subdirectory" -DMINI_BERT_SOURCE="$root" > /dev/null
cmake --build "$work/add_subdirectory" --target consumer > "$work/add_subdirectory.log" || {
  tail -n 30 "$work/add_subdirectory.log" >&2
  fail "add_subdirectory: the build failed"
}
check_programs add_subdirectory "$work/add_subdirectory"
