#!/usr/bin/env bash
# Fails when an object file that is compiled for one instruction set has a function that the linker may merge with those
# of other object files (a weak symbol of nm). The program would then run it on CPUs that lack the instructions. A
# template whose argument is a register type has a copy for each set instead.
#
#   scripts/check_sets.sh BUILD_FOLDER
set -euo pipefail

objects=()
while IFS= read -r -d '' object; do
  objects+=("$object")
done < <(find "${1:?the folder of a build}/mini_bert/tensor" \( -name 'avx*.o' -o -name 'neon*.o' \) -path '*/simd/*' -print0)
((${#objects[@]} > 0)) || { echo "$1 has no object files of instruction sets" >&2; exit 2; }

bad=0
for object in "${objects[@]}"; do
  if merged=$(nm -C --defined-only "$object" | grep -E ' W '); then
    printf '%s: the linker may merge\n%s\n' "$object" "$merged" >&2
    bad=1
  fi
done
((bad == 0)) || exit 1
echo "sets: ok (${#objects[@]} object files)"
