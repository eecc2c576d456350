#!/usr/bin/env python3
"""Measures how well models know texts, in bits per character: less is better.

    bits_per_character.py --bin build/release/bin --file held_out.txt [--file …] MODEL [MODEL …]

Each token of a line is masked in turn, and the model guesses it from the others (mini_bert_predict score). A line costs
-Σ log₂ p(token) bits; the sum over all lines is divided by their characters. So models with different vocabularies can be
compared. A line with a character that one of the models does not know is left out for all of them.
"""

import argparse
import json
import math
import pathlib
import subprocess


def known(model):
    return set("".join((model / "vocab.txt").read_text(encoding="utf-8").split()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    parser.add_argument("--bin", type=pathlib.Path, default="build/release/bin", help="where mini_bert_predict is")
    parser.add_argument("--file", action="append", type=pathlib.Path, required=True, help="texts, one a line; repeatable")
    options = parser.parse_args()
    characters = set.intersection(*map(known, options.models))
    for file in options.file:
        lines = [line for line in file.read_text(encoding="utf-8").splitlines()
                 if set(line.lower()) - {" "} <= characters and len(line) < 250]
        length = sum(map(len, lines))
        for model in options.models:
            answers = subprocess.run([options.bin / "mini_bert_predict", "score", "--json", "--model", model],
                                     input="\n".join(lines), text=True, stdout=subprocess.PIPE, check=True).stdout
            bits = -sum(json.loads(answer)["score"] for answer in answers.splitlines()) / math.log(2)
            print(f"{file.stem:24} {len(lines):6} lines {length:8} characters {bits / length:8.3f} bits per character  {model}")


if __name__ == "__main__":
    main()
