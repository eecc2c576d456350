#!/usr/bin/env python3
"""Writes the golden files of this folder: what PyTorch and transformers compute, for mini_bert to reproduce.

    pip install torch==2.13.0 transformers==5.23.0 accelerate safetensors numpy
    python tests/golden/make_fine_tuning.py

Every expected number comes from library code: the model, its loss, AdamW, the gradient clip, the learning-rate schedule
and the fill-mask pipeline. What is ours only draws random weights and sentences (golden_inputs.py), steps through the
training (golden_training.py) and writes the answers down (golden_files.py). Losses, gradients and logits are written
only if the run in double agrees with the one in float, and training steps only if transformers' own Trainer reproduces
them.

Letters: T tokens, H hidden, V vocabulary.
"""

import sys
from pathlib import Path

import numpy as np
import torch
import transformers
from safetensors.torch import save_file
from transformers import BertForMaskedLM, BertTokenizerFast, FillMaskPipeline, Trainer
from transformers.pipelines.base import PipelineException

from golden_files import float32s, versions, write_json, write_tokenizer
from golden_inputs import (
    CASED_VOCABULARY,
    VOCABULARY,
    build_model,
    draw_steps,
    mask_sequence,
    masked_count,
    padded,
    random_sequence,
)
from golden_training import FINE_TUNING, fine_tune, token_weighted_loss, trainer_log

HERE = Path(__file__).resolve().parent


def sizes(vocabulary: int, hidden: int, heads: int, feed_forward: int, positions: int) -> dict:
    return {
        "vocab_size": vocabulary,
        "hidden_size": hidden,
        "num_hidden_layers": 2,
        "num_attention_heads": heads,
        "intermediate_size": feed_forward,
        "max_position_embeddings": positions,
    }


MODELS = {
    "fine_tuning": sizes(len(VOCABULARY), 32, 4, 64, 40) | {"hidden_act": "gelu", "layer_norm_eps": 1e-12},
    "forward_gelu_new": sizes(61, 16, 2, 40, 24) | {"hidden_act": "gelu_new", "layer_norm_eps": 1e-12},
    "forward_cased": sizes(len(CASED_VOCABULARY), 24, 3, 36, 24) | {"hidden_act": "gelu", "layer_norm_eps": 1e-5},
}

FULL_GRADIENTS = [
    "bert.embeddings.word_embeddings.weight",
    "bert.embeddings.token_type_embeddings.weight",
    "bert.encoder.layer.0.attention.self.query.weight",
    "bert.encoder.layer.{last}.output.LayerNorm.weight",
    "cls.predictions.bias",
]

FILL_MASK_CASES = [
    {"text": "今天天气很[MASK]。"},
    {"text": "我喜欢[MASK]京！"},
    {"text": "[MASK]"},
    {"text": "The cat  sat on the [MASK].", "top_k": 3},
    {"text": "我[MASK]欢北[MASK]。"},
    {"text": "[MASK][MASK]在北京看书，很好好", "top_k": 2},
    {"text": "龘 cats [MASK] 2012 reading"},
    {"text": "今天天气很[MASK]。", "targets": ["好", "大", "小"]},
    {"text": "今天天气很[MASK]。", "targets": "好"},
    {"text": "我[MASK]欢北[MASK]。", "targets": ["喜", "京", "喜"], "top_k": 5},
    {"text": "今天天气很[MASK]。", "targets": ["上海", "龘", "Reading", "the"], "top_k": 3},
    {"text": "今天天气很好。"},
]


def largest_difference(expected: list, got: list, field: str) -> float:
    return max(abs(e[field] - g[field]) for e, g in zip(expected, got, strict=True))


def require(quantity: str, difference: float, limit: float) -> None:
    print(f"{quantity}: {difference:.3g} (limit {limit:g})")
    if not difference <= limit:
        sys.exit(f"{quantity} is {difference:g}, above {limit:g}: nothing written for it")


def forward_fields(model: BertForMaskedLM, sequences: list, micro_batch: list) -> dict:
    """Logits [T,V] of every sequence, last hidden state [T,H] of the first, gradients of one micro-batch."""
    results = {}
    for dtype in (torch.float64, torch.float32):
        model = model.to(dtype).eval()
        model.zero_grad()
        with torch.no_grad():
            outputs = model(**padded(sequences), output_hidden_states=True)
        loss = model(**padded(micro_batch)).loss
        loss.backward()
        results[dtype] = {
            "logits": [outputs.logits[b, : len(s["ids"])] for b, s in enumerate(sequences)],
            "hidden": outputs.hidden_states[-1][0, : len(sequences[0]["ids"])],
            "loss": loss.item(),
            "gradients": {name: p.grad.clone() for name, p in model.named_parameters()},
        }
    double, single = results[torch.float64], results[torch.float32]
    logit_difference = max((d - s).abs().max().item() for d, s in zip(double["logits"], single["logits"]))
    require("  logits, float against double", logit_difference, 1e-4)
    gradient_difference = max(
        (double["gradients"][name] - gradient).abs().max().item() for name, gradient in single["gradients"].items()
    )
    require("  gradients, float against double", gradient_difference, 1e-5)

    last = model.config.num_hidden_layers - 1
    full = [name.format(last=last) for name in FULL_GRADIENTS]
    return {
        "versions": versions(),
        "sequences": sequences,
        "logits": [float32s(logits) for logits in single["logits"]],
        "last_hidden_state": float32s(single["hidden"]),
        "gradients": {
            "micro_batch": micro_batch,
            "masked": masked_count(micro_batch),
            "loss": single["loss"],
            "norms": {name: g.norm().item() for name, g in single["gradients"].items()},
            "full": {
                name: {"shape": list(single["gradients"][name].shape), "values": float32s(single["gradients"][name])}
                for name in full
            },
        },
    }


def fill_mask_cases(folder: Path) -> list:
    tokenizer = BertTokenizerFast.from_pretrained(folder)
    pipeline = FillMaskPipeline(model=BertForMaskedLM.from_pretrained(folder, dtype=torch.float32), tokenizer=tokenizer)
    cases = []
    for case in FILL_MASK_CASES:
        options = {"top_k": case.get("top_k", 5)}
        if "targets" in case:
            options["targets"] = case["targets"]
        expected = {"text": case["text"], **options, "ids": tokenizer(case["text"])["input_ids"]}
        try:
            expected["output"] = pipeline(case["text"], **options)
        except PipelineException as error:
            expected["error"] = str(error)
        cases.append(expected)
    return cases


def checked_training(folder: Path, steps: list) -> tuple[list, BertForMaskedLM]:
    """The rows of steps.json, and the model afterwards in float, once double and the Trainer agree with them."""
    single, trained = fine_tune(folder, steps, torch.float32, FINE_TUNING["steps"])
    double, trained_in_double = fine_tune(folder, steps, torch.float64, FINE_TUNING["steps"])
    require("  losses, float against double", largest_difference(double, single, "loss"), 1e-5)
    require("  gradient norms, float against double", largest_difference(double, single, "grad_norm"), 1e-4)
    reference = dict(trained_in_double.named_parameters())
    weight_difference = max(
        # Softmax ignores what a key bias adds to a whole row: its gradient is rounding noise, which AdamW amplifies.
        (p.detach() - reference[name].detach()).abs().max().item()
        for name, p in trained.named_parameters()
        if not name.endswith("key.bias")
    )
    require("  weights afterwards without key biases, float against double", weight_difference, 1e-5)

    # The Trainer cannot change its group size half-way: each half on its own, from the first weights.
    first = FINE_TUNING["first_grouped_step"]
    for half in (steps[:first], steps[first:]):
        expected, _ = fine_tune(folder, half, torch.float32, len(half))
        log = trainer_log(folder, half, token_weighted_loss)
        for field in ("loss", "grad_norm", "learning_rate"):
            difference = largest_difference(expected, log, field)
            require(f"  {field} against the Trainer, groups of {len(half[0])}", difference, 2e-6)

    rows = []
    for group, row, reference in zip(steps, single, double, strict=True):
        rows.append(
            {
                "loss": row["loss"],
                "grad_norm": row["grad_norm"],
                "learning_rate": row["learning_rate"],
                "loss_f64": reference["loss"],
                "grad_norm_f64": reference["grad_norm"],
                "masked": row["masked"],
                "micro_batch_losses": row["micro_batch_losses"],
                "micro_batches": group,
            }
        )
    return rows, trained


def make_model(name: str, seed: int) -> tuple[Path, BertForMaskedLM]:
    """A model of MODELS with random weights, and its folder, where it is saved."""
    folder = HERE / name
    print(folder.name)
    folder.mkdir(exist_ok=True)
    model = build_model(seed, **MODELS[name])
    model.save_pretrained(folder)
    return folder, model


def make_fine_tuning() -> None:
    folder, model = make_model("fine_tuning", FINE_TUNING["model_seed"])
    write_tokenizer(folder, VOCABULARY, lower_case=True)

    steps = draw_steps(
        FINE_TUNING["data_seed"], len(VOCABULARY), FINE_TUNING["steps"], FINE_TUNING["first_grouped_step"]
    )
    rows, trained = checked_training(folder, steps)
    no_decay = set(dict(model.named_parameters())) - set(Trainer.get_decay_parameter_names(None, model))
    write_json(
        folder / "steps.json",
        {
            "versions": versions(),
            "hyper_parameters": FINE_TUNING,
            "no_weight_decay": [name for name, _ in model.named_parameters() if name in no_decay],
            "steps": rows,
        },
    )
    save_file(
        {name: p.detach().clone() for name, p in trained.named_parameters()}, folder / "after_fine_tuning.safetensors"
    )

    draw = np.random.default_rng(FINE_TUNING["data_seed"] + 1)
    sequences = [random_sequence(draw, length, len(VOCABULARY)) for length in (13, 22)]
    write_json(folder / "forward.json", forward_fields(model, sequences, steps[0][0]))
    write_json(folder / "fill_mask.json", {"versions": versions(), "cases": fill_mask_cases(folder)})


def make_forward(name: str, seed: int) -> None:
    folder, model = make_model(name, seed)
    vocab_size = model.config.vocab_size
    draw = np.random.default_rng(seed)
    sequences = [random_sequence(draw, length, vocab_size) for length in (8, 13)]
    micro_batch = [
        mask_sequence(draw, random_sequence(draw, length, vocab_size), vocab_size, 0.3) for length in (24, 3, 10)
    ]
    fields = forward_fields(model, sequences, micro_batch)
    if name == "forward_cased":
        tokenizer = write_tokenizer(folder, CASED_VOCABULARY, lower_case=False)
        texts = ["The cat reads the Book.", "CAT cater, Ébé é!", "Cat在Rome读book 上海。"]
        fields["texts"] = [{"text": text, "ids": tokenizer(text)["input_ids"]} for text in texts]
    write_json(folder / "forward.json", fields)


def main() -> None:
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    assert len(VOCABULARY) == len(set(VOCABULARY)) == 97, len(VOCABULARY)
    assert len(CASED_VOCABULARY) == len(set(CASED_VOCABULARY)) == 53, len(CASED_VOCABULARY)
    torch.set_num_threads(1)
    make_fine_tuning()
    make_forward("forward_gelu_new", seed=21)
    make_forward("forward_cased", seed=22)


if __name__ == "__main__":
    main()
