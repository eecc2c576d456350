#!/usr/bin/env bash
# Makes the packages of a release in dist/: for people who have no compiler. scripts/try_packages.sh then tries them.
#
#   scripts/release.sh [--without PART]… [--python PYTHON]… [--roots DIR]
#
#   --without PART   leaves a part out: deb, tarball, wheel, abi3, npm, site, or web (npm and site)
#   --python PYTHON  the interpreter to make a wheel for, once for each; the default is python3
#   --roots DIR      where the bare Debian 13 lies that compiles abi3, npm and site; the default is that of
#                    scripts/try_release.sh, which makes it and needs root
#
#   deb      mini-bert_VERSION_ARCH.deb for this release of Debian or Ubuntu and later ones
#   tarball  mini_bert-VERSION-linux-ARCH.tar.gz: programs without downloads for any Linux, in one folder
#   wheel    mini_bert-VERSION-….whl for the Python of this system (scripts/build_wheel.sh)
#   abi3     mini_bert-VERSION-cp312-abi3-….whl for Python 3.12 and later, compiled in Debian 13 unless wheel makes it
#   npm      mini-bert-VERSION.tgz (scripts/build_npm.sh)
#   site     mini_bert-VERSION-playground.zip: the page for any static host (scripts/playground.sh)
#
# SHA256SUMS lists everything in dist/. The same commit on the same system gives the same bytes, except in the wheel.
# The oldest system decides where the deb and the wheel run, so build them in Debian 12: scripts/try_release.sh bookworm
# 'apt-get install -y python3-venv help2man' 'scripts/release.sh --without abi3 --without web'.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  sed -n '4,16s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

parts=(deb tarball wheel abi3 npm site)
pythons=()
root_options=()
leave_out() {
  local part kept=()
  [[ " ${parts[*]-} " == *" $1 "* ]] || { echo "$0: --without $1: expected deb, tarball, wheel, abi3, npm, site or web, each once" >&2; exit 2; }
  for part in "${parts[@]}"; do [[ $part == "$1" ]] || kept+=("$part"); done
  parts=(${kept[@]+"${kept[@]}"})
}
while (($# > 0)); do
  case $1 in
    --without)
      case ${2:?--without needs a part} in
        web) leave_out npm; leave_out site ;;
        *) leave_out "$2" ;;
      esac
      shift 2
      ;;
    --python) pythons+=("${2:?--python needs an interpreter}"); shift 2 ;;
    --roots) root_options+=(--roots "${2:?--roots needs a folder}"); shift 2 ;;
    *) usage ;;
  esac
done
((${#pythons[@]} > 0)) || pythons=(python3)
wants() { [[ " ${parts[*]-} " == *" $1 "* ]]; }

# A wheel for Python 3.12 or later is for all of them, so one of this system's interpreters may make it.
new_python() {
  local python
  for python in "${pythons[@]}"; do
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' && return
  done
  return 1
}
! { wants wheel && wants abi3 && new_python; } || leave_out abi3

# A part that cannot be made is said before the long builds begin.
needs() {  # PART SCRIPT
  ! wants "$1" || [[ -x $2 ]] || { echo "$0: $1 needs $2, which is not here; --without $1 leaves it out" >&2; exit 1; }
}
needs npm scripts/build_npm.sh
needs site scripts/playground.sh
! wants abi3 || ((EUID == 0)) || grep -q '^VERSION_CODENAME=trixie' /etc/os-release ||
  { echo "$0: abi3 needs root, for a bare Debian 13; --without abi3 leaves it out" >&2; exit 1; }
! wants deb || command -v dpkg-shlibdeps > /dev/null ||
  { echo "$0: deb needs dpkg-shlibdeps, of the package dpkg-dev; --without deb leaves it out" >&2; exit 1; }
! wants deb || command -v help2man > /dev/null ||
  { echo "$0: deb needs help2man, of the package of that name; --without deb leaves it out" >&2; exit 1; }

version=$(sed -nE 's/^project\(mini_bert VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)
# The time that files in packages carry is that of the commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || date -r CHANGELOG.md +%s)}
export SOURCE_DATE_EPOCH
umask 022
mkdir -p build dist

# quietly COMMAND…: shows the end of the output if the command fails.
quietly() {
  "$@" > build/release.log 2>&1 || { tail -n 25 build/release.log >&2; echo "$0: failed: $*" >&2; exit 1; }
}
step() { echo "Making $1 ..."; }

# Both presets build in one folder: the library is compiled once.
make_deb() {
  quietly scripts/build.sh package
  rm -rf build/package/deb dist/*.deb
  quietly cpack --config build/package/CPackConfig.cmake
  # CPack counts a link as large as the file that it leads to, and apt shows the sum.
  local deb size
  deb=$(echo build/package/deb/*.deb)
  dpkg-deb --raw-extract "$deb" build/package/deb/raw
  size=$(du --apparent-size -k -s build/package/deb/raw/usr | cut -f1)
  sed -i "s/^Installed-Size: .*/Installed-Size: $size/" build/package/deb/raw/DEBIAN/control
  quietly dpkg-deb --root-owner-group -Zxz --build build/package/deb/raw "dist/$(basename "$deb")"
}

tarball_readme() {
  cat << END
mini_bert $version: BERT, trained and asked on the CPU, for any Linux on $(uname -m). Nothing needs to be installed.
In this folder:

  bin/mini_bert_predict fill-mask --model mini-bert-zh '三国人物诸葛[MASK]'
  bin/mini_bert_train --model mini-bert-zh --train data/zhugetao/train.json --output out \\
      --epochs 20 --learning-rate 5e-4 --warmup-ratio 0.1 --probe '三国人物诸葛[MASK]=涛'
  bin/mini_bert_predict fill-mask --model out '三国人物诸葛[MASK]'

Your own texts take the place of data/zhugetao/train.json: .txt (a text a line), .json, .jsonl, .csv or .tsv.
Each program has --help. bin/ may be moved or linked to as long as models/ and data/ stay beside it.
These programs download nothing: --model names a folder, such as one of transformers. LICENSES holds the licence of
mini_bert and those of the libraries in it.
END
}

make_tarball() {
  local name=mini_bert-$version-linux-$(uname -m)
  local staged=build/tarball/$name
  quietly scripts/build.sh package-static
  rm -rf build/tarball dist/mini_bert-*.tar.gz
  mkdir -p "$staged"
  quietly cmake --install build/package --component programs --strip --prefix "$PWD/build/tarball/prefix"
  mv build/tarball/prefix/bin build/tarball/prefix/share/mini_bert/* "$staged/"
  mv build/tarball/prefix/share/doc/mini-bert/copyright "$staged/LICENSES"
  tarball_readme > "$staged/README"
  tar -C build/tarball --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
    --format=gnu -cf - "$name" | gzip -9n > "dist/$name.tar.gz"
}

make_wheel() {
  local python
  rm -f dist/mini_bert-*.whl
  for python in "${pythons[@]}"; do quietly scripts/build_wheel.sh "$python"; done
}

make_abi3() {
  rm -f dist/mini_bert-*-abi3-*.whl
  quietly scripts/build_wheel.sh --release trixie ${root_options[@]+"${root_options[@]}"}
  compgen -G 'dist/mini_bert-*-abi3-*.whl' > /dev/null || { echo "$0: scripts/build_wheel.sh left no dist/mini_bert-*-abi3-*.whl" >&2; exit 1; }
}

make_npm() {
  rm -f dist/mini-bert-*.tgz
  quietly scripts/build_npm.sh ${root_options[@]+"${root_options[@]}"}
  compgen -G 'dist/mini-bert-*.tgz' > /dev/null || { echo "$0: scripts/build_npm.sh left no dist/mini-bert-*.tgz" >&2; exit 1; }
}

make_site() {
  local name=mini_bert-$version-playground
  quietly scripts/playground.sh --build ${root_options[@]+"${root_options[@]}"}
  [[ -f build/playground/index.html ]] || { echo "$0: scripts/playground.sh left no build/playground/index.html" >&2; exit 1; }
  rm -rf build/site dist/mini_bert-*-playground.zip
  mkdir -p build/site
  cp -r build/playground "build/site/$name"
  (cd build/site && find "$name" -type f | LC_ALL=C sort > files &&
    cmake -E tar cf "../../dist/$name.zip" --format=zip --files-from=files \
      --mtime="$(date -u -d "@$SOURCE_DATE_EPOCH" '+%Y-%m-%d %H:%M:%S UTC')")  # CMake 3.25 reads no seconds of the epoch
}

for part in ${parts[@]+"${parts[@]}"}; do
  step "$part"
  "make_$part"
done

cd dist
rm -f SHA256SUMS
mapfile -t files < <(find . -maxdepth 1 -type f -printf '%f\n' | LC_ALL=C sort)
((${#files[@]} > 0)) || { echo "$0: dist/ is empty: every part was left out" >&2; exit 1; }
sha256sum -- "${files[@]}" > SHA256SUMS
printf '\n'
for file in "${files[@]}" SHA256SUMS; do
  printf '%10.1f kB  dist/%s\n' "$(($(stat -c %s "$file") * 10 / 1000))e-1" "$file"
done
