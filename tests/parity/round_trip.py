#!/usr/bin/env python3
"""A model goes from mini_bert to transformers, learns there, and comes back: the same numbers at every stage.

    python tests/parity/round_trip.py --programs build/release/bin

For masked words, labels of texts and tags of words: mini_bert_train writes a folder; transformers loads it, with no key
missing and none left over, and computes the same logits and the same token ids; it makes one step of AdamW and saves;
our program loads that, computes the same logits again, and writes it once more; transformers finds every weight to the
bit. Logits are equal when |a - b| <= 1e-5 + 1e-4 |b|. That the step has changed them by far more is checked too.

Needs torch and transformers.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from parity_testing import (
    ABSOLUTE,
    IGNORED,
    RELATIVE,
    SMALL,
    VOCABULARY,
    Comparison,
    ProgramError,
    changed_weights,
    load_completely,
    model_outputs,
    run,
    run_json,
    silence_transformers,
    worst_error,
    write_lines,
    write_vocabulary,
)

TEXTS = [
    "the cat sat on the mat.",
    "Anna ran under a tree, Tom sang!",
    "birds sang in Paris",
    "今天很好, the dog ran",
    "a bad bird and a good cat",
    "unknown wörds ééé 今龘",
]
CONFIG = {"model_type": "bert", "vocab_size": len(VOCABULARY), "type_vocab_size": 2} | SMALL


class Difference(Exception):
    pass


def write_inputs(folder: Path) -> dict:
    files = {name: folder / name for name in ("config.json", "vocab.txt", "texts.json", "labels.json", "tags.json")}
    files["config.json"].write_text(json.dumps(CONFIG))
    write_vocabulary(folder, VOCABULARY)
    files["texts.json"].write_text(json.dumps(TEXTS))
    labelled = [{"text": text, "label": "good" if "cat" in text else "other"} for text in TEXTS]
    files["labels.json"].write_text(json.dumps(labelled))
    tagged = [
        {"tokens": text.split(), "tags": ["B-X" if word[0].isupper() else "O" for word in text.split()]}
        for text in TEXTS
    ]
    files["tags.json"].write_text(json.dumps(tagged))
    return files


class RoundTrip:
    def __init__(self, programs: Path, architecture: str):
        self.programs, self.architecture = programs, architecture
        self.model_class = getattr(transformers, architecture)

    def ours(self, folder: Path, save: Path) -> torch.Tensor:
        """Our logits of all texts, one row a token or a text; the model is written to `save`."""
        sequences = [{"ids": ids, "type_ids": [0] * len(ids)} for ids in self.our_ids(folder)]
        labels = [0] * (len(TEXTS) if "Sequence" in self.architecture else sum(len(s["ids"]) for s in sequences))
        job = {"architecture": self.architecture, "model": str(folder), "save": str(save), "sequences": sequences}
        jobs = [job | {"labels": labels}]
        (result,) = model_outputs(self.programs / "model_outputs", jobs, save.with_suffix(".jobs.json"))
        if result["unexpected"]:
            raise Difference(f"{folder.name}: we find unexpected tensors {result['unexpected']}")
        return torch.tensor(result["logits"])

    def our_ids(self, folder: Path) -> list:
        texts = folder.parent / "texts.txt"
        write_lines(texts, TEXTS)
        return [line["ids"] for line in run_json(self.programs / "mini_bert_tokenize", "--json", "--model", folder, texts)]

    def load(self, folder: Path):
        model, problems = load_completely(self.model_class, folder)
        if problems:
            raise Difference(f"{folder.name}: {', '.join(problems)}")
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        ids = tokenizer(TEXTS)["input_ids"]
        if ids != self.our_ids(folder):
            raise Difference(f"{folder.name}: transformers' token ids {ids} are not ours {self.our_ids(folder)}")
        return model.eval(), tokenizer

    def theirs(self, model, tokenizer) -> torch.Tensor:
        with torch.no_grad():
            return torch.cat([model(**tokenizer(text, return_tensors="pt")).logits.flatten() for text in TEXTS])

    def same(self, stage: str, found: torch.Tensor, expected: torch.Tensor) -> float:
        if found.shape != expected.shape:
            raise Difference(f"{stage}: {list(found.shape)} logits, expected {list(expected.shape)}")
        error = worst_error(found, expected)
        if not error <= 1:
            raise Difference(f"{stage}: logits are off by {error:.3g} tolerances")
        return error

    def step(self, model, tokenizer) -> None:
        model.train()
        batch = tokenizer(TEXTS, return_tensors="pt", padding=True)
        per_text = "Sequence" in self.architecture
        labels = torch.arange(len(TEXTS)) % 2 if per_text else batch["input_ids"] % model.config.num_labels
        if self.architecture == "BertForMaskedLM":
            labels = batch["input_ids"].clone()
        if not per_text:
            labels[batch["attention_mask"] == 0] = IGNORED
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
        model(**batch, labels=labels).loss.backward()
        optimizer.step()
        model.eval()

    def go(self, written: Path) -> float:
        learnt, again = written.with_name("learnt"), written.with_name("again")
        model, tokenizer = self.load(written)
        before = self.theirs(model, tokenizer)
        worst = self.same("written by us", self.ours(written, written.with_name("copy")), before)
        self.step(model, tokenizer)
        model.save_pretrained(learnt)
        tokenizer.save_pretrained(learnt)
        after = self.theirs(model, tokenizer)
        if (after - before).abs().max() < 100 * (ABSOLUTE + RELATIVE * before.abs().max()):
            raise Difference("the step of transformers has changed next to nothing")
        worst = max(worst, self.same("saved by transformers", self.ours(learnt, again), after))
        returned, _ = self.load(again)
        changed = changed_weights(returned, model)
        if changed:
            raise Difference(f"written by us again: {changed} have changed")
        return worst


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=Path, default=Path("build/release/bin"))
    arguments = parser.parse_args()
    silence_transformers()
    torch.manual_seed(0)
    train = arguments.programs / "mini_bert_train"
    comparison, worst = Comparison(), 0.0
    with tempfile.TemporaryDirectory() as folder:
        files = write_inputs(Path(folder))
        common = ["--max-steps", 2, "--batch-size", 3, "--learning-rate", 1e-2, "--save-steps", 0, "--output"]
        first = Path(folder) / "masked" / "written"
        start = ["--config", files["config.json"], "--vocab", files["vocab.txt"]]
        tasks = [
            ("BertForMaskedLM", first, ["--train", files["texts.json"], *start]),
            ("BertForSequenceClassification", Path(folder) / "label" / "written",
             ["--task", "classify", "--train", files["labels.json"], "--model", first]),
            ("BertForTokenClassification", Path(folder) / "tag" / "written",
             ["--task", "tag", "--train", files["tags.json"], "--model", first]),
        ]  # fmt: skip
        for architecture, written, flags in tasks:
            problem = ""
            try:
                written.parent.mkdir()
                run(train, *flags, *common, written)
                worst = max(worst, RoundTrip(arguments.programs, architecture).go(written))
            except (Difference, ProgramError) as error:
                problem = str(error)
            comparison.count(architecture, not problem, problem)
    return comparison.finish("round trips", f"; the largest error is {worst:.3g} of the tolerance")


if __name__ == "__main__":
    sys.exit(main())
