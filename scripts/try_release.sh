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

roots=/var/tmp/mini_bert-roots
mirror=
packages=
keyring=
fresh=0
while [[ ${1-} == -* ]]; do
  case $1 in
    --roots) roots=${2:?--roots needs a folder}; shift 2 ;;
    --mirror) mirror=${2:?--mirror needs a URL}; shift 2 ;;
    --keyring) keyring=${2:?--keyring needs a file}; shift 2 ;;
    --packages) packages=${2:?--packages needs a list}; shift 2 ;;
    --fresh) fresh=1; shift ;;
    *) usage ;;
  esac
done
(($# > 0)) || usage
release=$1
shift
(($# > 0)) || set -- scripts/demo.sh scripts/test.sh

if ((EUID != 0)); then
  echo "$0 needs root: it makes device files and changes the root directory" >&2
  exit 1
fi
command -v debootstrap > /dev/null || { echo "debootstrap is not installed" >&2; exit 1; }

# mirror_of DISTRIBUTION DEFAULT: the first mirror of that distribution that this system's own apt uses.
mirror_of() {
  local found
  found=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2> /dev/null |
    grep -oE "https?://[^ ]+/$1/?( |\$)" | tr -d ' ') || true
  found=${found%%$'\n'*}
  echo "${found:-$2}"
}
# The release is Debian's if Debian's mirror has it, and otherwise Ubuntu's. Every release of Ubuntu is made alike, by
# the script that debootstrap calls gutsy; releases newer than this debootstrap are not in its list.
has_release() { wget -q --spider "$1/dists/$release/Release"; }
debian=${mirror:-$(mirror_of debian http://deb.debian.org/debian)}
ubuntu=${mirror:-$(mirror_of ubuntu http://archive.ubuntu.com/ubuntu)}
if [[ $debian != *ubuntu* ]] && has_release "$debian"; then
  mirror=$debian
  components=main
  script=sid
  default_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
elif has_release "$ubuntu"; then
  mirror=$ubuntu
  components=main,universe
  script=gutsy
  default_keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg
else
  echo "neither $debian nor $ubuntu has a release '$release'" >&2
  exit 1
fi
keyring=${keyring:-$default_keyring}
if [[ ! -r $keyring ]]; then
  echo "$keyring is missing, so packages could not be verified; name the keys of $release with --keyring" >&2
  exit 1
fi

root=$roots/$release
((fresh == 0)) || rm -rf --one-file-system "$root"
if [[ ! -e $root/etc/made-by-try-release ]]; then
  echo "Making $root from $mirror ..."
  rm -rf --one-file-system "$root"
  mkdir -p "$root"
  debootstrap --variant=minbase --components="$components" --keyring="$keyring" "$release" "$root" "$mirror" \
    "/usr/share/debootstrap/scripts/$script" > "$root.log" 2>&1 || { tail -n 15 "$root.log" >&2; exit 1; }
  touch "$root/etc/made-by-try-release"
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"

source=$root/home/mini_bert
mkdir -p "$source"
find "$source" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- --ignore-failed-read -cf - 2> /dev/null |
  tar -xf - -C "$source" --no-same-owner

# Runs one shell command in the root, in the copy of the checkout.
inside() {
  # shellcheck disable=SC2016 # expanded by the inner shells
  unshare --mount --pid --fork --kill-child bash -c '
    mount -t proc proc "$0/proc" && mount -t tmpfs tmpfs "$0/dev/shm" &&
      mount -t devpts -o newinstance,ptmxmode=0666 devpts "$0/dev/pts" &&
      exec chroot "$0" /usr/bin/env -i HOME=/root LANG=C.UTF-8 TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
        bash -c "cd /home/mini_bert && eval \"\$0\"" "$1"' "$root" "$1" < /dev/null
}

[[ -z $packages ]] || inside "apt-get -qq update && apt-get -qq -y --no-install-recommends install ${packages//,/ } > /dev/null"

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
