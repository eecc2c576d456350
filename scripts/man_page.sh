#!/usr/bin/env bash
# Writes the manual page of a program, which help2man makes of what --help and --version say.
#
#   scripts/man_page.sh PROGRAM PAGE.1.gz
set -euo pipefail

program=$(realpath -s "${1:?the path of a program is missing}")
name=${program##*/}
page=${2:?the name of the page is missing}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C.UTF-8

# --help begins with examples, up to an empty line, and says what the program is for before "Usage:". help2man would
# leave both out.
"$program" --help > "$scratch/help"
description=$(sed '1,/^$/d; /^Usage:/,$d' "$scratch/help")
{
  printf '[NAME]\n%s \\- %s\n' "$name" "$(paste -sd ' ' <<< "$description" | sed -E 's/[.]( .*)?$//; s/^./\l&/')"
  printf '[DESCRIPTION]\n%s\n' "$description"
  printf '[EXAMPLES]\n.nf\n'
  sed -n '2,/^$/p' "$scratch/help" | sed 's/\\/\\e/g'
  printf '.fi\n'
} > "$scratch/include"

# Descriptions begin in column 31, one space behind a flag of 29 letters. help2man asks for two.
cat > "$scratch/$name" << END
#!/bin/sh
[ "\$1" != --help ] || exec sed -nE '/^Usage:/,\$ { s/^(  -.{25}[^ ]) ([^ ])/\1  \2/; p }' '$scratch/help'
exec '$program' "\$@"
END
chmod +x "$scratch/$name"
help2man --locale=C.UTF-8 --no-info --section 1 --include "$scratch/include" "$scratch/$name" | gzip -9n > "$page"
