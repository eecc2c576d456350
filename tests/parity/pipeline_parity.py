#!/usr/bin/env python3
"""Compares mini_bert_predict with the pipelines of transformers, on random small models and awkward texts.

    python tests/parity/pipeline_parity.py --program build/release/bin/mini_bert_predict

fill-mask: the whole vocabulary, targets, one blank and several. classify: every problem type, one text and pairs, all
labels. tag: all aggregation strategies. choose: questions from the command line, from files in the form of SWAG and of
C3, two choices and more, texts that are cut. embed: the hidden states of [CLS], their mean and the pooler. score: one
token masked at a time. lengths: where a text is cut. Scores must agree to 1e-5, everything else exactly.
"""

import argparse
import csv
import itertools
import json
import math
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from parity_testing import VOCABULARY, Comparison, make_model, run_json, save_tokenizer, silence_transformers
from transformers import BertTokenizerFast, pipeline

TEXTS = [
    "诸葛亮字孔明。",
    "三国人物诸葛涛，字子澜！",
    "unaffable cats",
    "Unaffable CATS, the cat's don't",
    "ééé e\u0301 龘亮abc 123",
    "  诸 葛  亮  ",
    "相" * 60,
    "a",
    "abc" * 30,
]


def build(folder: Path, architecture: str, seed: int, **config) -> None:
    make_model(folder, architecture, seed, **config)
    save_tokenizer(folder)


class Predictions(Comparison):
    """Answers of mini_bert_predict beside those of transformers."""

    def __init__(self, program: str):
        super().__init__()
        self.program = program

    def ask(self, task: str, folder: Path, texts: list, *flags: str) -> list:
        return run_json(self.program, task, "--model", folder, "--json", *flags, "--", *texts)

    def check(self, what: str, found, expected) -> None:
        problem = difference(found, expected)
        self.count(what, not problem, f"{problem}\n  ours   {found}\n  theirs {expected}")


def difference(found, expected) -> str:
    if isinstance(expected, float):
        close = math.isclose(found, expected, rel_tol=1e-5, abs_tol=1e-5)
        return "" if close else f"{found} is not {expected}"
    if isinstance(expected, dict):
        if list(found) != list(expected):
            return f"fields {list(found)}, expected {list(expected)}"
        return next(filter(None, (difference(found[key], expected[key]) for key in expected)), "")
    if isinstance(expected, list):
        if len(found) != len(expected):
            return f"{len(found)} entries, expected {len(expected)}"
        return next(filter(None, (difference(a, b) for a, b in zip(found, expected, strict=True))), "")
    return "" if found == expected else f"{found!r} is not {expected!r}"


def plain(value):
    """numpy numbers as Python's."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return value.item() if hasattr(value, "item") else value


def fill_mask(comparison: Predictions, folder: Path) -> None:
    directory = folder / "fill-mask"
    build(directory, "BertForMaskedLM", 40)
    blanks = ["三国人物诸葛[MASK]", "[MASK]", "the [MASK]s, Unaffable[MASK]!", "[MASK][MASK] [MASK]龘", "ééé[MASK]cat"]
    pipe = pipeline("fill-mask", model=str(directory))
    for settings in ({"top_k": 5}, {"top_k": len(VOCABULARY)}, {"top_k": 5, "targets": ["亮", "cat", "##s"]}):
        flags = ["--top-k", str(settings["top_k"])]
        flags += ["--targets", ",".join(settings["targets"])] if "targets" in settings else []
        for text, found in zip(blanks, comparison.ask("fill-mask", directory, blanks, *flags), strict=True):
            expected = plain(pipe(text, **settings))
            # Where the answer itself is [PAD], theirs is left out of the sequence.
            for blank in found if isinstance(found[0], list) else []:
                for answer in blank:
                    answer["sequence"] = answer["sequence"].replace(" [PAD]", "")
            comparison.check(f"fill-mask {settings} {text!r}", found, expected)


def classify(comparison: Predictions, folder: Path) -> None:
    cases = [
        ("single_label_classification", ["no", "yes", "perhaps"]),
        ("multi_label_classification", ["x", "y"]),
        ("regression", ["n"]),
        (None, ["one"]),
        (None, None),
    ]
    for index, (problem, labels) in enumerate(cases):
        directory = folder / f"classify{index}"
        names = {} if labels is None else {"id2label": dict(enumerate(labels))}
        build(directory, "BertForSequenceClassification", index, problem_type=problem, **names)
        pipe = pipeline("text-classification", model=str(directory), top_k=None, truncation=True)
        for text, found in zip(TEXTS, comparison.ask("classify", directory, TEXTS), strict=True):
            comparison.check(f"classify {problem} {text!r}", found, pipe([text])[0])
        for text in TEXTS:
            (found,) = comparison.ask("classify", directory, [f"{text}\t诸葛 the cat"], "--pairs")
            comparison.check(f"classify pair {text!r}", found, pipe([{"text": text, "text_pair": "诸葛 the cat"}])[0])


def tag(comparison: Predictions, folder: Path) -> None:
    for index, labels in enumerate((["O", "B-PER", "I-PER", "B-LOC", "I-LOC"], ["O", "PER", "LOC"], ["I-A", "B-A", "O"])):
        directory = folder / f"tag{index}"
        build(directory, "BertForTokenClassification", 10 + index, id2label=dict(enumerate(labels)))
        for strategy in ("none", "simple", "first", "average", "max"):
            pipe = pipeline("token-classification", model=str(directory), aggregation_strategy=strategy)
            found = comparison.ask("tag", directory, TEXTS, "--aggregation", strategy)
            for text, spans in zip(TEXTS, found, strict=True):
                comparison.check(f"tag {strategy} {text!r}", spans, plain(pipe(text)))


CONTEXT = "三国人物诸葛亮，字孔明。"
# Context, what stands before every choice, choices.
CHOICES = [
    (CONTEXT, "", ["诸葛", "相"]),
    ("the cat sat", "", ["on the mat", "龘", "Unaffable CATS", "a b c", "一"]),
    ("相" * 60, "", ["是", "的" * 50, "abc" * 30]),
    (CONTEXT, "字", ["孔明", "子澜", "今天很好"]),
    ("今 " * 30, "用写？", ["孔明" * 9, "子澜"]),
]


def chosen(model, tokenizer, context: str, before: str, choices: list) -> list:
    """The choices as mini_bert_predict prints them, by transformers, which sees one question at a time."""
    pairs = [before + choice for choice in choices]
    inputs = tokenizer([context] * len(choices), pairs, return_tensors="pt", padding=True, truncation=True, max_length=40)
    with torch.no_grad():
        logits = model(**{name: value[None] for name, value in inputs.items()}).logits[0]
    scores = zip(choices, logits.softmax(0).tolist(), strict=True)
    return [{"label": choice, "score": score} for choice, score in sorted(scores, key=lambda pair: -pair[1])]


def choose(comparison: Predictions, folder: Path) -> None:
    directory, swag, c3 = folder / "choose", folder / "swag.csv", folder / "c3.json"
    build(directory, "BertForMultipleChoice", 50)
    tokenizer = BertTokenizerFast.from_pretrained(directory)
    model = transformers.BertForMultipleChoice.from_pretrained(directory).eval()
    with swag.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["sent1", "sent2", *(f"ending{i}" for i in range(5))])
        writer.writerows([context, before, *choices, *[""] * (5 - len(choices))] for context, before, choices in CHOICES)
    questions = [[[context], [{"question": before, "choice": choices}], "id"] for context, before, choices in CHOICES]
    c3.write_text(json.dumps(questions, ensure_ascii=False), encoding="utf-8")
    lines = ["\t".join([context, *choices]) for context, _, choices in CHOICES]
    ways = [
        ("lines", comparison.ask("choose", directory, lines), lambda before: ""),
        ("SWAG", comparison.ask("choose", directory, [], "--file", swag), lambda before: before and before + " "),
        ("C3", [answer["result"] for answer in comparison.ask("choose", directory, [], "--file", c3)],
         lambda before: before and before + "[SEP]"),
    ]
    for way, answers, begin in ways:
        for (context, before, choices), found in zip(CHOICES, answers, strict=True):
            expected = chosen(model, tokenizer, context, begin(before), choices)
            comparison.check(f"choose {way} {context!r} {before!r}", found, expected)


def embed(comparison: Predictions, folder: Path) -> None:
    directory = folder / "embed"
    build(directory, "BertModel", 20)
    tokenizer = BertTokenizerFast.from_pretrained(directory)
    model = transformers.BertModel.from_pretrained(directory).eval()
    for pooling in ("mean", "cls", "pooler"):
        for normalize in (False, True):
            flags = ["--pooling", pooling] + (["--normalize"] if normalize else [])
            for text, found in zip(TEXTS, comparison.ask("embed", directory, TEXTS, *flags), strict=True):
                with torch.no_grad():
                    result = model(**tokenizer(text, return_tensors="pt", truncation=True, max_length=40))
                hidden = result.last_hidden_state[0]
                vector = {"mean": hidden.mean(0), "cls": hidden[0], "pooler": result.pooler_output[0]}[pooling]
                vector = vector / vector.norm() if normalize else vector
                comparison.check(f"embed {pooling} {text!r}", found, vector.tolist())


def score(comparison: Predictions, folder: Path) -> None:
    directory = folder / "score"
    build(directory, "BertForMaskedLM", 30)
    tokenizer = BertTokenizerFast.from_pretrained(directory)
    model = transformers.BertForMaskedLM.from_pretrained(directory).eval()
    for text, found in zip(TEXTS, comparison.ask("score", directory, TEXTS), strict=True):
        ids = tokenizer(text, truncation=True, max_length=40)["input_ids"]
        scores = []
        for place in range(1, len(ids) - 1):
            masked = ids[:place] + [tokenizer.mask_token_id] + ids[place + 1 :]
            with torch.no_grad():
                logits = model(input_ids=torch.tensor([masked])).logits[0, place]
            scores.append(logits.log_softmax(0)[ids[place]].item())
        comparison.check(f"score {text!r}", [found["score"], found["token_scores"]], [sum(scores), scores])


def lengths(comparison: Predictions, folder: Path) -> None:
    """model_max_length, truncation_side and model_input_names of tokenizer_config.json. A length above the positions of
    the model means those 40, where transformers would fail."""
    models = {
        "classify": ("BertForSequenceClassification", "text-classification", {"top_k": None, "truncation": True}),
        "tag": ("BertForTokenClassification", "token-classification", {"aggregation_strategy": "simple"}),
        "fill-mask": ("BertForMaskedLM", "fill-mask", {"tokenizer_kwargs": {"truncation": True}}),
    }
    for index, (task, (architecture, name, settings)) in enumerate(models.items()):
        directory = folder / f"lengths-{task}"
        build(directory, architecture, 60 + index)
        path = directory / "tokenizer_config.json"
        config = json.loads(path.read_text())
        for length, side, inputs in itertools.product((6, 23, 512), ("left", "right"), (["token_type_ids"], [])):
            changes = {"truncation_side": side, "model_input_names": ["input_ids", *inputs, "attention_mask"]}
            path.write_text(json.dumps({**config, **changes, "model_max_length": min(length, 40)}))
            pipe = pipeline(name, model=str(directory), **settings)
            path.write_text(json.dumps({**config, **changes, "model_max_length": length}))
            texts = TEXTS
            if task == "fill-mask":  # blanks that stay: the pipeline leaves out those behind the cut, we refuse
                texts = ["[MASK]相[MASK]" + text if side == "right" else text + "[MASK]的[MASK]" for text in TEXTS]
            for text, found in zip(texts, comparison.ask(task, directory, texts), strict=True):
                expected = plain(pipe([text] if task == "classify" else text))
                expected = expected[0] if task == "classify" else expected
                if task == "fill-mask":  # the sequences are compared elsewhere
                    found, expected = ([[a["token"], a["score"]] for b in part for a in b] for part in (found, expected))
                comparison.check(f"{task} of {length} tokens, {side}, {inputs} {text!r}", found, expected)
            if task != "classify":
                continue
            for text in TEXTS:
                (found,) = comparison.ask("classify", directory, [f"{text}\t诸葛 the cat"], "--pairs")
                expected = pipe([{"text": text, "text_pair": "诸葛 the cat"}])[0]
                comparison.check(f"pair of {length} tokens, {side}, {inputs} {text!r}", found, expected)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bin/mini_bert_predict")
    arguments = parser.parse_args()
    silence_transformers()
    comparison = Predictions(arguments.program)
    with tempfile.TemporaryDirectory() as folder:
        for task in (fill_mask, classify, tag, choose, embed, score, lengths):
            task(comparison, Path(folder))
    return comparison.finish("answers compared with transformers")


if __name__ == "__main__":
    sys.exit(main())
