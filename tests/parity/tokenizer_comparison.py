"""Runs mini_bert_tokenize and the package on the same texts and counts where they differ."""

import collections
import json
import random
import sys

from parity_testing import run_json


def ask(program, directory, flags, lines):
    """The program's JSON lines for JSON input lines."""
    text = "".join(json.dumps(line) + "\n" for line in lines) if "--from-json" in flags else "".join(lines)
    answers = run_json(program, "--model", directory, "--json", *flags, input=text)
    if len(answers) != len(lines):
        sys.exit("the program answered %d of %d lines" % (len(answers), len(lines)))
    return answers


def with_overflow(fields, windows):
    """Only the first level: inside each window the package repeats windows that stand beside it."""
    return dict(fields, overflow=list(windows))


def theirs(encoding):
    return {
        "ids": encoding.ids,
        "type_ids": encoding.type_ids,
        "offsets": [list(pair) for pair in encoding.offsets],
        "word_ids": [-1 if word is None else word for word in encoding.word_ids],
    }


def ours(answer):
    return {name: answer[name] for name in ("ids", "type_ids", "offsets", "word_ids")}


class Report:
    def __init__(self):
        self.compared = collections.Counter()
        self.different = collections.Counter()

    def count(self, name, text, mine, other):
        self.compared[name] += 1
        if mine == other:
            return
        self.different[name] += 1
        if self.different[name] <= 5:
            print("DIFFERENT %s: %r" % (name, text))
            print("  mini_bert  %s" % json.dumps(mine)[:600])
            print("  tokenizers %s" % json.dumps(other)[:600])

    def print(self):
        for name, count in self.compared.items():
            print("%-40s %9d compared, %d different" % (name, count, self.different[name]))
        print("%-40s %9d compared, %d different" % ("total", sum(self.compared.values()), sum(self.different.values())))


def compare(report, program, directory, backend, name, texts, flags=()):
    """Encodes texts (strings or pairs) with both and compares every field; batches keep memory small."""
    texts = list(texts)
    for start in range(0, len(texts), 5000):
        batch = texts[start : start + 5000]
        answers = ask(program, directory, ["--from-json", *flags], batch)
        others = backend.encode_batch([tuple(t) if isinstance(t, list) else t for t in batch], add_special_tokens=True)
        for text, answer, other in zip(batch, answers, others):
            mine = with_overflow(ours(answer), map(ours, answer.get("overflow", [])))
            report.count(name, text, mine, with_overflow(theirs(other), map(theirs, other.overflowing)))


def compare_decoding(report, program, directory, backend, name, id_lists):
    for skip in (True, False):
        lines = [" ".join(map(str, ids)) + "\n" for ids in id_lists]
        answers = ask(program, directory, ["--decode", "--skip-special=%s" % ("true" if skip else "false")], lines)
        for ids, answer in zip(id_lists, answers):
            report.count(name, ids, answer, backend.decode(ids, skip_special_tokens=skip))


def truncations(draw):
    for _ in range(200):
        strategy = draw.choice(["longest_first", "only_first", "only_second"])
        stride = draw.choice([0, 0, 1, 2])
        yield strategy, draw.randint(stride + 5, 24), stride, draw.choice(["left", "right"])


def compare_truncation(report, program, directory, backend, texts, seed):
    """Random settings over pairs whose texts are long enough for every strategy."""
    draw = random.Random(seed)
    long_enough = [t for t in texts if 30 <= len(t) <= 120 and "\n" not in t][:400] or ["hello world " * 6] * 50
    for strategy, length, stride, side in truncations(draw):
        pairs = []
        for _ in range(10):
            first, second = draw.choice(long_enough), draw.choice(long_enough)
            if strategy == "only_first":
                second = second[:2]
            if strategy == "only_second":
                first = first[:2]
            pairs.append([first, second] if strategy != "longest_first" or draw.random() < 0.7 else first)
        backend.enable_truncation(length, stride=stride, strategy=strategy, direction=side)
        flags = ["--truncation", strategy, "--max-length", str(length), "--stride", str(stride), "--side", side]
        kept = []
        for pair in pairs:  # leave out what the package refuses: errors are the unit tests' business
            try:
                backend.encode(*pair) if isinstance(pair, list) else backend.encode(pair)
                kept.append(pair)
            except BaseException:
                pass
        compare(report, program, directory, backend, "truncation", kept, flags)
    backend.no_truncation()
