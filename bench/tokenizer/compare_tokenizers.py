#!/usr/bin/env python3
"""How many lines a second are encoded here and by the `tokenizers` package, on the same lines with the same threads.

    python bench/tokenizer/compare_tokenizers.py --program build/release/bin/bench_encode_batch \\
        --vocab chinese=vocab.txt [--vocab uncased=... --vocab cased=...] [--repeats 7] [--lines 40000] TEXT...

A vocabulary whose name is "cased" or "chinese" keeps upper case. Ids and offsets of every line are compared first; one
difference ends the run. Then ours and theirs take turns. Two kinds of work: "full" is encode_batch (ids, types,
attention mask, offsets in code points, tokens), "ids" is encode_batch_fast (no offsets). Python's share of theirs, a
list of objects, is part of their time: nobody gets the result without it. Medians; the spread is half the distance of
the quartiles. The table goes to the terminal, everything to bench/results/tokenizer.json.
"""

import argparse
import array
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "true"

import tokenizers
import transformers


class OurProgram:
    def __init__(self, program, model, text):
        self.process = subprocess.Popen(
            [program, model, text], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("%s ended on '%s'" % (self.process.args[0], command))
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def read_lines(paths, limit):
    """All lines, or `limit` of them in even distances."""
    lines = []
    for path in paths:
        with open(path, encoding="utf-8", newline="\n") as file:
            lines += [line.rstrip("\n") for line in file]
    if limit and len(lines) > limit:
        lines = [lines[i * len(lines) // limit] for i in range(limit)]
    return lines


def write_model(directory, vocabulary, lower):
    os.makedirs(directory)
    with open(vocabulary, "rb") as source, open(os.path.join(directory, "vocab.txt"), "wb") as target:
        target.write(source.read())
    with open(os.path.join(directory, "tokenizer_config.json"), "w") as file:
        json.dump({"do_lower_case": lower, "tokenizer_class": "BertTokenizer"}, file)


def check(ours, backend, lines, path):
    """Ends the program at the first line whose ids or offsets differ; returns the number of tokens."""
    ours.ask("write " + path)
    numbers = array.array("i")
    with open(path, "rb") as file:
        numbers.frombytes(file.read())
    at = tokens = 0
    for start in range(0, len(lines), 5000):
        for line, other in zip(lines[start : start + 5000], backend.encode_batch(lines[start : start + 5000])):
            count = numbers[at]
            ids = numbers[at + 1 : at + 1 + count].tolist()
            offsets = numbers[at + 1 + count : at + 1 + 3 * count].tolist()
            if ids != other.ids or offsets != [place for pair in other.offsets for place in pair]:
                sys.exit("different: %r" % line)
            at += 1 + 3 * count
            tokens += count
    return tokens


def timed(function, *arguments):
    start = time.perf_counter()
    result = function(*arguments)
    elapsed = time.perf_counter() - start
    del result
    return elapsed


def summary(seconds, lines):
    quartiles = statistics.quantiles(seconds, n=4)
    median = statistics.median(seconds)
    return {
        "seconds": seconds,
        "median": median,
        "spread": (quartiles[2] - quartiles[0]) / 2 / median,
        "lines_per_second": lines / median,
    }


def compare(options, name, vocabulary, lines, root):
    model = os.path.join(root, name)
    write_model(model, vocabulary, name not in ("cased", "chinese"))
    text = os.path.join(root, "lines.txt")
    with open(text, "w", encoding="utf-8", newline="") as file:
        file.write("".join(line + "\n" for line in lines))
    backend = transformers.BertTokenizerFast.from_pretrained(model).backend_tokenizer
    backend.no_truncation()
    ours = OurProgram(options.program, model, text)
    result = {"vocabulary": name, "lines": len(lines), "tokens": check(ours, backend, lines, os.path.join(root, "ids"))}
    for kind, theirs in [("full", backend.encode_batch), ("ids", backend.encode_batch_fast)]:
        mine, other = [], []
        for _ in range(options.repeats + 1):
            mine.append(float(ours.ask(kind)))
            other.append(timed(theirs, lines))
        del mine[0], other[0]  # the first round only warms up
        result[kind] = {"ours": summary(mine, len(lines)), "theirs": summary(other, len(lines))}
    loads = [float(ours.ask("load")) for _ in range(options.repeats)]
    result["load_milliseconds"] = 1000 * statistics.median(loads)
    ours.close()
    return result


def cpu():
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    return platform.processor()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="bench_encode_batch")
    parser.add_argument("--vocab", action="append", required=True, metavar="NAME=FILE")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--lines", type=int, default=40000, help="so many lines in even distances; 0: all")
    parser.add_argument("--output", default=os.path.join(os.path.dirname(__file__), "..", "results", "tokenizer.json"))
    parser.add_argument("texts", nargs="+")
    options = parser.parse_args()

    lines = read_lines(options.texts, options.lines)
    report = {
        "cpu": cpu(),
        "threads": len(os.sched_getaffinity(0)),
        "tokenizers": tokenizers.__version__,
        "transformers": transformers.__version__,
        "texts": [os.path.basename(path) for path in options.texts],
        "results": [],
    }
    print("%s, %d threads, tokenizers %s" % (report["cpu"], report["threads"], report["tokenizers"]))
    print("%-10s %-5s %9s %11s %16s %16s %7s" % ("vocabulary", "work", "lines", "tokens", "ours", "theirs", "ratio"))
    with tempfile.TemporaryDirectory() as root:
        for item in options.vocab:
            name, path = item.split("=", 1)
            result = compare(options, name, path, lines, root)
            report["results"].append(result)
            for kind in ("full", "ids"):
                rates = [result[kind][side] for side in ("ours", "theirs")]
                cells = ["%9.0f ±%4.1f%%" % (rate["lines_per_second"], 100 * rate["spread"]) for rate in rates]
                ratio = rates[0]["lines_per_second"] / rates[1]["lines_per_second"]
                print("%-10s %-5s %9d %11d %16s %16s %6.1fx" % (name, kind, len(lines), result["tokens"], *cells, ratio))
            print("%-10s load  %.1f ms" % (name, result["load_milliseconds"]))
    os.makedirs(os.path.dirname(options.output), exist_ok=True)
    with open(options.output, "w") as file:
        json.dump(report, file, indent=1)
        file.write("\n")
    print("written to " + os.path.normpath(options.output))


if __name__ == "__main__":
    main()
