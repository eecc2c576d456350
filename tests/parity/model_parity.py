#!/usr/bin/env python3
"""Compares our models with those of transformers, in both directions.

    python tests/parity/model_parity.py --program build/release/bin/model_outputs [--models 64] [--seed 1]

Random configurations (layers, widths, heads, vocabularies, epsilons, token types), every activation that has no
parameters of its own, and every head, with random weights in which no bias is 0 and no scale 1. Theirs to ours:
transformers writes a model directory, our program loads it; logits and loss must be the same. Ours to theirs: our program writes what it loaded, transformers reads it
with no key missing and none left over, and has the same weights to the bit. Equal means |a - b| <= 1e-5 + 1e-4 |b|.

Needs torch and transformers, at the versions tests/golden/README.md names.
"""

import argparse
import math
import random
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from parity_testing import (
    IGNORED,
    SPECIALS,
    Comparison,
    changed_weights,
    load_completely,
    model_outputs,
    move_off_defaults,
    silence_transformers,
    worst_error,
    write_vocabulary,
)
from transformers import BertConfig
from transformers.activations import ACT2CLS

ARCHITECTURES = [
    "BertForMaskedLM",
    "BertForPreTraining",
    "BertForNextSentencePrediction",
    "BertForSequenceClassification",
    "BertForSequenceClassification",
    "BertForSequenceClassification",
    "BertForTokenClassification",
    "BertForQuestionAnswering",
    "BertForMultipleChoice",
    "BertModel",
]
# Every activation of transformers without parameters of its own.
ACTIVATIONS = sorted(set(ACT2CLS) - {"prelu", "xielu"})
PROBLEMS = ["single_label_classification", "multi_label_classification", "regression"]


def draw_config(draw: random.Random, index: int) -> BertConfig:
    """Mostly small; every sixteenth model is as wide as BERT base and one of those as deep."""
    if index % 16 == 15:
        hidden, heads, layers, inner = 768, 12, 12 if index == 15 else 2, 3072
    else:
        heads = draw.choice([1, 2, 3, 4, 8])
        hidden = heads * draw.choice([4, 8, 12, 16, 32])
        layers = draw.choice([1, 2, 3, 4, 6])
        inner = draw.choice([hidden, 2 * hidden, 4 * hidden, 37])
    return BertConfig(
        vocab_size=draw.choice([len(SPECIALS) + 2, 61, 128, 1001, 8192]),
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=inner,
        hidden_act=ACTIVATIONS[index % len(ACTIVATIONS)],
        max_position_embeddings=draw.choice([24, 40, 129]),
        type_vocab_size=draw.choice([2, 3]),
        layer_norm_eps=draw.choice([1e-12, 1e-5, 1e-3]),
        initializer_range=draw.choice([0.02, 0.8 / math.sqrt(hidden)]),
        classifier_dropout=draw.choice([None, 0.2]),
    )


def draw_sequence(draw: random.Random, config: BertConfig, length: int) -> dict:
    ids = [2] + [draw.randrange(5, config.vocab_size) for _ in range(length - 2)] + [3]
    first = draw.randrange(1, length)
    types = [0] * first + [draw.randrange(config.type_vocab_size)] * (length - first)
    return {"ids": ids, "type_ids": types}


def padded(sequences: list, side: str = "ids", fill: int = 0) -> torch.Tensor:
    longest = max(len(sequence["ids"]) for sequence in sequences)
    return torch.tensor([sequence[side] + [fill] * (longest - len(sequence[side])) for sequence in sequences])


def model_inputs(sequences: list) -> dict:
    mask = [{"ids": s["ids"], "mask": [1] * len(s["ids"])} for s in sequences]
    return {
        "input_ids": padded(sequences),
        "token_type_ids": padded(sequences, "type_ids"),
        "attention_mask": padded(mask, "mask"),
    }


def packed(values: torch.Tensor, sequences: list) -> torch.Tensor:
    """[B, longest, ...] without what belongs to padding."""
    return torch.cat([row[: len(sequence["ids"])] for row, sequence in zip(values, sequences, strict=True)])


def draw_labels(draw: random.Random, job: dict, config: BertConfig) -> None:
    sequences, architecture = job["sequences"], job["architecture"]
    lengths = [len(sequence["ids"]) for sequence in sequences]
    if architecture in ("BertForMaskedLM", "BertForPreTraining", "BertForTokenClassification"):
        classes = config.num_labels if architecture == "BertForTokenClassification" else config.vocab_size
        job["labels"] = [draw.randrange(classes) if draw.random() < 0.4 else IGNORED for _ in range(sum(lengths))]
        job["labels"][1] = classes - 1
    one_label = architecture == "BertForSequenceClassification" and config.problem_type == PROBLEMS[0]
    if one_label or architecture == "BertForTokenClassification":
        job["class_weights"] = [draw.choice([1.0, 0.125, 3.7]) for _ in range(config.num_labels)]
    if architecture == "BertForPreTraining":
        job["next_labels"] = [draw.randrange(2) for _ in sequences]
    if architecture == "BertForNextSentencePrediction":
        job["labels"] = [draw.randrange(2) for _ in sequences]
    if architecture == "BertForSequenceClassification":
        if config.problem_type == "single_label_classification":
            job["labels"] = [draw.randrange(config.num_labels) for _ in sequences]
        else:
            binary = config.problem_type == "multi_label_classification"
            count = len(sequences) * config.num_labels
            job["labels"] = [float(draw.randrange(2)) if binary else draw.uniform(-2, 2) for _ in range(count)]
    if architecture == "BertForQuestionAnswering":
        job["labels"] = [draw.randrange(length) for length in lengths for _ in range(2)]
    if architecture == "BertForMultipleChoice":
        job["choices"] = [3, 3]
        job["labels"] = [draw.randrange(3) for _ in job["choices"]]


def by_sequence(labels: list, sequences: list) -> list:
    rows, begin = [], 0
    for sequence in sequences:
        rows.append({"ids": sequence["ids"], "labels": labels[begin : begin + len(sequence["ids"])]})
        begin += len(sequence["ids"])
    return rows


def weighted_loss(logits: torch.Tensor, job: dict) -> dict:
    if "class_weights" not in job:
        return {}
    labels, weights = torch.tensor(job["labels"]), torch.tensor(job["class_weights"])
    return {"weighted_loss": torch.nn.functional.cross_entropy(logits, labels, weight=weights, ignore_index=IGNORED)}


def expected_outputs(model: torch.nn.Module, job: dict) -> dict:
    sequences, architecture, config = job["sequences"], job["architecture"], model.config
    inputs = model_inputs(sequences)
    if architecture == "BertModel":
        result = model(**inputs)
        return {"logits": packed(result.last_hidden_state, sequences), "pooled": result.pooler_output}
    if architecture in ("BertForMaskedLM", "BertForTokenClassification"):
        result = model(**inputs, labels=padded(by_sequence(job["labels"], sequences), "labels", IGNORED))
        outputs = {"logits": packed(result.logits, sequences), "loss": result.loss}
        return outputs | weighted_loss(outputs["logits"], job)
    if architecture == "BertForPreTraining":
        labels = padded(by_sequence(job["labels"], sequences), "labels", IGNORED)
        result = model(**inputs, labels=labels, next_sentence_label=torch.tensor(job["next_labels"]))
        return {
            "logits": packed(result.prediction_logits, sequences),
            "next_logits": result.seq_relationship_logits,
            "loss": result.loss,
        }
    if architecture == "BertForQuestionAnswering":
        # One by one: transformers lets padding take part in the softmax over the tokens.
        losses, logits = [], []
        for index, sequence in enumerate(sequences):
            begin, end = job["labels"][2 * index : 2 * index + 2]
            result = model(
                **model_inputs([sequence]), start_positions=torch.tensor([begin]), end_positions=torch.tensor([end])
            )
            losses.append(result.loss)
            logits.append(torch.stack([result.start_logits[0], result.end_logits[0]], dim=1))
        return {"logits": torch.cat(logits), "loss": torch.stack(losses).mean()}
    if architecture == "BertForMultipleChoice":
        inputs = {name: value.reshape(2, 3, -1) for name, value in inputs.items()}
        result = model(**inputs, labels=torch.tensor(job["labels"]))
        return {"logits": result.logits, "loss": result.loss}
    labels = torch.tensor(job["labels"])
    if labels.is_floating_point():
        labels = labels.reshape(len(sequences), config.num_labels)
    result = model(**inputs, labels=labels)
    return {"logits": result.logits, "loss": result.loss} | weighted_loss(result.logits, job)


def make_job(index: int, seed: int, folder: Path) -> tuple:
    draw = random.Random(f"{seed}/{index}")
    config = draw_config(draw, index)
    architecture = ARCHITECTURES[index % len(ARCHITECTURES)]
    if architecture == "BertForTokenClassification":
        config.num_labels = draw.choice([2, 5, 9])
    if architecture == "BertForSequenceClassification":
        config.problem_type = PROBLEMS[index % len(ARCHITECTURES) - 3]
        config.num_labels = {"regression": draw.choice([1, 2])}.get(config.problem_type, draw.choice([2, 3, 15]))
    torch.manual_seed(index)
    model = getattr(transformers, architecture)(config).eval()
    move_off_defaults(model, index)
    model.save_pretrained(folder / "theirs")
    write_vocabulary(folder / "theirs", SPECIALS + [f"t{i}" for i in range(config.vocab_size - len(SPECIALS))])
    longest = config.max_position_embeddings
    sequences = [draw_sequence(draw, config, length) for length in (longest, 3, 10, 17, 4, 23)]
    job = {
        "architecture": architecture,
        "model": str(folder / "theirs"),
        "save": str(folder / "ours"),
        "sequences": sequences,
    }
    draw_labels(draw, job, config)
    with torch.no_grad():
        return job, {name: value.flatten() for name, value in expected_outputs(model, job).items()}


def check_loaded_by_transformers(job: dict) -> list:
    model_class = getattr(transformers, job["architecture"])
    model, problems = load_completely(model_class, job["save"])
    changed = changed_weights(model, model_class.from_pretrained(job["model"]))
    return problems + ([f"changed: {changed}"] if changed else [])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bin/model_outputs")
    parser.add_argument("--models", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    silence_transformers()

    comparison, worst = Comparison(), 0.0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        jobs, expected = [], []
        for index in range(arguments.models):
            job, outputs = make_job(index, arguments.seed, folder / str(index))
            jobs.append(job)
            expected.append(outputs)
        answers = model_outputs(arguments.program, jobs, folder / "jobs.json")
        for index, (job, found, outputs) in enumerate(zip(jobs, answers, expected, strict=True)):
            problems = [] if not found["unexpected"] else [f"unexpected: {found['unexpected']}"]
            for name, values in outputs.items():
                error = worst_error(torch.tensor(found[name]).flatten(), values)
                worst = max(worst, error)
                if not error <= 1:
                    problems.append(f"{name} is off by {error:.3g} tolerances")
            problems += check_loaded_by_transformers(job)
            comparison.count(f"model {index} ({job['architecture']})", not problems, "; ".join(problems))
    return comparison.finish("models", f"; the largest error is {worst:.3g} of the tolerance")


if __name__ == "__main__":
    sys.exit(main())
