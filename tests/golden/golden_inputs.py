"""What the golden files are computed from: vocabularies, random weights, random sentences and their masks.

Everything is drawn from a seed that the caller chooses, so two runs draw the same. Letters: B sentences, T tokens.
"""

import numpy as np
import torch
from transformers import BertConfig, BertForMaskedLM

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


def draw_steps(seed: int, vocab_size: int, count: int, first_grouped: int) -> list:
    """The micro-batches of `count` steps: one in each step before `first_grouped`, two from there on.

    A pool of 16 sentences returns with new masks, so that there is something to learn.
    """
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
    for step in range(count):
        if step < first_grouped:
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
