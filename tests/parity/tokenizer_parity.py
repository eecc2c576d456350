#!/usr/bin/env python3
"""Holds mini_bert_tokenize against the installed `tokenizers` and `transformers`, text by text.

    tokenizer_parity.py --program build/bin/mini_bert_tokenize [--vocab NAME=vocab.txt ...] [--random N] [CORPUS ...]

Compared: ids, type ids, offsets (code points), word ids, overflow windows, decoded text. Without --vocab it makes a
vocabulary of its own; besides the corpora it tries every Unicode code point alone and between letters, and random mixes
of characters that have made tokenizers disagree. The first differences are printed; the exit code is 1 if there are any.

With --trainer build/bin/mini_bert_vocab the vocabulary trainer is compared too.
"""

import argparse
import collections
import json
import os
import random
import subprocess
import sys
import tempfile

os.environ["RUST_BACKTRACE"] = "0"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import tokenizers
import transformers
from tokenizers import BertWordPieceTokenizer

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def generated_vocabulary():
    """Letters, syllables, digits, punctuation and some scripts, enough for every branch."""
    tokens = SPECIALS + ["[unused%d]" % i for i in range(1, 10)] + ["##"]
    letters = [chr(c) for c in range(0x21, 0x7F)] + [chr(c) for c in range(0xA1, 0x250)]
    letters += [chr(c) for c in range(0x370, 0x530)] + [chr(c) for c in range(0x5D0, 0x5EB)]
    letters += [chr(c) for c in range(0x1100, 0x1200)] + [chr(c) for c in range(0x3040, 0x3100)]
    letters += [chr(c) for c in range(0x4E00, 0x9FA6, 3)] + [chr(c) for c in range(0x3000, 0x3020)]
    tokens += letters + ["##" + c for c in letters if c.isalpha()]
    tokens += [a + b for a in "bcdfghklmnprstw" for b in "aeiou"]
    tokens += ["##" + a + b for a in "bcdfghklmnprstw" for b in "aeiou"] + ["hello", "world", "##ing", "un", "##aff"]
    return list(dict.fromkeys(tokens))


def code_points():
    """Every code point that can stand in a text, alone and between letters, 32 of them to a text."""
    all_of_them = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    for start in range(0, len(all_of_them), 32):
        yield " ".join("%s a%sb" % (c, c) for c in all_of_them[start : start + 32])


STRANGE = (
    ["\t", "\r", "\n", "\x00", "\x0b", "\x85", "\u00a0", "\u00ad", "\u200b", "\u200d", "\u2028", "\u2029", "\u3000", "\ufeff"]
    + ["\ufffd", "\U000e0001", "\ue000", "\u0301", "\u0323", "\u0345", "\u302e", "\U0001d165", "\u05b0", "\u0f71", "\u0f74"]
    + ["\u0130", "\u01c5", "\u1e9e", "\u03a3", "\u0390", "\ufb03", "\u212b", "\u2126", "\uac00", "\ud55c", "\u1100\u1161"]
    + ["[MASK]", "[SEP]", "[CLS]", "[UNK]", "[PAD]", "[mask]", "[", "]", "##", "##a", "x" * 99, "x" * 101, "\u00e9" * 100]
    + ["\u54e6", "\u6211", "\uf900", "\U00020000", "\U0002b81f", "\U0002b820", "\U0002b920", "\U0002f800", "\u3042", "\u30ab"]
    + ["hello", "World", "un", "don't", "do not", "'", "n't", "$", "+", "^", "`", "\u3002", "\uff0c", "\u2014", "\u166d"]
    + [" ", " ", " ", "  ", "a", "B", "\u00e9", "\u1ea4", "7", "\u0661", "\U0001f600", "\u2460", "\u24b6", "\u0904", "\u093f"]
)


def random_texts(count, seed):
    draw = random.Random(seed)
    for _ in range(count):
        parts = []
        for _ in range(draw.randint(0, 12)):
            kind = draw.random()
            if kind < 0.7:
                parts.append(draw.choice(STRANGE))
            elif kind < 0.85:
                parts.append(chr(draw.choice([draw.randrange(0x20, 0x250), draw.randrange(0x300, 0x3000)])))
            else:
                c = draw.randrange(0x110000)
                parts.append(chr(c) if not 0xD800 <= c < 0xE000 else "?")
        yield "".join(parts)


def run(program, directory, flags, lines):
    """The program's JSON lines for JSON input lines."""
    text = "".join(json.dumps(line) + "\n" for line in lines) if "--from-json" in flags else "".join(lines)
    result = subprocess.run(
        [program, "--model", directory, "--json"] + flags, input=text.encode("utf-8"), stdout=subprocess.PIPE, check=True
    )
    answers = [json.loads(line) for line in result.stdout.decode("utf-8").split("\n") if line]
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
        answers = run(program, directory, ["--from-json", *flags], batch)
        others = backend.encode_batch([tuple(t) if isinstance(t, list) else t for t in batch], add_special_tokens=True)
        for text, answer, other in zip(batch, answers, others):
            mine = with_overflow(ours(answer), map(ours, answer.get("overflow", [])))
            report.count(name, text, mine, with_overflow(theirs(other), map(theirs, other.overflowing)))


def compare_decoding(report, program, directory, backend, name, id_lists):
    for skip in (True, False):
        lines = [" ".join(map(str, ids)) + "\n" for ids in id_lists]
        answers = run(program, directory, ["--decode", "--skip-special=%s" % ("true" if skip else "false")], lines)
        for ids, answer in zip(id_lists, answers):
            report.count(name, ids, answer, backend.decode(ids, skip_special_tokens=skip))


def truncations(draw):
    for _ in range(60):
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


def model_directories(root, vocabularies):
    """A directory per vocabulary and setting, as vocab.txt + config and as tokenizer.json, with the package's reader."""
    settings = {"default": {}, "cased": {"do_lower_case": False}, "lower, accents": {"strip_accents": False}}
    settings["cased, no accents"] = {"do_lower_case": False, "strip_accents": True}
    settings["no chinese"] = {"tokenize_chinese_chars": False}
    for name, tokens in vocabularies.items():
        for setting, config in settings.items():
            directory = os.path.join(root, name + "-" + setting.replace(" ", "").replace(",", "-"))
            os.makedirs(directory)
            with open(os.path.join(directory, "vocab.txt"), "w", encoding="utf-8", newline="") as file:
                file.write("".join(token + "\n" for token in tokens))
            with open(os.path.join(directory, "tokenizer_config.json"), "w") as file:
                json.dump(dict(config, tokenizer_class="BertTokenizer"), file)
            loaded = transformers.BertTokenizerFast.from_pretrained(directory)
            yield name, setting, directory, loaded


def add_tokens(directory, loaded):
    """A copy of the tokenizer with added tokens of every kind, saved as tokenizer.json."""
    flags = ["lstrip", "rstrip", "single_word"]
    contents = ["lamp", "foo bar", "\u8bf8\u845b\u6d9b", "\u00c9t\u00e9", "<x>", "zz top", "q", "\u2460x"]
    for i, content in enumerate(contents):
        options = {flag: bool(i >> k & 1) for k, flag in enumerate(flags)}
        loaded.add_tokens([tokenizers.AddedToken(content, normalized=i % 2 == 0, **options)])
    loaded.add_special_tokens({"additional_special_tokens": [tokenizers.AddedToken("<sp>", lstrip=True, rstrip=True)]})
    target = directory + "-added"
    loaded.save_pretrained(target)
    return target, transformers.BertTokenizerFast.from_pretrained(target), contents + ["<sp>", "\u8bf8", "\u845b", "lam"]


def added_texts(contents, count, seed):
    draw = random.Random(seed)
    pieces = contents + [" ", " ", "\t", "a", "ps", "\u00e9", "_", ".", "\u3000", "[MASK]", "foo", "bar", "zz", "\u4e0b"]
    for _ in range(count):
        yield "".join(draw.choice(pieces) for _ in range(draw.randint(1, 10)))


def compare_trainer(program, corpora):
    """Trains on the same lines with both. Equal counts may be broken differently, so sets are compared."""
    lines = []
    for path in corpora:
        with open(path, encoding="utf-8", newline="\n") as file:
            lines += [line.rstrip("\n") for line in file][:20000]
    if not lines:
        # Zipf-like words: the counts of pairs are far apart, so few ties.
        draw = random.Random(5)
        words = ["".join(draw.choice("abcdefghijklmnop") for _ in range(draw.randint(1, 9))) for _ in range(3000)]
        lines = [" ".join(words[int(len(words) * draw.random() ** 4)] for _ in range(20)) for _ in range(3000)]
    worst = 1.0
    with tempfile.TemporaryDirectory() as root:
        path = os.path.join(root, "lines.txt")
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write("".join(line + "\n" for line in lines))
        for size, frequency, alphabet in [(500, 2, 1000), (2000, 2, 1000), (3000, 20, 300), (8000, 2, 6000)]:
            subprocess.run(
                [program, "--size", str(size), "--min-frequency", str(frequency), "--limit-alphabet", str(alphabet)]
                + ["--output", root, path], check=True, stdout=subprocess.DEVNULL,
            )
            with open(os.path.join(root, "vocab.txt"), encoding="utf-8", newline="\n") as file:
                mine = file.read().split("\n")[:-1]
            other = BertWordPieceTokenizer()
            other.train([path], vocab_size=size, min_frequency=frequency, limit_alphabet=alphabet, show_progress=False)
            vocabulary = other.get_vocab()
            common = len(set(mine) & set(vocabulary)) / max(len(mine), len(vocabulary))
            worst = min(worst, common)
            ordered = sorted(vocabulary, key=vocabulary.get)
            same = next((i for i, (a, b) in enumerate(zip(mine, ordered)) if a != b), min(len(mine), len(ordered)))
            print("trainer: size %d, min_frequency %d, limit_alphabet %d: %d and %d tokens, %.2f %% common, first %d in"
                  " the same order" % (size, frequency, alphabet, len(mine), len(vocabulary), 100 * common, same))
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="mini_bert_tokenize")
    parser.add_argument("--trainer", help="mini_bert_vocab")
    parser.add_argument("--vocab", action="append", default=[], metavar="NAME=FILE")
    parser.add_argument("--random", type=int, default=20000, help="random texts per vocabulary")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("corpora", nargs="*")
    options = parser.parse_args()

    vocabularies = {}
    for item in options.vocab:
        name, path = item.split("=", 1)
        with open(path, encoding="utf-8", newline="\n") as file:
            vocabularies[name] = [line.rstrip("\r\n") for line in file]
    vocabularies = vocabularies or {"generated": generated_vocabulary()}
    lines = []
    for path in options.corpora:
        with open(path, encoding="utf-8", newline="\n") as file:
            lines += [line.rstrip("\n") for line in file]

    print("tokenizers %s, transformers %s" % (tokenizers.__version__, transformers.__version__))
    report = Report()
    with tempfile.TemporaryDirectory() as root:
        for name, setting, directory, loaded in model_directories(root, vocabularies):
            backend = loaded.backend_tokenizer
            backend.no_truncation()
            where = "%s, %s: " % (name, setting)
            check = lambda what, texts: compare(report, options.program, directory, backend, where + what, texts)
            check("random mixes", random_texts(options.random, options.seed))
            if setting in ("default", "cased"):
                check("code points", code_points())
                check("corpora", lines)
            if setting == "default":
                check("pairs", [list(pair) for pair in zip(random_texts(2000, 7), random_texts(2000, 8))])
                sample = lines or [t * 4 for t in random_texts(400, 9)]
                compare_truncation(report, options.program, directory, backend, sample, options.seed)
                draw = random.Random(options.seed)
                # The package cuts white space off the ends of vocabulary lines; no text ever becomes those tokens.
                known = [i for i, token in enumerate(vocabularies[name]) if token == token.rstrip() and token]
                lists = [[draw.choice(known) for _ in range(draw.randint(0, 30))] for _ in range(3000)]
                lists += [backend.encode(text).ids for text in (lines or list(random_texts(3000, 10)))[:3000]]
                compare_decoding(report, options.program, directory, backend, where + "decoding", lists)
                target, reloaded, contents = add_tokens(directory, loaded)
                texts = list(added_texts(contents, 5000, options.seed))
                compare(report, options.program, target, reloaded.backend_tokenizer, where + "added tokens", texts)
    if options.trainer:
        worst = compare_trainer(options.trainer, options.corpora)
        report.count("trainer: at least 99 % in common", worst, worst >= 0.99, True)
    report.print()
    return 1 if sum(report.different.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
