#!/bin/bash
# Runs libFuzzer on every reader of tests/fuzz, with AddressSanitizer and UndefinedBehaviorSanitizer, and prints a table.
#   scripts/fuzz.sh [SECONDS [READER…]]     SECONDS in all, shared equally (60); READER: only these
# The corpus grows in build/fuzz/corpus. An input that crashes a reader becomes build/fuzz/crashes/READER/crash-…; mend
# the reader and put the input into tests/fuzz/crashes/READER, where the test `readers` reads it. Exit code 1: a crash.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target fuzz >/dev/null
fuzz=build/fuzz/bin/fuzz
corpus=build/fuzz/corpus
crashes=build/fuzz/crashes
$fuzz --write-seeds=$corpus
if (($# > 0)); then readers=("$@"); else mapfile -t readers < <($fuzz --list); fi
each=$((seconds / ${#readers[@]}))
each=$((each > 0 ? each : 1))
export ASAN_OPTIONS=quarantine_size_mb=16
failed=0
printf '%-18s %12s %10s %8s %8s\n' reader executions 'per second' inputs crashes
for reader in "${readers[@]}"; do
  mkdir -p "$crashes/$reader"
  inputs=("$corpus/$reader")
  [[ ! -d tests/fuzz/crashes/$reader ]] || inputs+=("tests/fuzz/crashes/$reader")
  log=$crashes/$reader.log
  began=$(date +%s%N)
  # An input may take 10 s and 1 GB. Inputs stay below 64 kB, and leaks are looked for by the test `readers`, which the
  # sanitizers run too: both keep the executions fast.
  $fuzz "--reader=$reader" -detect_leaks=0 -max_total_time=$each -timeout=10 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 \
    "-artifact_prefix=$crashes/$reader/" "${inputs[@]}" >"$log" 2>&1 || true
  milliseconds=$((($(date +%s%N) - began) / 1000000))
  count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
  crashed=$(find "$crashes/$reader" -type f | wc -l)
  printf '%-18s %12d %10d %8d %8d\n' "$reader" "${count:-0}" $((${count:-0} * 1000 / (milliseconds + 1))) \
    "$(find "$corpus/$reader" -type f | wc -l)" "$crashed"
  # A run that ends without its count has crashed, even where no input could be kept.
  if ((crashed > 0)) || [[ -z $count ]]; then
    failed=1
    tail -n 25 "$log" >&2
  fi
done
exit $failed
