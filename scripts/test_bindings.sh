#!/usr/bin/env bash
# Tests the modules of Python and Node, linked with the library of a build that has been tested. The packages themselves
# are tried by scripts/try_packages.sh.
#
#   scripts/test_bindings.sh [PRESET [PYTHON]]
#
#   PRESET  release or ci; the default is release
#   PYTHON  one with nanobind, numpy and pytest, and with torch and transformers for the comparison with them. Without
#           it, the first three come from PyPI into build/bindings-venv, and nothing is compared.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=${1-release}
python=${2-}
if [[ -z $python ]]; then
  python=$PWD/build/bindings-venv/bin/python
  [[ -x $python ]] || python3 -m venv build/bindings-venv
  "$python" -m pip install -q nanobind numpy pytest
fi
scripts/install_dependencies.sh --node
cmake --preset "$preset" -DMINI_BERT_PYTHON=ON -DMINI_BERT_NODE=ON -DPython_EXECUTABLE="$(realpath -s "$python")" > /dev/null
cmake --build build/release --parallel "$(nproc)" --target _core mini_bert_addon

package=build/python-package
rm -rf "$package"
mkdir -p "$package"
cp -r python/package/* "$package/"
cmake --install build/release --component python --prefix "$PWD/$package" > /dev/null
MINI_BERT_PROGRAMS=$PWD/build/release/bin PYTHONPATH=$PWD/$package "$python" -m pytest -q -p no:cacheprovider python/tests --ignore python/tests/test_programs.py

package=build/node-package/node_modules/mini-bert
rm -rf build/node-package
mkdir -p "$package/engine"
cp -r web/package/* "$package/"
cp build/release/engine/*.node "$package/engine/"
cp tests/web/package/package_test.mjs build/node-package/
cd build/node-package
MINI_BERT_ENGINES=addon MINI_BERT_ENGINE=addon MINI_BERT_MODEL=$PWD/../../models/mini-bert-zh node --test package_test.mjs
