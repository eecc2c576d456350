#!/usr/bin/env bash
# Tries the packages in dist/ (scripts/release.sh) as somebody would who has just downloaded them: in a bare Debian or
# Ubuntu without a compiler. Prints one line for each try; exit code 1 if one fails, or if dist/ has wheels but none for
# the Python of a release.
#
#   scripts/try_packages.sh [--roots DIR] [--mirror URL] [--keyring FILE] [--dist DIR] [RELEASE…]
#
#   RELEASE          bookworm, trixie, noble, …; the default is bookworm trixie
#   --dist DIR       where the packages are; the default is dist
#   --roots DIR      keeps a bare copy of each release in DIR/clean-RELEASE, and what a try needed in DIR/try-RELEASE,
#                    which begins anew each time; the default is /var/tmp/mini_bert-roots
#   --mirror URL, --keyring FILE    as for scripts/try_release.sh
#
# Needs root and debootstrap. A kind of package that dist/ lacks is not tried: a line says so, and the last line again. The
# wheel needs numpy from PyPI; PIP_CERT and PIP_INDEX_URL count if they are set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  sed -n '6,13s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}
. scripts/debian_root.sh
dist=dist
while [[ ${1-} == -* ]]; do
  if [[ $1 == --dist ]]; then
    dist=${2:?--dist needs a folder}
  else
    root_option "$@" || usage
  fi
  shift 2
done
(($# > 0)) || set -- bookworm trixie
[[ -f $dist/SHA256SUMS ]] || { echo "$0: $dist/SHA256SUMS is missing; scripts/release.sh makes the packages" >&2; exit 1; }

passed=0
failed=0
absent=()
say() { printf '%-7s %-9s %s\n' "$1" "$release" "$2"; }
# try NAME FUNCTION [ARGUMENT…]: calls the function, with its output in the log.
try() {
  local name=$1 status=0
  shift
  printf '\n=== %s\n' "$name" >> "$log"
  "$@" > "$log.part" 2>&1 || status=$?
  cat "$log.part" >> "$log"
  if ((status == 0)); then
    say ok "$name"
    passed=$((passed + 1))
  else
    say FAILED "$name"
    tail -n 5 "$log.part" | sed 's/^/          /'
    failed=$((failed + 1))
  fi
  rm -f "$log.part"
  return "$status"
}
has() { compgen -G "$dist/$1" > /dev/null || { say absent "$1 is not in $dist"; absent+=("$1"); return 1; }; }
as_root() { in_root "$root" / "export DEBIAN_FRONTEND=noninteractive; set -e; $1"; }
as_user() {
  cat > "$root/home/user/command" << END
set -e
export PIP_DISABLE_PIP_VERSION_CHECK=1
question='三国人物诸葛[MASK]'
# first_answer_is TEXT COMMAND…: looks at the line after the question.
first_answer_is() { local text=\$1 answer; shift; answer=\$("\$@" | sed -n 2p); echo "\$answer"; [[ \$answer == *"\$text"* ]]; }
# refuses COMMAND…: the command must fail with one line.
refuses() {
  local line status=0
  line=\$("\$@" 2>&1) || status=\$?
  echo "\$line"
  [[ \$status == 1 && \$line == *"unknown flag"* && \$line != *\$'\n'* ]]
}
$1
END
  in_root "$root" /home/user 'chown -R user: . && runuser -u user -- bash /home/user/command'
}
install_packages() { as_root "apt-get -q update && apt-get -q -y install $*"; }

# The demo, with the programs of folder $1 and the data of folder $2: another answer before than after.
teach="teach() {
  first_answer_is 亮 \$1/mini_bert_predict fill-mask --model mini-bert-zh \$question
  \$1/mini_bert_train --model mini-bert-zh --train \$2/zhugetao/train.json --validation \$2/zhugetao/validation.json \\
    --guard default --probe \"\$question=涛\" --output out --epochs 20 --learning-rate 5e-4 --warmup-ratio 0.1
  first_answer_is 涛 \$1/mini_bert_predict fill-mask --model out \$question
  test -s out/report.html
}
programs() {
  for program in train predict tokenize vocab; do
    \$1/mini_bert_\$program --version
    \$1/mini_bert_\$program --help > /dev/null
    refuses \$1/mini_bert_\$program --no-such-flag
  done
}"

try_deb() {
  has 'mini-bert_*.deb' || return 0
  try "deb: apt install ./$(basename "$dist"/mini-bert_*.deb)" install_packages /home/user/dist/mini-bert_*.deb || return 0
  try "deb: the four programs, --version, --help, a wrong flag" as_user "$teach; programs /usr/bin; mini_bert train --version" || true
  try "deb: the demo: 亮 before, 涛 after training" as_user "$teach; mkdir deb; cd deb; teach /usr/bin /usr/share/mini_bert/data" || true
  try "deb: each program has a manual page" as_root "cd /usr/share/man/man1 &&
    for program in predict tokenize train vocab; do zcat mini_bert_\$program.1.gz | grep -q 'show the version'; done" || true
  try "deb: the licence is where Debian expects it" as_root "grep -q 'MIT License' /usr/share/doc/mini-bert/copyright" || true
  # shellcheck disable=SC2016 # expanded in the root
  try "deb: apt remove leaves nothing" as_root 'apt-get -q -y remove --autoremove mini-bert
    left=$(find / -xdev -path /home -prune -o -iname "*mini[-_]bert*" -not -path "/var/lib/apt/*" -print); echo "$left"; [[ -z $left ]]' || true
}

try_tarball() {
  has 'mini_bert-*-linux-*.tar.gz' || return 0
  try "tarball: unpacked in an empty folder, the four programs" as_user \
    "$teach; mkdir tarball; cd tarball; tar -xf ../dist/mini_bert-*-linux-*.tar.gz; cd mini_bert-*; ls; programs bin" || return 0
  try "tarball: the demo" as_user "$teach; cd tarball/mini_bert-*; teach bin data" || true
  try "tarball: a root with nothing else in it" as_root "cd /home/user/tarball/mini_bert-* && test ! -e lib &&
    chroot . /bin/mini_bert_predict fill-mask --model /models/mini-bert-zh '诸葛亮字孔[MASK]' | sed -n 2p | grep 明" || true
}

try_wheel() {
  has 'mini_bert-*.whl' || return 0
  try "wheel: apt install python3-venv" install_packages python3-venv || return 0
  local version
  version=$(in_root "$root" / 'python3 -c "import sys; print(\"%d.%d\" % sys.version_info[:2])"')
  try "wheel: pip finds one for Python $version" as_user "python3 -m venv venv
    venv/bin/pip download -q --no-index --no-deps --find-links dist --dest wheel-found mini-bert; ls wheel-found" || return 0
  try "wheel: pip install into a fresh venv" as_user "venv/bin/pip install -q numpy
    venv/bin/pip install -q --no-index wheel-found/*.whl" || return 0
  try "wheel: the four commands" as_user "$teach; programs venv/bin" || true
  try "wheel: load, ask, train, save, ask" as_user 'mkdir wheel; cd wheel; ../venv/bin/python - << END
import mini_bert
model = mini_bert.load("../shipped/models/mini-bert-zh")
answer = lambda: model.fill_mask("$question", top_k=1)[0]["token_str"]
assert answer() == "亮", answer()
model.train("../shipped/data/zhugetao/train.json", epochs=20, learning_rate=5e-4, warmup_ratio=0.1)
assert answer() == "涛", answer()
model.save("out")
END
    first_answer_is 涛 ../venv/bin/mini_bert_predict fill-mask --model out $question' || true
}

try_npm() {
  has 'mini-bert-*.tgz' || return 0
  try "npm: apt install nodejs" install_packages nodejs || return 0
  try "npm: unpacked into node_modules, load, ask, train, save, ask" as_user 'mkdir -p node/node_modules/mini-bert; cd node
    tar -xf ../dist/mini-bert-*.tgz -C node_modules/mini-bert --strip-components=1
    cat > demo.mjs << END
import { load } from "mini-bert";
const model = await load("../shipped/models/mini-bert-zh");
const answer = async asked => (await asked.fillMask("$question", { top_k: 1 }))[0].token_str;
if (await answer(model) !== "亮") throw new Error("before: " + await answer(model));
await model.train("../shipped/data/zhugetao/train.json", { epochs: 20, learning_rate: 5e-4, warmup_ratio: 0.1 });
await model.save("out");
const again = await load("out");
if (await answer(again) !== "涛") throw new Error("after: " + await answer(again));
process.exit(0);
END
    node --version; node demo.mjs' || true
}

try_site() {
  has 'mini_bert-*-playground.zip' || return 0
  try "site: apt install python3" install_packages python3 || return 0
  try "site: unpacked and served by python3 -m http.server" as_user 'mkdir site; cd site
    python3 -m zipfile -e ../dist/mini_bert-*-playground.zip .; cd mini_bert-*
    python3 -m http.server --bind 127.0.0.1 8000 > /dev/null 2>&1 & sleep 3
    cd ~/site/mini_bert-*; python3 - << END
import os, urllib.request
for folder, _, names in os.walk("."):
    for name in names:
        path = os.path.join(folder, name)
        body = urllib.request.urlopen("http://127.0.0.1:8000/" + path).read()
        assert body == open(path, "rb").read(), path
END
    ls; test -s index.html' || true
}

for release in "$@"; do
  root=$roots/try-$release
  log=$roots/try-$release.log
  make_root "$release" "$roots/clean-$release" "$mirror" "$keyring"
  rm -rf --one-file-system "$root"
  cp -a "$roots/clean-$release" "$root"
  : > "$log"
  in_root "$root" / 'useradd --create-home --shell /bin/bash user'
  mkdir "$root/home/user/shipped"
  cp -r "$dist" "$root/home/user/dist"
  cp -r models data "$root/home/user/shipped/"
  try "the checksums are right" as_user 'cd dist; sha256sum -c SHA256SUMS' || true
  for part in deb tarball wheel npm site; do "try_$part"; done
  rm -rf --one-file-system "$root"
done
printf '\n%d tries passed, %d failed' "$passed" "$failed"
((${#absent[@]} == 0)) || printf '; not tried, because %s lacks them: %s' "$dist" "$(printf '%s\n' "${absent[@]}" | sort -u | paste -sd ' ')"
printf '\n'
((failed == 0))
