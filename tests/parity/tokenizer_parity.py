#!/usr/bin/env python3
"""Holds mini_bert_tokenize against the installed `tokenizers` and `transformers`, text by text.

    tokenizer_parity.py --program build/bin/mini_bert_tokenize [--trainer build/bin/mini_bert_vocab]
                        [--vocab NAME=vocab.txt ...] [--data DIRECTORY] [--random N] [CORPUS ...]

Compared: ids, type ids, offsets (code points), word ids, overflow windows, decoded text. Tried are every Unicode code
point alone and between letters, random mixes of characters that have made tokenizers disagree, pairs, truncations,
added tokens, tokenizer.json in every form, and the corpora. The first differences are printed; the exit code is 1 if
there are any.

--part K/N takes the K-th of every N vocabularies, so that several processes can share the work.

Vocabularies are those given with --vocab and those in DIRECTORY/vocab, corpora also those in DIRECTORY/corpora; without
any it makes vocabularies of its own, some by --trainer, and texts. With --trainer the vocabulary trainer is compared, too.
"""

import argparse
import glob
import os
import random
import sys
import tempfile

os.environ["RUST_BACKTRACE"] = "0"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import tokenizers
import transformers

from parity_testing import write_lines
from tokenizer_comparison import Report, ask, compare, compare_decoding, compare_truncation, ours, theirs
from tokenizer_directories import add_tokens, json_directories, vocabulary_directories, write_directory
from tokenizer_texts import (
    added_texts,
    code_points,
    combining_marks,
    generated_vocabulary,
    learned_vocabulary,
    prose,
    random_texts,
    read_lines,
    read_vocabulary,
)
from tokenizer_training import compare_trainer


def find_vocabularies(options, root):
    vocabularies = dict(item.split("=", 1) for item in options.vocab)
    if options.data:
        for path in sorted(glob.glob(os.path.join(options.data, "vocab", "*.txt"))):
            vocabularies[os.path.basename(path)[: -len(".txt")]] = path
    if vocabularies:
        return {name: read_vocabulary(path) for name, path in vocabularies.items()}
    made = {"generated": generated_vocabulary()}
    if options.trainer:
        lines, flags = os.path.join(root, "lines.txt"), ["--size", 3000, "--limit-alphabet", 2000]
        write_lines(lines, prose(5000, 3))
        for name, more in [("learned", []), ("learned cased", ["--cased"])]:
            directory = os.path.join(root, "made", name.replace(" ", "-"))
            made[name] = learned_vocabulary(options.trainer, lines, directory, *flags, *more)
    return made


def find_lines(options):
    """Lines of the corpora; of those in the data directory as many as --lines says, in even distances."""
    lines = read_lines(options.corpora)
    if options.data:
        found = read_lines(sorted(glob.glob(os.path.join(options.data, "corpora", "*.txt"))))
        step = max(1, len(found) // options.lines)
        lines += found[::step]
    return lines or list(prose(options.lines, options.seed))


def id_lists(tokens, backend, lines, seed):
    """Random ids and those of texts, for decoding."""
    draw = random.Random(seed)
    # The package cuts white space off the ends of vocabulary lines; no text ever becomes those tokens.
    known = [i for i, token in enumerate(tokens) if token == token.rstrip() and token]
    lists = [[draw.choice(known) for _ in range(draw.randint(0, 30))] for _ in range(3000)]
    return lists + [backend.encode(text).ids for text in lines[:3000]]


def check_vocabulary(report, options, root, name, tokens, lines):
    for setting, directory, loaded in vocabulary_directories(root, name, tokens):
        backend = loaded.backend_tokenizer
        backend.no_truncation()
        where = "%s, %s: " % (name, setting)
        check = lambda what, texts: compare(report, options.program, directory, backend, where + what, texts)
        check("random mixes", random_texts(options.random, options.seed))
        if setting in ("default", "cased"):
            check("code points", code_points())
            check("combining marks", combining_marks())
            check("corpora", lines)
        if setting == "default":
            check("pairs", [list(pair) for pair in zip(random_texts(2000, 7), random_texts(2000, 8))])
            compare_truncation(report, options.program, directory, backend, lines, options.seed)
            lists = id_lists(tokens, backend, lines, options.seed)
            compare_decoding(report, options.program, directory, backend, where + "decoding", lists)
            target, reloaded, contents = add_tokens(directory, loaded)
            texts = list(added_texts(contents, 5000, options.seed))
            compare(report, options.program, target, reloaded.backend_tokenizer, where + "added tokens", texts)


def check_json(report, options, root, name, tokens, lines):
    """Settings that only tokenizer.json has, some hundred lines for each."""
    for i, (setting, directory, backend) in enumerate(json_directories(root, name, tokens)):
        texts = list(random_texts(300, i)) + lines[i * 100 : (i + 1) * 100]
        compare(report, options.program, directory, backend, name + ", tokenizer.json: lines", texts)
        lists = id_lists(tokens, backend, lines, i)[::30]
        compare_decoding(report, options.program, directory, backend, name + ", tokenizer.json: decoding", lists)


def check_whole_extension_e(report, options, root, name, tokens):
    """With whole_cjk_extension_e the 256 code points the package leaves out are read as it reads the one after them."""
    directory = os.path.join(root, name + "-extension-e")
    write_directory(directory, tokens, {"whole_cjk_extension_e": True})
    backend = transformers.BertTokenizerFast.from_pretrained(directory).backend_tokenizer
    texts = ["%s a%sb" % (chr(c), chr(c)) for c in range(0x2B820, 0x2B920)]
    expected = theirs(backend.encode("%s a%sb" % (chr(0x2B920), chr(0x2B920))))
    for text, answer in zip(texts, ask(options.program, directory, ["--from-json"], texts)):
        report.count(name + ": whole extension E", text, ours(answer), expected)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="mini_bert_tokenize")
    parser.add_argument("--trainer", help="mini_bert_vocab")
    parser.add_argument("--vocab", action="append", default=[], metavar="NAME=FILE")
    parser.add_argument("--data", help="a directory with vocab/*.txt and corpora/*.txt")
    parser.add_argument("--random", type=int, default=20000, help="random texts per vocabulary and setting")
    parser.add_argument("--lines", type=int, default=20000, help="lines taken from DATA/corpora, or made up")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="1/1", metavar="K/N", help="take the K-th of every N vocabularies")
    parser.add_argument("corpora", nargs="*")
    options = parser.parse_args()

    print("tokenizers %s, transformers %s" % (tokenizers.__version__, transformers.__version__))
    part, parts = map(int, options.part.split("/"))
    report = Report()
    lines = find_lines(options)
    with tempfile.TemporaryDirectory() as root:
        for name, tokens in list(find_vocabularies(options, root).items())[part - 1 :: parts]:
            check_vocabulary(report, options, root, name, tokens, lines)
            check_json(report, options, root, name, tokens, lines)
            check_whole_extension_e(report, options, root, name, tokens)
    if options.trainer and part == 1:
        worst = compare_trainer(options.trainer, options.corpora)
        report.count("trainer: at least 99 % in common", worst, worst >= 0.99, True)
    report.print()
    return 1 if sum(report.different.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
