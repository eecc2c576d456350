#!/usr/bin/env bash
# Installs what building mini_bert needs and the system lacks (Debian 12, Ubuntu 24.04 and later). Says nothing when
# nothing is missing.
#
#   scripts/install_dependencies.sh [--ci]     --ci: also clang, clang-format, a browser and what else only CI uses
set -euo pipefail

# Programs count as present wherever they come from, so an own CMake or compiler is left alone.
programs=(g++:g++ cmake:cmake ninja:ninja-build)
libraries=(libeigen3-dev nlohmann-json3-dev catch2 libbenchmark-dev libutf8proc-dev libcli11-dev libfmt-dev
  libcurl4-openssl-dev libssl-dev libsimde-dev ca-certificates)

case ${1-} in
  "") ;;
  --ci)
    programs+=(clang++-14:clang-14 llvm-symbolizer-14:llvm-14 clang-format-14:clang-format-14 chromium:chromium
      python3:python3)
    libraries+=(libomp-14-dev libclang-rt-14-dev libdnnl-dev fonts-noto-cjk python3-venv)
    ;;
  *)
    echo "usage: scripts/install_dependencies.sh [--ci]" >&2
    exit 2
    ;;
esac

if ! command -v apt-get > /dev/null; then
  echo "No apt-get here; install these by hand if the build misses them: ${programs[*]#*:} ${libraries[*]}" >&2
  exit 0
fi

missing=()
for entry in "${programs[@]}"; do
  command -v "${entry%%:*}" > /dev/null || missing+=("${entry#*:}")
done
for package in "${libraries[@]}"; do
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null) == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

as_root=(env DEBIAN_FRONTEND=noninteractive)
if ((EUID != 0)); then
  if ! command -v sudo > /dev/null; then
    echo "Not root and no sudo; as root: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo "${as_root[@]}")
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  "${as_root[@]}" apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" > "$log" 2>&1 < /dev/null && return
  echo "apt-get $1 failed:" >&2
  tail -n 15 "$log" >&2
  exit 1
}

echo "Installing ${missing[*]} ..."
apt update

# Older and newer releases name some packages of --ci differently, or have none: take what there is.
offered() { [[ $(apt-cache policy "$1" 2> /dev/null) == *"Candidate: "[0-9]* ]]; }
wanted=()
for package in "${missing[@]}"; do
  fallback=${package/-14/}
  if offered "$package"; then
    wanted+=("$package")
  elif [[ $fallback != "$package" ]] && offered "$fallback"; then
    wanted+=("$fallback")
  elif [[ $package == chromium ]]; then
    echo "No package chromium on this system; what needs a browser will be skipped."
  else
    wanted+=("$package")
  fi
done
apt install --no-install-recommends "${wanted[@]}"
