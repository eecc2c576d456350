#!/bin/bash
# The long form of the tests that look for crashes, lost files and other bits: round after round, with other seeds each,
# and from the second round on with larger counts, until the time is up.
#   scripts/soak.sh [MINUTES [BUILD]]     60 minutes; BUILD: the folder of a build with tests (build/release)
# After each round, and at the end, build/soak/table.txt says what was done, how often, and how many faults were found.
# A fault leaves build/soak/faults/ROUND-NAME.log, whose first line is the command that repeats it. Exit code 1: a fault.
# Readers are fuzzed with libFuzzer as well where scripts/fuzz.sh has been built.
set -uo pipefail
cd "$(dirname "$0")/.."
minutes=${1:-60}
bin=${2:-build/release}/bin
out=build/soak
[[ -x $bin/apps_test ]] || { echo "soak.sh: $bin/apps_test is missing; build all tests first: scripts/test.sh" >&2; exit 1; }
rm -rf "$out"
mkdir -p "$out/faults"
end=$(($(date +%s) + minutes * 60))
export OMP_WAIT_POLICY=passive
declare -A calls checks faults
names=()
round=1

# Prints the table. A check is an assertion of a test, or an execution of a reader.
table() {
  printf '%-44s %8s %12s %8s\n' what calls checks faults
  local name
  for name in "${names[@]}"; do
    printf '%-44s %8d %12d %8d\n' "$name" "${calls[$name]}" "${checks[$name]}" "${faults[$name]}"
  done
}

# try NAME COMMAND…: runs a command and counts it. The command may begin with assignments, as for env.
try() {
  local name=$1 log status count
  shift
  (($(date +%s) < end)) || return 0
  if [[ -z ${calls[$name]:-} ]]; then
    names+=("$name")
    calls[$name]=0 checks[$name]=0 faults[$name]=0
  fi
  log=$out/log.txt
  printf 'env %s\n' "$(printf '%q ' "$@")" >"$log"
  timeout 3600 env "$@" >>"$log" 2>&1
  status=$?
  calls[$name]=$((calls[$name] + 1))
  count=$(sed -n -e 's/^All tests passed (\([0-9]*\) assertion.*/\1/p' -e 's/^assertions: *\([0-9]*\) .*/\1/p' \
    -e 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
  checks[$name]=$((checks[$name] + ${count:-0}))
  # A test that ran nothing shows nothing.
  if ((status != 0)) || [[ ${count:-0} -eq 0 ]]; then
    faults[$name]=$((faults[$name] + 1))
    cp "$log" "$out/faults/$round-${name// /_}.log"
    echo "fault: $name, $out/faults/$round-${name// /_}.log"
  fi
}

fuzz_next_reader() {
  local fuzz=build/fuzz/bin/fuzz readers reader
  [[ -x $fuzz ]] || return 0
  mapfile -t readers < <($fuzz --list)
  reader=${readers[$((round % ${#readers[@]}))]}
  mkdir -p build/fuzz/corpus/"$reader" "$out/faults/$reader"
  try "libFuzzer on a reader in turn" ASAN_OPTIONS=quarantine_size_mb=16 $fuzz "--reader=$reader" -detect_leaks=0 \
    -max_total_time=60 -timeout=10 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 \
    "-artifact_prefix=$out/faults/$reader/" build/fuzz/corpus/"$reader"
}

while (($(date +%s) < end)); do
  factor=$((round < 8 ? round : 8))
  soak=(MINI_BERT_SOAK_SEED=$((round * 1000)) MINI_BERT_SOAK_FACTOR=$factor)
  try "kill -9 at random times, every kind of run" "${soak[@]}" "$bin/apps_test" '[kills]'
  try "kill -9 before each call that changes files" "${soak[@]}" "$bin/apps_test" '[killed]'
  try "resumed runs of every kind" "${soak[@]}" "$bin/apps_test" '[kinds]'
  try "same bits: threads, precision, set, kept" "${soak[@]}" "$bin/apps_test" '[bits]'
  try "each call of a file fails" "${soak[@]}" "$bin/files_test" 'failing calls*'
  try "each call of a download fails" "${soak[@]}" "$bin/hub_test" 'failing calls*'
  try "memory that runs out" "${soak[@]}" "$bin/apps_test" 'failing malloc*'
  try "memory of a run of 5,000 updates" "${soak[0]}" MINI_BERT_SOAK_FACTOR=10 "$bin/bert_test" 'memory growth*'
  try "a full disk" "${soak[@]}" "$bin/apps_test" '[full_disk]'
  try "odd files, locked files, pipes, links" "${soak[@]}" "$bin/apps_test" '[odd_files]'
  try "readers on mutated bytes" "${soak[@]}" "$bin/readers_test"
  try "programs on mutated folders" "${soak[@]}" MINI_BERT_MUTATIONS=$((2000 * factor)) "$bin/mutated_folders_test"
  try "weight files: mutated, cut, flipped" "${soak[@]}" "$bin/files_test" 'safetensors: *','torch: *','tensorflow: *'
  fuzz_next_reader
  try "a hub that lies" "${soak[@]}" "$bin/hub_test" 'lying server: whatever*'
  { echo "round $round, $((($(date +%s) - end + minutes * 60) / 60)) minutes"; table; } | tee "$out/table.txt"
  round=$((round + 1))
done
for name in "${names[@]}"; do ((faults[$name] == 0)) || exit 1; done
