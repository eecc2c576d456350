#!/usr/bin/env python3
"""Compares which file counts where the files of a tokenizer disagree, with transformers' AutoTokenizer.

    python tests/parity/tokenizer_settings.py --program build/release/bin/mini_bert_tokenize [--share 0.2]

Writes folders with every combination of the settings that two files may give: case, accents, Chinese characters and
clean-up; [CLS] and [SEP]; [PAD]; decoders; the tokens that each file adds; lengths and sides; and lines of vocab.txt. Each folder is read
by both programs, and the ids of a few texts are compared. Where transformers gives a token another id than the file
says, mini_bert may refuse the folder.
"""

import argparse
import itertools
import json
import random
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import transformers
from parity_testing import SPECIALS, Comparison, ProgramError, run, run_json, silence_transformers
from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES
from transformers.models.auto.tokenization_auto import TOKENIZER_MAPPING_NAMES

VOCABULARY = [*SPECIALS, *"a b c ab AB A E e é É 中 国 中国 ##a ##b ##c ##国 @@a @@b @@c ##ab x y z < > [ ] m".split()]
IDS = {token: number for number, token in enumerate(VOCABULARY)}
NEXT = len(VOCABULARY)
TEXTS = ["AB é É中国 ab\u0007c abca", " <x> <y> <z> [MASK] [M] a<x>b", ["ab", "c É"], "a b c ab x y z a b"]
LONG = ["--truncation", "longest_first", "--max-length", "6"]
BERT, GENERAL = "BertTokenizer", "PreTrainedTokenizerFast"


def token(content, special=True, **more):
    return {"content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": not special,
            "special": special, **more}


def specials():
    return {str(IDS[name]): token(name) for name in SPECIALS}


def post_processor(kind):
    if kind == "none":
        return None
    if kind == "bert":
        return {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}
    part = lambda name, number: {"SpecialToken": {"id": name, "type_id": number}}
    text = lambda name, number: {"Sequence": {"id": name, "type_id": number}}
    entry = lambda name: {"id": name, "ids": [IDS[name]], "tokens": [name]}
    if kind == "bare":
        return {"type": "TemplateProcessing", "single": [text("A", 0)], "pair": [text("A", 0), text("B", 1)],
                "special_tokens": {}}
    first = [part("[CLS]", 0), text("A", 0), part("[SEP]", 0)]
    return {"type": "TemplateProcessing", "single": first, "pair": [*first, text("B", 1), part("[SEP]", 1)],
            "special_tokens": {"[CLS]": entry("[CLS]"), "[SEP]": entry("[SEP]")}}


def tokenizer_json(lowercase=True, strip_accents=None, chinese=True, clean=True, post="bert", characters=100,
                   prefix="##", unk="[UNK]", added=SPECIALS, more=(), truncation=None):
    return {
        "version": "1.0", "truncation": truncation, "padding": None,
        "added_tokens": [token(name, id=IDS[name]) for name in added] + list(more),
        "normalizer": {"type": "BertNormalizer", "clean_text": clean, "handle_chinese_chars": chinese,
                       "strip_accents": strip_accents, "lowercase": lowercase},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": post_processor(post),
        "decoder": {"type": "WordPiece", "prefix": prefix, "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": unk, "continuing_subword_prefix": prefix,
                  "max_input_chars_per_word": characters, "vocab": IDS},
    }


def given(**settings):
    """The settings that are not "absent"."""
    return {name: value for name, value in settings.items() if value != "absent"}


def folder(name, config=None, **files):
    """A folder: its name and the content of its files. Without `tokenizer`, it has vocab.txt."""
    content = {"config.json": files.pop("model", {"model_type": "bert"}), "tokenizer_config.json": config,
               "tokenizer.json": files.pop("tokenizer", None), "special_tokens_map.json": files.pop("map", None),
               "added_tokens.json": files.pop("added", None), "vocab.txt": files.pop("vocab", None)}
    if content["tokenizer.json"] is None and content["vocab.txt"] is None:
        content["vocab.txt"] = "".join(line + "\n" for line in VOCABULARY)
    return name, {file: value for file, value in content.items() if value is not None}


def normalizers():
    """Case, accents, Chinese characters and clean-up, said by tokenizer.json and by tokenizer_config.json."""
    of_json = itertools.product((True, False), (None, True, False), (True, False), (True, False))
    of_config = itertools.product(("absent", True, False), ("absent", None, True, False), ("absent", True, False))
    kinds = ("absent", BERT, GENERAL)
    for (lower, accents, chinese, clean), (c_lower, c_accents, c_chinese), kind in itertools.product(
        of_json, of_config, kinds
    ):
        config = given(tokenizer_class=kind, do_lower_case=c_lower, strip_accents=c_accents,
                       tokenize_chinese_chars=c_chinese)
        name = f"normalizer: json {lower} {accents} {chinese} {clean}, config {config}"
        yield folder(name, config, tokenizer=tokenizer_json(lower, accents, chinese, clean))
    for c_lower, c_accents, c_chinese in itertools.product(
        ("absent", True, False), ("absent", None, True, False), ("absent", True, False)
    ):
        config = given(do_lower_case=c_lower, strip_accents=c_accents, tokenize_chinese_chars=c_chinese)
        yield folder(f"vocab.txt: {config}", config)


def is_berts(model_type) -> bool:
    """Whether transformers gives a model of this type one of BERT's classes if no file names a class."""
    return TOKENIZER_MAPPING_NAMES.get(model_type) in ("BertTokenizer", "MobileBertTokenizer")


def classes():
    names = ["absent", "PreTrainedTokenizer", "TokenizersBackend"]
    for stem in ("Bert", "DistilBert", "Electra", "LayoutLM", "MobileBert", "SqueezeBert", "PreTrained"):
        names += [stem + "Tokenizer" + ending for ending in ("", "Fast")]
    odd = tokenizer_json(lowercase=False, post="none", characters=3, clean=False)
    for name, of_model, model in itertools.product(names, ("absent", BERT, GENERAL), (True, False)):
        model_config = {"model_type": "bert", **given(tokenizer_class=of_model)} if model else None
        for config in (given(tokenizer_class=name), None):
            if config is None and name != "absent":
                continue
            yield folder(f"class {name}, config.json {model_config}, {config}", config, tokenizer=odd,
                         model=model_config)
    others = ("roberta", "mpnet", "longformer")
    for kind in [kind for kind in TOKENIZER_MAPPING_NAMES if is_berts(kind)] + list(others):
        if kind in CONFIG_MAPPING_NAMES:
            for tokenizer in (odd, None):
                yield folder(f"model_type {kind} {tokenizer is None}", {}, tokenizer=tokenizer, model={"model_type": kind})


def models():
    """Fields of tokenizer.json that no other file repeats."""
    for kind, post, characters, prefix, unk in itertools.product(
        (BERT, GENERAL), ("bert", "template", "bare", "none"), (100, 3), ("##", "@@"), ("[UNK]", "m")
    ):
        config = {"tokenizer_class": kind, "unk_token": "[UNK]"}
        content = tokenizer_json(post=post, characters=characters, prefix=prefix, unk=unk)
        yield folder(f"model: {kind} {post} {characters} {prefix} {unk}", config, tokenizer=content)
    for kind, role, value in itertools.product(
        (BERT, GENERAL), ("unk_token", "cls_token", "sep_token", "pad_token", "mask_token"), ("m", "[M]")
    ):
        for added in (SPECIALS, []):
            yield folder(f"role: {kind} {role} {value} {len(added)}", {"tokenizer_class": kind, role: value},
                         tokenizer=tokenizer_json(added=added))
    for side, c_side, kind in itertools.product((None, "Left", "Right"), ("absent", "left", "right"), (BERT, GENERAL)):
        truncation = side and {"direction": side, "max_length": 4, "strategy": "LongestFirst", "stride": 0}
        config = given(tokenizer_class=kind, truncation_side=c_side)
        yield folder(f"side: {side} {config}", config, tokenizer=tokenizer_json(truncation=truncation))
    for kind, key, value in itertools.product(
        (BERT, GENERAL), ("split_special_tokens", "do_basic_tokenize", "add_prefix_space", "clean_text"), (True, False)
    ):
        yield folder(f"key: {kind} {key} {value}", {"tokenizer_class": kind, key: value}, tokenizer=tokenizer_json())


def added_tokens():
    """Tokens beyond the vocabulary, from each file that may have them."""
    x, y = token("<x>", False, id=NEXT), token("<y>", True, id=NEXT + 1)
    in_json = {"none": (), "x": (x,), "x y": (x, y)}
    decoders = {"absent": "absent", "specials": specials(), "x": {str(NEXT): token("<x>", False)},
                "specials y x": {**specials(), str(NEXT): token("<x>", False), str(NEXT + 1): token("<y>")}}
    maps = {"absent": None, "list": {"additional_special_tokens": ["<x>", "<z>"]},
            "object": {"extra_special_tokens": {"image_token": "<x>"}},
            "mask": {"mask_token": token("[M]", lstrip=True), "unk_token": "[UNK]"},
            "bos": {"bos_token": "<y>", "eos_token": "<x>"}}
    added = {"absent": None, "x": {"<x>": NEXT}, "x y": {"<x>": NEXT, "<y>": NEXT + 1},
             "y x": {"<y>": NEXT, "<x>": NEXT + 1}}
    lists = {"absent": {}, "list": {"additional_special_tokens": ["<z>", "<x>"]},
             "newer": {"additional_special_tokens": ["<x>"], "extra_special_tokens": ["<z>"]},
             "object": {"extra_special_tokens": {"image_token": "<z>"}}, "named": {"image_token": "<y>"}}
    for kind, j, d, m, a, c in itertools.product((BERT, GENERAL, None), in_json, decoders, maps, added, lists):
        config = {**given(tokenizer_class=kind or BERT, added_tokens_decoder=decoders[d]), **lists[c]}
        content = tokenizer_json(more=in_json[j]) if kind else None
        if kind is None and j != "none":
            continue
        yield folder(f"added: {kind} json {j}, decoder {d}, map {m}, added {a}, config {c}", config, tokenizer=content,
                     map=maps[m], added=added[a])


def processors():
    """Ids of [CLS] and [SEP] beside their names, the token of padding, and tokens that only the post-processor knows."""
    for kind, post, cls, sep in itertools.product((BERT, GENERAL), ("bert", "template"), (2, 9, NEXT), (3, 12)):
        content = tokenizer_json(post=post, more=[token("<x>", id=NEXT)])
        if post == "bert":
            content["post_processor"] |= {"cls": ["[CLS]", cls], "sep": ["<s>", sep]}
        else:
            content["post_processor"]["special_tokens"]["[CLS]"]["ids"] = [cls]
            content["post_processor"]["special_tokens"]["[SEP]"]["ids"] = [sep]
        yield folder(f"processor: {kind} {post} {cls} {sep}", {"tokenizer_class": kind}, tokenizer=content)
    for kind, pad, of_config, of_map in itertools.product(
        (BERT, GENERAL), ("[PAD]", "c", "x"), ("absent", "[PAD]", "m"), ("absent", "a")
    ):
        content = tokenizer_json()
        content["padding"] = {"strategy": {"Fixed": 20}, "direction": "Left", "pad_to_multiple_of": 8, "pad_id": IDS[pad],
                              "pad_type_id": 1, "pad_token": pad}
        config = given(tokenizer_class=kind, pad_token=of_config)
        yield folder(f"padding: {kind} {pad} {of_config} {of_map}", config, tokenizer=content,
                     map=given(pad_token=of_map) or None)


def decoders():
    for kind, prefix, of_model, cleanup in itertools.product(
        (BERT, GENERAL), (None, "##", "@@", "a"), ("##", "@@"), (True, False)
    ):
        content = tokenizer_json(prefix=of_model)
        content["decoder"] = prefix and {"type": "WordPiece", "prefix": prefix, "cleanup": cleanup}
        yield folder(f"decoder: {kind} {prefix} {of_model} {cleanup}", {"tokenizer_class": kind}, tokenizer=content)


def vocabularies():
    head = "".join(name + "\n" for name in SPECIALS)
    ends = {"blank": " ", "tab": "\t", "wide": "\u3000", "no-break": "\u00a0", "next line": "\u0085", "line": "\u2028",
            "return": "\r", "zero width": "\u200b", "mark": "\ufeff", "form feed": "\f", "unit": "\x1f", "two": " \t"}
    for name, end in ends.items():
        yield folder(f"line ends with {name}", {}, vocab=head + f"a{end}\nb\n中{end}\nc\n")
        yield folder(f"line begins with {name}", {}, vocab=head + f"{end}a\nb\n{end}中\nc\n")
        yield folder(f"line of {name}", {}, vocab=head + f"a\n{end}\nb\n{end}\nc\n")
        yield folder(f"repeated with {name}", {}, vocab=head + f"a\nb\na{end}\nc\n")
    yield folder("returns", {}, vocab=(head + "a\nb\nc\n").replace("\n", "\r\n"))
    yield folder("no last line feed", {}, vocab=head + "a\nb\nc")


# Tokens as text: words, pieces with both prefixes, specials.
DECODED = [[IDS[name] for name in names.split()] for names in ("[CLS] ab ##c 中 [ [SEP]", "ab @@a ##b", "##b a", "a < [MASK]")]


def compare_decoded(comparison, program, path, name):
    lines = "".join(" ".join(map(str, ids)) + "\n" for ids in DECODED)
    tokenizer = transformers.AutoTokenizer.from_pretrained(path)
    for skip in (True, False):
        flag = f"--skip-special={str(skip).lower()}"
        found = run(program, "--model", path, "--decode", flag, input=lines).split("\n")[:-1]
        expected = [tokenizer.decode(ids, skip_special_tokens=skip) for ids in DECODED]
        comparison.count(f"{name} {flag}", found == expected, f"found and expected: {found} {expected}")


def theirs(path: Path):
    """The tokenizer, and ids and types of TEXTS, whole and cut; or None where transformers fails."""
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(path)
        answers = []
        for settings in ({}, {"truncation": True, "max_length": 6}):
            for text in TEXTS:
                batch = tokenizer(*([text] if isinstance(text, str) else text), **settings)
                answers.append([batch["input_ids"], batch.get("token_type_ids")])
        return tokenizer, answers
    except Exception:  # the exception's type differs from case to case
        return None, None


def ours(program, path: Path):
    lines = "".join(json.dumps(text) + "\n" for text in TEXTS)
    try:
        found = [run_json(program, "--model", path, "--json", "--from-json", *flags, input=lines) for flags in ([], LONG)]
    except ProgramError as error:
        return None, str(error)
    return [[answer["ids"], answer["type_ids"]] for part in found for answer in part], ""


def write(path: Path, files: dict) -> Path:
    path.mkdir()
    for file, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        (path / file).write_text(text, encoding="utf-8", newline="\n")
    return path


def may_refuse(files: dict, tokenizer, message: str) -> bool:
    """Whether mini_bert may refuse what transformers reads: ids that the files state and transformers does not keep."""
    if "has no unk_token" in message:
        return True  # transformers fails as soon as it meets a word that it does not know
    if "whose tokenizer mini_bert does not have" in message:
        return not is_berts(files["config.json"]["model_type"])
    if "wants id" not in message:
        return False
    stated = dict(files.get("added_tokens.json") or {})
    decoder = files.get("tokenizer_config.json", {}).get("added_tokens_decoder") or {}
    stated.update({entry["content"]: int(number) for number, entry in decoder.items()})
    stated.update({e["content"]: e["id"] for e in files.get("tokenizer.json", {}).get("added_tokens", [])})
    known = tokenizer.get_vocab()
    return any(known.get(content) != number for content, number in stated.items())


def compare(comparison, path, name, files, found, message):
    tokenizer, expected = theirs(path)
    if expected is None:
        comparison.count(name, False, "transformers does not read it")
    elif found is None:
        comparison.count(name, may_refuse(files, tokenizer, message), message)
    else:
        # A tokenizer without token_type_ids among its model_input_names returns none.
        found = [[ids, types if their_types else None] for (ids, types), (_, their_types) in zip(found, expected)]
        different = [pair for pair in zip(found, expected) if pair[0] != pair[1]]
        comparison.count(name, not different, f"found and expected: {different}"[:600])


def small():
    return itertools.chain(vocabularies(), classes(), models(), processors(), decoders())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bin/mini_bert_tokenize")
    parser.add_argument("--only", default="", help="the beginning of the names to compare")
    parser.add_argument("--share", type=float, default=1.0, help="of the two largest groups, how many folders to draw")
    arguments = parser.parse_args()
    silence_transformers()
    comparison = Comparison()
    draw = random.Random(1)
    large = (folder for folder in itertools.chain(added_tokens(), normalizers()) if draw.random() < arguments.share)
    folders = [f for f in itertools.chain(small(), large) if f[0].startswith(arguments.only)]
    with tempfile.TemporaryDirectory() as root, ThreadPoolExecutor(2) as pool:
        # mini_bert answers a few folders ahead of transformers.
        for begin in range(0, len(folders), 64):
            batch = folders[begin : begin + 64]
            paths = [write(Path(root) / str(begin + i), files) for i, (_, files) in enumerate(batch)]
            answers = pool.map(lambda path: ours(arguments.program, path), paths)
            for (name, files), path, answer in zip(batch, paths, answers):
                compare(comparison, path, name, files, *answer)
                if name.startswith("decoder"):
                    compare_decoded(comparison, arguments.program, path, name)
                shutil.rmtree(path)
    return comparison.finish("folders of tokenizers")


if __name__ == "__main__":
    sys.exit(main())
