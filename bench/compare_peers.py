#!/usr/bin/env python3
"""Compares mini_bert with PyTorch, transformers, ONNX Runtime and OpenVINO doing the same work on this machine.

    python3 -m venv build/peers-venv && build/peers-venv/bin/pip install -r bench/peers/requirements.txt
    cmake --build --preset release --target bench_train_step bench_inference mini_bert_predict
    build/peers-venv/bin/python bench/compare_peers.py ROW …

Every side gets the same weights and the same batches. First their losses, gradient norms or scores are compared, and
nothing is timed when they differ; then the sides take turns, A B A B …, each in a process of its own. The table shows
medians and spread; the figures go to bench/results/ROW.json. Run it while nothing else runs.

    train-8, train-32  a training step of BERT base, 8 or 32 sentences of 128 random tokens
    train-real         the same on lines of --text (8 a batch, cut at 256 tokens)
    memory             peak memory of the step of train-32, one side after the other
    inference-1        one sentence of 16 tokens, one blank
    inference-1000     1,000 sentences of 5 to 64 tokens, one blank each
    start-shipped, start-base   from starting a program to its first answer: the shipped model, BERT base

Sides are named as bench/peers/sides.py says: --sides ours torch+compile torch+bf16.
--table prints what bench/results holds as Markdown.
"""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench" / "peers"))

import results
import rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", choices=[*rows.ROWS, []], help=", ".join(rows.ROWS))
    parser.add_argument("--sides", nargs="+", help="default: ours and the peer that was fastest in docs/performance.md")
    parser.add_argument("--rounds", type=int, help="turns of every side (default: as many as fit in about two minutes)")
    parser.add_argument("--alone", action="store_true", help="one side after the other, when memory is short")
    parser.add_argument("--patience", type=float, default=90, help="seconds after which a side that does not answer is left out")
    parser.add_argument("--avx2-alone", action="store_true", help="ours and torch without AVX-512; saved as ROW-avx2")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--text", nargs="+", type=Path, default=[], help="text files for train-real")
    parser.add_argument("--vocab", type=Path, help="vocab.txt of bert-base-chinese, for train-real")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "peers", help="weights and batches are kept here")
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "results")
    parser.add_argument("--name", help="of the JSON file (default: ROW)")
    parser.add_argument("--table", action="store_true", help="print the saved results as Markdown and end")
    options = parser.parse_args()
    if options.table:
        print(results.markdown(sorted(options.results.glob("*.json"))))
        return
    if not options.rows:
        parser.error("name at least one ROW, or --table")
    for row in options.rows:
        result = rows.run(row, options)
        results.print_table(result)
        name = options.name or (row + "-avx2" if options.avx2_alone else row)
        print("  -> " + str(results.save(options.results, name, result)))


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, OSError) as error:
        sys.exit(f"compare_peers.py: {error}")
