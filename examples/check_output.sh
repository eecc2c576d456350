#!/usr/bin/env bash
# Runs a program and fails when it fails or prints anything but the text of a file.
#
#   examples/check_output.sh EXPECTED PROGRAM [ARGUMENT …]
set -euo pipefail

expected=$1
shift
printed=$("$@")
diff -u --label "$expected" --label "printed by $1" "$expected" <(printf '%s\n' "$printed")
