#!/usr/bin/env python3
"""Turns plain texts into samples for pre-training, one a line, made of whole sentences.

    prepare_corpora.py TABLE OUTPUT --corpora FOLDER [--corpora FOLDER ...] [--guard guard.jsonl] [--hold-out 200]

TABLE is corpora.tsv: which file NAME.txt of the folders weighs how much, and what a line of it is. OUTPUT/train.txt gets
every sample about as often as its file weighs (2.5: twice, and half of the samples once more; 0.2: a fifth of the
samples, once). OUTPUT/held_out/NAME.txt gets every 200th sample of a file; train.txt lacks it. --guard leaves out of
train.txt what holds one of its questions word for word. The same input gives the same output.

This is the recipe of the shipped model. Nothing that builds, fine-tunes or runs a model needs it.
"""

import argparse
import csv
import html
import json
import pathlib
import random
import re
import sys
import unicodedata

# The longest sample of a document is drawn from these, so that the model reads short texts often and still knows all of
# its positions.
LONGEST = [40, 40, 64, 96, 96, 250]

SHORTEST = 5  # characters; less than this teaches nothing
HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
SENTENCE = re.compile(rf"(?:.*?(?:[。！？；…]+|(?<={HAN})[.!?;](?=\s|$)|(?<={HAN})[!?]+)[”’」』）)》〉]*|.+$)", re.S)
CLAUSE = re.compile(r".*?[，、：,:]+[”’」』）)》]*|.+$", re.S)
HEADING = re.compile(r"^第[0-9一二三四五六七八九十百零〇]+[回章] *")
# What scrapers and converters left in the text: dates of replies, footers, section numbers, addresses, watermarks.
BOILERPLATE = re.compile(r"^(宾馆反馈|酒店反馈|补充点评)\s*[0-9]{4}年[0-9]+月[0-9]+日\s*[：:]\s*|"
                         r"^本页面中文版由.*提供。?$|^\[[0-9]+\]\s*|^[0-9]+(\.[0-9]+)+\.?\s|https?://\S+|www\.\S+|"
                         r"^[（(]?本章完[）)]?$|[wｗ]\s?[wｗ]\s?[wｗ].{0,30}小\W*说\W*天\W*堂\W*", re.IGNORECASE)


def clean(line):
    """One line as running text: no control characters, no spaces between Han characters, no rows of marks."""
    line = unicodedata.normalize("NFC", html.unescape(line).replace("\u3000", " ").replace("\ufeff", ""))
    line = "".join(" " if c.isspace() else c for c in line if c.isspace() or unicodedata.category(c)[0] != "C")
    line = BOILERPLATE.sub("", line.strip())
    line = re.sub(r" +", " ", line)
    line = re.sub(rf"(?<=[\u3000-\u303f\uff00-\uffef“”‘’…—]) | (?=[\u3000-\u303f\uff00-\uffef“”‘’…—])", "", line)
    line = re.sub(rf"(?<={HAN}) (?={HAN})", "", line)
    line = re.sub(r"（\s*）|\(\s*\)|（[，；、\s]+(?=）)", "", line)
    line = re.sub(r"([^\w\s])\1{2,}", r"\1", line)  # "！！！！" -> "！"; "……" stays
    return re.sub(r"([！？；])。", r"\1", line).strip()


def pieces(text, longest):
    """Sentences of text; one longer than a sample is cut at its commas, and a clause longer than that wherever it must."""
    for sentence in SENTENCE.findall(text):
        if "□" in sentence:  # a character lost from the old print
            continue
        if len(sentence) <= longest:
            yield sentence
            continue
        held = ""
        for clause in CLAUSE.findall(sentence):
            if held and len(held) + len(clause) > longest:
                yield held
                held = ""
            while len(clause) > longest:
                yield clause[:longest]
                clause = clause[longest:]
            held += clause
        if held:
            yield held


def pack(text, longest):
    """Neighbouring pieces together, into samples of about the same length, none longer than longest."""
    parts = list(pieces(text, longest))
    total = sum(map(len, parts))
    aim = total / max(1, -(-total // longest))
    sample = ""
    for part in parts:
        if sample and (len(sample) + len(part) > longest or len(sample) + len(part) / 2 > aim):
            yield sample
            sample = ""
        sample += part
    if sample:
        yield sample


def is_heading(line):
    return bool(HEADING.match(line)) or (len(line) < 30 and not re.search(r"[，。！？；：、,.!?;:…”]", line))


def documents(unit, lines):
    """The texts that may be cut into samples on their own. unit says what a line is: "document" (a sentence, a poem, a
    review), "paragraph" (neighbours are joined; a heading or an empty line parts them), or "turn" (of a dialogue, which
    ends at an empty line)."""
    held = ""
    for line in lines:
        if unit == "document":
            yield line
        elif not line or is_heading(line) and unit == "paragraph":
            yield held
            held = ""
            yield HEADING.sub("", line) if len(line) > 12 else line
        else:
            # Latin words on both sides of a line break keep a space between them.
            held += " " + line if held and held[-1].isascii() and line[:1].isascii() else line
            if len(held) >= 1200:  # an arbitrary bound: cut where a paragraph ends
                yield held
                held = ""
    yield held


def is_chinese_prose(sample):
    """False for code, tables, other languages and text that was once decoded with the wrong character set."""
    solid = re.sub(r"\s", "", sample)
    han = re.findall(HAN, solid)
    if len(solid) < SHORTEST or len(han) < 4 or len(han) < 0.5 * len(solid):
        return False
    if len(re.findall(rf"(?<={HAN})\?(?={HAN})", solid)) > 1:
        return False
    if re.search(rf"\ufffd|[\ue000-\uf8ff]|{HAN}[Ａ-Ｚａ-ｚА-я]{HAN}", solid):
        return False
    # GB 2312 holds the 6763 characters of simplified text: such text leaves it rarely, garbage and traditional
    # characters all the time.
    rare = sum(1 for c in han if not in_gb2312(c))
    return rare <= 0.1 * len(han)


def in_gb2312(character):
    try:
        character.encode("gb2312")
        return True
    except UnicodeEncodeError:
        return False


def vary_ending(sample, random):
    """A quarter of the samples without their closing punctuation, an eighth cut off inside: people also ask about
    unfinished texts, and a model that only ever read whole sentences answers a blank at the end with a full stop."""
    choice = random.randrange(8)
    if choice < 2:
        return sample.rstrip("。！？；：，、”’》）…—") or sample
    if choice == 2 and len(sample) > 8:
        return sample[: random.randrange(6, len(sample))]
    return sample


def bare(text):
    """The letters and digits of text: two texts with the same ones differ in punctuation alone."""
    return re.sub(r"[\W_]", "", text)


def read_table(path, folders):
    """Name, file, weight and unit of each corpus of the table."""
    corpora = []
    with open(path, encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found = [folder / (row["name"] + ".txt") for folder in folders if (folder / (row["name"] + ".txt")).exists()]
            if not found:
                sys.exit(f"{path}: {row['name']}.txt is in none of the folders")
            if row["a line is"] not in ("document", "paragraph", "turn"):
                sys.exit(f"{path}: {row['name']}: a line is a document, a paragraph or a turn, not {row['a line is']}")
            corpora.append((row["name"], found[0], float(row["weight"]), row["a line is"]))
    return corpora


def samples_of(file, unit, seen, draw):
    """The samples of one file that are Chinese prose and that no earlier text had."""
    lines = map(clean, file.read_text(encoding="utf-8", errors="replace").splitlines())
    for document in documents(unit, lines):
        for sample in map(str.strip, pack(document, draw.choice(LONGEST))):
            key = bare(sample)
            if is_chinese_prose(sample) and key not in seen:
                seen.add(key)
                yield sample


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=pathlib.Path, help="corpora.tsv: name, weight, what a line is")
    parser.add_argument("output", type=pathlib.Path, help="folder for train.txt and held_out/")
    parser.add_argument("--corpora", action="append", type=pathlib.Path, required=True, help="folder of NAME.txt, in UTF-8")
    parser.add_argument("--guard", type=pathlib.Path, help="questions that no sample may hold word for word")
    parser.add_argument("--hold-out", type=int, default=200, metavar="K",
                        help="every Kth sample of a file is held out (default %(default)s)")
    options = parser.parse_args()

    questions = []
    if options.guard:
        entries = map(json.loads, options.guard.read_text(encoding="utf-8").splitlines())
        questions = [bare(entry["text"].replace("[MASK]", entry["answer"])) for entry in entries]
    (options.output / "held_out").mkdir(parents=True, exist_ok=True)
    seen = set()
    draw = random.Random(0)
    print(f"{'corpus':26}{'samples':>9}{'characters':>12}{'times':>6}{'guard':>7}")
    total = 0
    with open(options.output / "train.txt", "w", encoding="utf-8") as train:
        for name, file, weight, unit in read_table(options.table, options.corpora):
            kept, held_out, asked = [], [], 0
            for number, sample in enumerate(samples_of(file, unit, seen, draw), 1):
                if any(question in bare(sample) for question in questions):
                    asked += 1
                else:
                    (held_out if number % options.hold_out == 0 else kept).append(sample)
            (options.output / "held_out" / (name + ".txt")).write_text("".join(line + "\n" for line in held_out), "utf-8")
            for sample in kept:
                for _ in range(int(weight + draw.random())):
                    train.write(vary_ending(sample, draw) + "\n")
            characters = sum(map(len, kept))
            total += characters * weight
            print(f"{name:26}{len(kept):9}{characters:12}{weight:6}{asked:7}")
    print(f"\ntrain.txt: about {total:.0f} characters")


if __name__ == "__main__":
    main()
