#!/usr/bin/env bash
# Fails when a page (*.md) links to a file or a heading that does not exist, when a page of docs/ or the README names such
# a file in `code`, or when docs/README.md does not list a page of docs/.
#
#   scripts/check_links.sh [ROOT]
set -euo pipefail
cd "${1:-"$(dirname "${BASH_SOURCE[0]}")/.."}"
export LC_ALL=C.UTF-8

bad=0
complain() {
  echo "$1" >&2
  bad=1
}

# The page without fenced code.
prose() { awk '/^ *```/ { code = !code; next } !code' "$1"; }

# Anchors of a page's headings as GitHub makes them: lower case, no marks but - and _, spaces become -.
anchors() {
  prose "$1" | sed -nE 's/^#+ +//p' | sed -E 's/\[([^]]*)\]\([^)]*\)/\1/g; s/[^[:alnum:] _-]//g; s/.*/\L&/; s/ /-/g'
}

links=0
while IFS= read -r page; do
  folder=$(dirname "$page")
  while IFS= read -r target; do
    [[ $target =~ ^(https?:|mailto:) ]] && continue
    links=$((links + 1))
    path=${target%%#*}
    file=$page
    [[ -z $path ]] || file=$folder/$path
    if [[ ! -e $file ]]; then
      complain "$page: $target: there is no such file"
    elif [[ $target == *#* && $file == *.md ]] && ! anchors "$file" | grep -qxF -- "${target#*#}"; then
      complain "$page: $target: there is no such heading"
    fi
  done < <(prose "$page" | sed -zE 's/`[^`]*`//g' | { grep -oP '\]\(\K[^) ]+' || true; })

  [[ $page == ./docs/* || $page == ./README.md ]] || continue
  while IFS= read -r path; do
    [[ -e $path ]] || complain "$page: \`$path\`: there is no such file"
  done < <(prose "$page" |
    { grep -oP '`\K(mini_bert|apps|tests|bench|scripts|docs|examples|data|models|cmake)/[\w./-]+(?=`)' || true; })
done < <(find . \( -path ./build -o -path './.?*' \) -prune -o -name '*.md' -print | sort)

for page in docs/*.md; do
  name=$(basename "$page")
  [[ $name == README.md ]] || grep -qF "]($name)" docs/README.md || complain "docs/README.md does not list $name"
done

((bad == 0)) || exit 1
((links > 0)) || { echo "no links found in $PWD" >&2; exit 2; }
echo "links: $links ok"
