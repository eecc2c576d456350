#!/usr/bin/env bash
# Runs the demo and the tests in a bare copy of a Debian or Ubuntu release: what a newcomer to that release would see.
#
#   scripts/try_release.sh [--roots DIR] [--mirror URL] [--keyring FILE] [--packages LIST] [--fresh]
#       RELEASE [COMMAND…]
#
#   RELEASE          bookworm, trixie, noble, … (a release of Debian or Ubuntu)
#   COMMAND…         shell commands, run one after another in a copy of this checkout; a failure does not stop the later
#                    ones. The default is scripts/demo.sh and scripts/test.sh. With warnings as errors:
#                    'scripts/install_dependencies.sh --ci' 'CI=true scripts/test.sh'
#   --roots DIR      keeps the release in DIR/RELEASE; the default is /var/tmp/mini_bert-roots
#   --mirror URL     where packages come from; the default is the mirror of this system, or that of Debian or Ubuntu
#   --keyring FILE   the keys that the release is signed with; the default is where Debian and Ubuntu install their own
#   --packages LIST  packages to add before the commands run, separated by commas, for example ccache
#   --fresh          deletes DIR/RELEASE first
#
# Needs root and debootstrap. Debian has no package with Ubuntu's keys; Ubuntu's package ubuntu-keyring has them. The copy
# includes uncommitted changes. A second run reuses the root and its build. The commands run in a mount namespace of
# their own that shows nothing of this system but the network, and whatever they leave running ends with them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  sed -n '4,16s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

. scripts/debian_root.sh
packages=
fresh=0
while [[ ${1-} == -* ]]; do
  case $1 in
    --packages) packages=${2:?--packages needs a list}; shift 2 ;;
    --fresh) fresh=1; shift ;;
    *) root_option "$@" || usage; shift 2 ;;
  esac
done
(($# > 0)) || usage
release=$1
shift
(($# > 0)) || set -- scripts/demo.sh scripts/test.sh

root=$roots/$release
((fresh == 0)) || rm -rf --one-file-system "$root"
make_root "$release" "$root" "$mirror" "$keyring"

source=$root/home/mini_bert
mkdir -p "$source"
find "$source" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- --ignore-failed-read -cf - 2> /dev/null |
  tar -xf - -C "$source" --no-same-owner

inside() { in_root "$root" /home/mini_bert "$1"; }

[[ -z $packages ]] || inside "apt-get -qq update && apt-get -qq -y --no-install-recommends -o DPkg::Options::=--force-unsafe-io install ${packages//,/ } > /dev/null"

failed=()
for command in "$@"; do
  printf '\n=== %s: %s\n' "$release" "$command"
  inside "$command" || failed+=("$command")
done

printf '\n=== %s\n' "$release"
if ((${#failed[@]} > 0)); then
  printf 'FAILED: %s\n' "${failed[@]}"
  exit 1
fi
printf 'passed: %s\n' "$@"
