"""Model directories of every kind a tokenizer is published in, each with the package's reader of it."""

import itertools
import json
import os

import tokenizers
import transformers
from parity_testing import SPECIALS, write_vocabulary


def write_directory(directory, tokens, config):
    """vocab.txt and tokenizer_config.json."""
    os.makedirs(directory)
    write_vocabulary(directory, tokens)
    with open(os.path.join(directory, "tokenizer_config.json"), "w") as file:
        json.dump(dict(config, tokenizer_class="BertTokenizer"), file)


def vocabulary_directories(root, name, tokens):
    """A directory for each setting that tokenizer_config.json may have: (setting, directory, transformers' tokenizer)."""
    settings = {"default": {}, "cased": {"do_lower_case": False}, "lower, accents": {"strip_accents": False}}
    settings["cased, no accents"] = {"do_lower_case": False, "strip_accents": True}
    settings["no chinese"] = {"tokenize_chinese_chars": False}
    for setting, config in settings.items():
        directory = os.path.join(root, name + "-" + setting.replace(" ", "").replace(",", "-"))
        write_directory(directory, tokens, config)
        yield setting, directory, transformers.BertTokenizerFast.from_pretrained(directory)


def post_processors():
    """The two ways in which published files put [CLS] and [SEP] round a text; fits any vocabulary that has them."""
    yield "BertProcessing", lambda cls, sep: {"type": "BertProcessing", "sep": ["[SEP]", sep], "cls": ["[CLS]", cls]}
    special = lambda token: {"SpecialToken": {"id": token, "type_id": 0}}
    first, second = {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}
    end = {"SpecialToken": {"id": "[SEP]", "type_id": 1}}
    entry = lambda token, number: {"id": token, "ids": [number], "tokens": [token]}
    yield "TemplateProcessing", lambda cls, sep: {
        "type": "TemplateProcessing",
        "single": [special("[CLS]"), first, special("[SEP]")],
        "pair": [special("[CLS]"), first, special("[SEP]"), second, end],
        "special_tokens": {"[CLS]": entry("[CLS]", cls), "[SEP]": entry("[SEP]", sep)},
    }


def json_directories(root, name, tokens):
    """A directory with nothing but a tokenizer.json for every normalizer, post-processor and clean-up a published one
    may have: (setting, directory, the package's tokenizer)."""
    ids = {token: i for i, token in enumerate(tokens)}
    added = [
        {"id": ids[token], "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
         "special": True}
        for token in SPECIALS
    ]
    choices = itertools.product((True, False), (True, False, None), (True, False), post_processors(), (True, False))
    for lower, accents, chinese, (kind, post_processor), cleanup in choices:
        setting = "lowercase %s, strip_accents %s, chinese %s, %s, cleanup %s" % (lower, accents, chinese, kind, cleanup)
        directory = os.path.join(root, name + "-" + setting.replace(" ", "").replace(",", "-"))
        os.makedirs(directory)
        path = os.path.join(directory, "tokenizer.json")
        content = {
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": sorted(added, key=lambda t: t["id"]),
            "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": chinese,
                           "strip_accents": accents, "lowercase": lower},
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": post_processor(ids["[CLS]"], ids["[SEP]"]),
            "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": cleanup},
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                      "max_input_chars_per_word": 100, "vocab": ids},
        }
        with open(path, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False)
        yield setting, directory, tokenizers.Tokenizer.from_file(path)


def add_tokens(directory, loaded):
    """A copy of the tokenizer with added tokens of every kind, saved as tokenizer.json: the directory, the package's
    reader of it, and texts to build lines from."""
    flags = ["lstrip", "rstrip", "single_word"]
    contents = ["lamp", "foo bar", "\u8bf8\u845b\u6d9b", "\u00c9t\u00e9", "<x>", "zz top", "q", "\u2460x"]
    for i, content in enumerate(contents):
        options = {flag: bool(i >> k & 1) for k, flag in enumerate(flags)}
        loaded.add_tokens([tokenizers.AddedToken(content, normalized=i % 2 == 0, **options)])
    loaded.add_special_tokens({"additional_special_tokens": [tokenizers.AddedToken("<sp>", lstrip=True, rstrip=True)]})
    target = directory + "-added"
    loaded.save_pretrained(target)
    return target, transformers.BertTokenizerFast.from_pretrained(target), contents + ["<sp>", "\u8bf8", "\u845b", "lam"]
