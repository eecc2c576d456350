# shellcheck shell=bash
# Functions that make a bare copy of a Debian or Ubuntu release and run commands in it. Other scripts source this file.

# The options of every script that makes roots, for make_root:
#   --roots DIR, --mirror URL, --keyring FILE
roots=/var/tmp/mini_bert-roots
mirror=
keyring=
# root_option OPTION VALUE…: sets one of them. Its status is 1 if the first argument is another option.
root_option() {
  case $1 in
    --roots) roots=${2:?--roots needs a folder} ;;
    --mirror) mirror=${2:?--mirror needs a URL} ;;
    --keyring) keyring=${2:?--keyring needs a file} ;;
    *) return 1 ;;
  esac
}

# mirror_of DISTRIBUTION DEFAULT: the first mirror of that distribution that this system's own apt uses.
mirror_of() {
  local found
  found=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2> /dev/null |
    grep -oE "https?://[^ ]+/$1/?( |\$)" | tr -d ' ') || true
  found=${found%%$'\n'*}
  echo "${found:-$2}"
}

has_release() { wget -q --spider "$1/dists/$2/Release"; }

# make_root RELEASE FOLDER [MIRROR] [KEYRING]: fills FOLDER with the smallest system of that release. A folder that is
# complete stays as it is. Needs root and debootstrap, and ends the script where one is missing. MIRROR may be empty, and is
# then the mirror of this system, or that of Debian or Ubuntu; KEYRING, the keys that the release is signed with, is then
# where Debian and Ubuntu install their own. A file of certificates in PIP_CERT goes into FOLDER, for in_root.
make_root() {
  local release=$1 folder=$2 mirror=${3-} keyring=${4-}
  if ((EUID != 0)); then
    echo "$0 needs root: it makes device files and changes the root directory" >&2
    exit 1
  fi
  command -v debootstrap > /dev/null || { echo "debootstrap is not installed" >&2; exit 1; }
  if [[ ! -e $folder/etc/made-by-try-release ]]; then
    local debian ubuntu components script default_keyring
    # The release is Debian's if Debian's mirror has it, and otherwise Ubuntu's. Every release of Ubuntu is made alike,
    # by the script that debootstrap calls gutsy; releases newer than this debootstrap are not in its list.
    debian=${mirror:-$(mirror_of debian http://deb.debian.org/debian)}
    ubuntu=${mirror:-$(mirror_of ubuntu http://archive.ubuntu.com/ubuntu)}
    if [[ $debian != *ubuntu* ]] && has_release "$debian" "$release"; then
      mirror=$debian
      components=main
      script=sid
      default_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    elif has_release "$ubuntu" "$release"; then
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
    echo "Making $folder from $mirror ..."
    rm -rf --one-file-system "$folder"
    mkdir -p "$folder"
    debootstrap --variant=minbase --components="$components" --keyring="$keyring" "$release" "$folder" "$mirror" \
      "/usr/share/debootstrap/scripts/$script" > "$folder.log" 2>&1 || { tail -n 15 "$folder.log" >&2; exit 1; }
    touch "$folder/etc/made-by-try-release"
  fi
  cp /etc/resolv.conf "$folder/etc/resolv.conf"
  [[ -z ${PIP_CERT-} ]] || cp "$PIP_CERT" "$folder/etc/pip-certificates.pem"
}

# in_root ROOT FOLDER COMMAND: runs one shell command in a folder of the root, in a mount namespace that shows nothing
# of this system but the network. Whatever the command leaves running ends with it. It reaches the network as this system
# does: by its proxies, and for pip by PIP_INDEX_URL and PIP_CERT.
in_root() {
  # shellcheck disable=SC2016 # expanded by the inner shells
  unshare --mount --pid --fork --kill-child bash -c '
    mount -t proc proc "$0/proc" && mount -t tmpfs tmpfs "$0/dev/shm" &&
      mount -t devpts -o newinstance,ptmxmode=0666 devpts "$0/dev/pts" &&
      exec chroot "$0" /usr/bin/env -i HOME=/root LANG=C.UTF-8 TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
        ${PIP_INDEX_URL:+PIP_INDEX_URL="$PIP_INDEX_URL"} ${PIP_CERT:+PIP_CERT=/etc/pip-certificates.pem} \
        bash -c "cd \"\$0\" && eval \"\$1\"" "$1" "$2"' "$1" "$2" "$3" < /dev/null
}
