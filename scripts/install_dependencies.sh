#!/usr/bin/env bash
# Installs what building mini_bert needs and the system lacks (Debian 12 and 13, Ubuntu 24.04 and later). Prints nothing
# when nothing is missing.
#
#   scripts/install_dependencies.sh [--ci | --node]
#
#   --ci    also clang, a browser and the other tools that only CI uses
#   --node  also what the addon of Node is compiled with
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Programs count as present wherever they come from, so an own CMake or compiler is left alone.
programs=(g++:g++ cmake:cmake ninja:ninja-build pkg-config:pkg-config)
libraries=(libeigen3-dev nlohmann-json3-dev catch2 libbenchmark-dev libutf8proc-dev libcli11-dev libfmt-dev
  libcurl4-openssl-dev libssl-dev libsimde-dev ca-certificates)

# What CI needs of clang, release N.
clang_packages() { echo "clang-$1 llvm-$1 clang-tidy-$1 libomp-$1-dev libclang-rt-$1-dev"; }

ci=0
case ${1-} in
  "") ;;
  --ci)
    ci=1
    programs+=(chromium:chromium python3:python3 node:nodejs debootstrap:debootstrap wget:wget)
    libraries+=(libdnnl-dev fonts-noto-cjk python3-dev python3-venv debian-archive-keyring)
    ;;
  --node) [[ -e /usr/include/node/node_api.h ]] || libraries+=(libnode-dev) ;;
  *)
    echo "usage: scripts/install_dependencies.sh [--ci | --node]" >&2
    exit 2
    ;;
esac

if ! command -v apt-get > /dev/null; then
  echo "No apt-get here; install these by hand if the build misses them: ${programs[*]#*:} ${libraries[*]}" >&2
  exit 0
fi

# The newest clang installed. Where there is none, the one that this release calls clang: 14 in Debian 12, 18 in Ubuntu
# 24.04, 19 in Debian 13. Which one that is can only be asked below, after apt-get update.
clang=
if ((ci)) && clang=$(scripts/find_clang.sh --version clang++ 2> /dev/null); then
  read -ra packages <<< "$(clang_packages "$clang")"
  libraries+=("${packages[@]}")
fi

missing=()
for entry in "${programs[@]}"; do
  command -v "${entry%%:*}" > /dev/null || missing+=("${entry#*:}")
done
for package in "${libraries[@]}"; do
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null) == installed ]] || missing+=("$package")
done
named_later=
if ((ci)) && [[ -z $clang ]]; then named_later=clang; fi
[[ ${#missing[@]} -gt 0 || -n $named_later ]] || exit 0

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

echo "Installing ${missing[*]}${named_later:+ $named_later} ..."
apt update
if [[ -n $named_later ]]; then
  clang=$(apt-cache depends clang | grep -oE 'Depends: clang-[0-9]+' | grep -oE '[0-9]+$' | head -n 1) || {
    echo "This system offers no package clang; install clang 14 or later by hand" >&2
    exit 1
  }
  read -ra packages <<< "$(clang_packages "$clang")"
  missing+=("${packages[@]}")
fi

offered() { [[ $(apt-cache policy "$1" 2> /dev/null) == *"Candidate: "[0-9]* ]]; }
wanted=()
for package in "${missing[@]}"; do
  if [[ $package == chromium ]] && ! offered chromium; then
    echo "This system has no package chromium; the test that needs a browser will be skipped."
  else
    wanted+=("$package")
  fi
done
apt install --no-install-recommends "${wanted[@]}"
