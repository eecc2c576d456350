#!/usr/bin/env python3
"""Writes the golden files of this folder: what PyTorch and transformers compute, for mini_bert to reproduce.

    pip install torch==2.13.0 transformers==5.23.0 accelerate safetensors numpy
    python tests/golden/make_fine_tuning.py

Every expected number comes from library code: the model, its loss, AdamW, the gradient clip, the learning-rate schedule
and the fill-mask pipeline. This script only draws random weights and sentences and writes the answers down. Nothing is
written unless the run in double agrees with the one in float, and unless transformers' own Trainer reproduces the
token-weighted steps.

Letters: B sentences, T tokens, H hidden, V vocabulary.
"""

import json
import platform
import sys
import tempfile
from pathlib import Path

import numpy as np
import safetensors
import tokenizers
import torch
import transformers
from safetensors.torch import save_file
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertTokenizerFast,
    FillMaskPipeline,
    Trainer,
    TrainingArguments,
    get_linear_schedule_with_warmup,
)
from transformers.loss.loss_utils import fixed_cross_entropy
from transformers.pipelines.base import PipelineException

HERE = Path(__file__).resolve().parent
IGNORED = -100
PAD, UNK, CLS, SEP, MASK = range(5)
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

# 97 tokens: specials, Chinese characters, latin letters and words, ## pieces, digits, punctuation.
VOCABULARY = (
    SPECIALS
    + list("今天气很好我喜欢北京上海的是不大小人中国你他们在有这那了和书看学山水")
    + ["a", "b", "c", "d", "e", "i", "m", "n", "o", "s", "t", "the", "cat", "sat", "on", "mat", "read", "book", "good"]
    + ["##a", "##e", "##ing", "##n", "##s", "##t", "##ed", "##er", "##好"]
    + list("0123456789")
    + ["##0", "##1", "##2"]
    + list("，。！？、；,.!?-'():")
    + ["“", "”"]
)

# 53 tokens, both cases, for the cased variant.
CASED_VOCABULARY = (
    SPECIALS
    + list("ABCabcdeilmnorst")
    + ["The", "the", "Cat", "cat", "CAT", "Rome", "reads", "Book", "book"]
    + ["##A", "##a", "##e", "##s", "##T", "##t", "##er", "##é"]
    + ["é", "É"]
    + list("上海北京")
    + list("0123")
    + list(".,!。?")
)

FINE_TUNING = {
    "steps": 20,
    "learning_rate": 1e-3,
    "adam_beta1": 0.9,
    "adam_beta2": 0.999,
    "adam_epsilon": 1e-8,
    "weight_decay": 0.01,
    "max_grad_norm": 1.0,
    "lr_scheduler_type": "linear",
    "warmup_steps": 4,
    "first_grouped_step": 10,
    "gradient_accumulation_steps_before": 1,
    "gradient_accumulation_steps_after": 2,
    "model_seed": 7,
    "data_seed": 11,
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


def versions() -> dict:
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "tokenizers": tokenizers.__version__,
        "safetensors": safetensors.__version__,
        "numpy": np.__version__,
    }


def float32s(tensor: torch.Tensor):
    """Nested lists whose JSON text is the shortest decimal that reads back as the same float."""

    def decimals(values):
        return [decimals(v) if v.ndim else float(str(v)) for v in values]

    return decimals(tensor.detach().to(torch.float32).numpy())


def write_json(path: Path, fields: dict) -> None:
    """One top-level field a line, and one line for each row of a list: small files, readable differences."""

    def block(value) -> str:
        compact = lambda v: json.dumps(v, ensure_ascii=False, separators=(",", ":"))
        if isinstance(value, list) and value and isinstance(value[0], (dict, list)):
            return "[\n" + ",\n".join(compact(v) for v in value) + "\n]"
        if isinstance(value, dict) and any(isinstance(v, (dict, list)) for v in value.values()):
            return "{\n" + ",\n".join(f"{json.dumps(k)}:{compact(v)}" for k, v in value.items()) + "\n}"
        return compact(value)

    lines = [f"{json.dumps(key)}: {block(value)}" for key, value in fields.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def build_model(seed: int, **config) -> BertForMaskedLM:
    torch.manual_seed(seed)
    model = BertForMaskedLM(
        BertConfig(
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            type_vocab_size=2,
            initializer_range=0.2,
            architectures=["BertForMaskedLM"],
            **config,
        )
    )
    # Fresh biases are 0 and fresh LayerNorm scales 1: a program that forgot them would still pass.
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("bias") or "LayerNorm" in name:
                parameter.add_(torch.randn_like(parameter), alpha=0.1)
    return model.eval()


def random_sequence(draw: np.random.Generator, length: int, vocab_size: int) -> dict:
    """[CLS] A [SEP], or [CLS] A [SEP] B [SEP] with types 0…0 1…1 for about half of those long enough."""
    ids = draw.integers(len(SPECIALS), vocab_size, length)
    ids[0], ids[-1] = CLS, SEP
    types = np.zeros(length, dtype=int)
    if length >= 7 and draw.random() < 0.5:
        middle = int(draw.integers(2, length - 3))
        ids[middle] = SEP
        types[middle + 1 :] = 1
    return {"ids": ids.tolist(), "token_type_ids": types.tolist()}


def mask_sequence(draw: np.random.Generator, sequence: dict, vocab_size: int, probability: float) -> dict:
    """Devlin et al. 2019, arXiv:1810.04805 §3.1: of the chosen tokens 80 % [MASK], 10 % random, 10 % kept."""
    ids = list(sequence["ids"])
    labels = [IGNORED] * len(ids)
    for t, token in enumerate(sequence["ids"]):
        if token in (CLS, SEP) or draw.random() >= probability:
            continue
        labels[t] = token
        kind = draw.random()
        if kind < 0.8:
            ids[t] = MASK
        elif kind < 0.9:
            ids[t] = int(draw.integers(len(SPECIALS), vocab_size))
    return {"ids": ids, "token_type_ids": sequence["token_type_ids"], "labels": labels}


def masked_count(micro_batch: list) -> int:
    return sum(label != IGNORED for sequence in micro_batch for label in sequence["labels"])


def draw_steps(seed: int, vocab_size: int) -> list:
    """The micro-batches of every step. A pool of 16 sentences returns with new masks, so that there is something to learn."""
    draw = np.random.default_rng(seed)
    lengths = [3, 30, 4, 5, 29, 7, 8, 9, 11, 12, 14, 16, 18, 21, 24, 6]
    pool = [random_sequence(draw, length, vocab_size) for length in lengths]

    def micro_batch(sentences: int, probability: float) -> list:
        while True:
            chosen = draw.choice(len(pool), sentences, replace=False)
            masked = [mask_sequence(draw, pool[i], vocab_size, probability) for i in chosen]
            if masked_count(masked) > 0:
                return masked

    steps = []
    for step in range(FINE_TUNING["steps"]):
        if step < FINE_TUNING["first_grouped_step"]:
            steps.append([micro_batch(5, 0.2)])
        else:
            # Few masked tokens beside many: a mean of means would give another loss than the mean over tokens.
            steps.append([micro_batch(2, 0.1), micro_batch(5, 0.4)])
    return steps


def padded(micro_batch: list) -> dict:
    """[B,T] tensors padded to the longest, with the attention mask."""
    longest = max(len(sequence["ids"]) for sequence in micro_batch)
    fill = lambda rows, value: torch.tensor([row + [value] * (longest - len(row)) for row in rows])
    batch = {
        "input_ids": fill([s["ids"] for s in micro_batch], PAD),
        "token_type_ids": fill([s["token_type_ids"] for s in micro_batch], 0),
        "attention_mask": fill([[1] * len(s["ids"]) for s in micro_batch], 0),
    }
    if "labels" in micro_batch[0]:
        batch["labels"] = fill([s["labels"] for s in micro_batch], IGNORED)
    return batch


def token_weighted_loss(outputs, labels, num_items_in_batch) -> torch.Tensor:
    """transformers' cross entropy over one micro-batch, divided by the masked tokens of its whole group."""
    logits = outputs["logits"] if isinstance(outputs, dict) else outputs
    return fixed_cross_entropy(logits.view(-1, logits.shape[-1]), labels.view(-1), num_items_in_batch)


def decay_groups(model: torch.nn.Module, weight_decay: float) -> list:
    """The Trainer's two parameter groups; the tied weight occurs once, as the word embedding."""
    decays = set(Trainer.get_decay_parameter_names(None, model))
    named = list(model.named_parameters())
    return [
        {"params": [p for name, p in named if name in decays], "weight_decay": weight_decay},
        {"params": [p for name, p in named if name not in decays], "weight_decay": 0.0},
    ]


def fine_tune(folder: Path, steps: list, dtype: torch.dtype, total_steps: int) -> tuple[list, BertForMaskedLM]:
    """The expected row of every step, and the model afterwards."""
    model = BertForMaskedLM.from_pretrained(folder, dtype=dtype).train()
    optimizer = torch.optim.AdamW(
        decay_groups(model, FINE_TUNING["weight_decay"]),
        lr=FINE_TUNING["learning_rate"],
        betas=(FINE_TUNING["adam_beta1"], FINE_TUNING["adam_beta2"]),
        eps=FINE_TUNING["adam_epsilon"],
    )
    scheduler = get_linear_schedule_with_warmup(optimizer, FINE_TUNING["warmup_steps"], total_steps)
    rows = []
    for group in steps:
        masked = sum(masked_count(micro_batch) for micro_batch in group)
        loss_of_group = 0.0
        means = []
        for micro_batch in group:
            batch = padded(micro_batch)
            outputs = model(**batch)
            means.append(outputs.loss.item())
            if len(group) == 1:
                loss = outputs.loss
            else:
                loss = token_weighted_loss(outputs, batch["labels"], masked)
            loss.backward()
            loss_of_group += loss.item()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), FINE_TUNING["max_grad_norm"])
        rows.append(
            {
                "loss": loss_of_group,
                "grad_norm": norm.item(),
                "learning_rate": scheduler.get_last_lr()[0],
                "masked": masked,
                "micro_batch_losses": means,
            }
        )
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
    return rows, model


class InOrder(Trainer):
    """The Trainer, fed prepared micro-batches in their order."""

    def get_train_dataloader(self):
        return self.train_dataset


def trainer_log(folder: Path, steps: list, loss_function) -> list:
    """Log rows of transformers' Trainer over groups of equal size, from the weights in `folder`."""
    batches = [padded(micro_batch) for group in steps for micro_batch in group]
    with tempfile.TemporaryDirectory() as scratch:
        arguments = TrainingArguments(
            output_dir=scratch,
            use_cpu=True,
            max_steps=len(steps),
            gradient_accumulation_steps=len(steps[0]),
            learning_rate=FINE_TUNING["learning_rate"],
            weight_decay=FINE_TUNING["weight_decay"],
            warmup_steps=FINE_TUNING["warmup_steps"],
            logging_steps=1,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
        )
        trainer = InOrder(
            BertForMaskedLM.from_pretrained(folder, dtype=torch.float32),
            arguments,
            train_dataset=batches,
            compute_loss_func=loss_function,
        )
        trainer.log = lambda logs, start_time=None: trainer.state.log_history.append(dict(logs))
        trainer.train()
    return [row for row in trainer.state.log_history if "loss" in row]


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


def write_tokenizer(folder: Path, vocabulary: list, lower_case: bool) -> BertTokenizerFast:
    (folder / "vocab.txt").write_text("".join(token + "\n" for token in vocabulary), encoding="utf-8")
    tokenizer = BertTokenizerFast(
        vocab={token: index for index, token in enumerate(vocabulary)}, do_lower_case=lower_case, model_max_length=40
    )
    tokenizer.save_pretrained(folder)
    return tokenizer


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


def make_fine_tuning() -> None:
    folder = HERE / "fine_tuning"
    print(folder.name)
    folder.mkdir(exist_ok=True)
    model = build_model(
        FINE_TUNING["model_seed"],
        vocab_size=len(VOCABULARY),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=40,
        hidden_act="gelu",
        layer_norm_eps=1e-12,
    )
    model.save_pretrained(folder)
    write_tokenizer(folder, VOCABULARY, lower_case=True)

    steps = draw_steps(FINE_TUNING["data_seed"], len(VOCABULARY))
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
            require(f"  {field} against the Trainer, groups of {len(half[0])}", largest_difference(expected, log, field), 2e-6)

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


def make_forward(name: str, vocab_size: int, seed: int, **config) -> None:
    folder = HERE / name
    print(folder.name)
    folder.mkdir(exist_ok=True)
    model = build_model(seed, vocab_size=vocab_size, max_position_embeddings=24, **config)
    model.save_pretrained(folder)
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
    make_forward(
        "forward_gelu_new",
        vocab_size=61,
        seed=21,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=40,
        hidden_act="gelu_new",
        layer_norm_eps=1e-12,
    )
    make_forward(
        "forward_cased",
        vocab_size=len(CASED_VOCABULARY),
        seed=22,
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=3,
        intermediate_size=36,
        hidden_act="gelu",
        layer_norm_eps=1e-5,
    )


if __name__ == "__main__":
    main()
