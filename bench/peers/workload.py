"""The weights and batches that every side gets.

A model is a directory as the Hugging Face hub has them. Batches are JSON lines, one batch a line:

    {"ids": [[101, …], …], "masked_rows": [3, …], "labels": [2769, …]}

ids are the token ids of each sentence after masking; row t counts the tokens of all sentences end to end, without
padding, and masked_rows[m] was labels[m]. bench/bert/bench_inputs.h reads the same files.
"""

import json
import random
from pathlib import Path

CLS, SEP, MASK = 101, 102, 103  # in the vocabulary of bert-base-chinese
FIRST_WORD = 672  # tokens before it are special, unused or punctuation
VOCABULARY_SIZE = 21128
MASKED_SHARE = 0.15


def make_model(directory):
    """BERT base with random weights: every bias and LayerNorm parameter is moved off its 0 or 1, so that leaving one out
    shows. The vocabulary is made up; a token a character of the CJK block."""
    if (directory / "model.safetensors").exists():
        return
    import torch
    from transformers import BertConfig, BertForMaskedLM

    torch.manual_seed(0)
    model = BertForMaskedLM(BertConfig(vocab_size=VOCABULARY_SIZE))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("bias") or "LayerNorm" in name:
                parameter.add_(torch.randn_like(parameter), alpha=0.02)
    directory.mkdir(parents=True, exist_ok=True)
    tokens = [f"[unused{i}]" for i in range(VOCABULARY_SIZE)]
    tokens[0] = "[PAD]"
    tokens[100:104] = ["[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    for i, code in enumerate(range(0x4E00, 0xA000)):
        if 104 + i < VOCABULARY_SIZE:
            tokens[104 + i] = chr(code)
    (directory / "vocab.txt").write_text("".join(token + "\n" for token in tokens), encoding="utf-8")
    (directory / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer"}\n')
    model.save_pretrained(directory)


def make_f16_model(source, directory):
    """The same model, its weights rounded to float16 in the file."""
    if (directory / "model.safetensors").exists():
        return
    import shutil

    from safetensors.torch import load_file, save_file

    directory.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "vocab.txt", "tokenizer_config.json"):
        shutil.copy(source / name, directory / name)
    weights = load_file(source / "model.safetensors")
    save_file({name: value.half() for name, value in weights.items()}, directory / "model.safetensors", {"format": "pt"})


def masked_batch(draw, sentences, masked_share=MASKED_SHARE):
    """Of the ordinary tokens of each sentence one in every 1/masked_share, at least one: 80 % become [MASK], 10 % a random
    token, 10 % stay. With a share of 0 only one token of each sentence is masked, as when a blank is to be filled."""
    batch = {"ids": [], "masked_rows": [], "labels": []}
    start = 0
    for sentence in sentences:
        ids = list(sentence)
        chosen = sorted(draw.sample(range(1, len(ids) - 1), max(1, round(masked_share * len(ids)))))
        for position in chosen:
            batch["masked_rows"].append(start + position)
            batch["labels"].append(ids[position])
            dice = draw.random() if masked_share else 0
            if dice < 0.8:
                ids[position] = MASK
            elif dice < 0.9:
                ids[position] = draw.randrange(FIRST_WORD, VOCABULARY_SIZE)
        batch["ids"].append(ids)
        start += len(ids)
    return batch


def random_sentence(draw, length):
    return [CLS] + [draw.randrange(FIRST_WORD, VOCABULARY_SIZE) for _ in range(length - 2)] + [SEP]


def full_batches(sentences, length, count=4, seed=1):
    """Batches of random tokens, all sentences equally long."""
    draw = random.Random(seed)
    return [masked_batch(draw, [random_sentence(draw, length) for _ in range(sentences)]) for _ in range(count)]


def text_batches(paths, vocabulary, sentences, length, count, seed=1):
    """Batches of lines drawn from text files, cut at `length` tokens."""
    from transformers import BertTokenizerFast

    tokenizer = BertTokenizerFast(vocab=str(vocabulary))
    draw = random.Random(seed)
    lines = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            lines += [line.strip() for line in file if len(line.strip()) > 1]
    drawn = draw.sample(lines, sentences * count)
    encoded = tokenizer(drawn, truncation=True, max_length=length)["input_ids"]
    return [masked_batch(draw, encoded[i * sentences : (i + 1) * sentences]) for i in range(count)]


def blank_batches(count, token_budget, seed=1):
    """`count` sentences of mixed lengths, one blank in each: 5 to 64 tokens, 22 on average. Sorted by length, so that a
    batch of at most `token_budget` tokens needs hardly any padding."""
    draw = random.Random(seed)
    lengths = sorted(min(64, 5 + int(draw.expovariate(1 / 18))) for _ in range(count))
    groups = [[]]
    for length in lengths:
        if length * (len(groups[-1]) + 1) > token_budget:
            groups.append([])
        groups[-1].append(length)
    return [masked_batch(draw, [random_sentence(draw, length) for length in group], 0) for group in groups]


def check_batches(batches, sentences=2, count=3):
    """The beginnings of some batches: small enough to compare every side with on them first."""
    parts = []
    for batch in (batches * count)[:count]:
        ids = batch["ids"][:sentences]
        tokens = sum(map(len, ids))
        masked = [m for m, row in enumerate(batch["masked_rows"]) if row < tokens]
        parts.append(
            {
                "ids": ids,
                "masked_rows": [batch["masked_rows"][m] for m in masked],
                "labels": [batch["labels"][m] for m in masked],
            }
        )
    return parts


def tokens_of(batch):
    return sum(map(len, batch["ids"]))


def write_batches(path, batches):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(batch) + "\n" for batch in batches))
    return path


def read_batches(path):
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def padded(batch):
    """[B,S] ids, attention mask and labels (−100: not masked) as lists, padded to the longest sentence; and for each
    masked row its place in the B·S padded rows."""
    longest = max(map(len, batch["ids"]))
    ids, mask, labels, places, rows = [], [], [], {}, []
    start = 0
    for b, sentence in enumerate(batch["ids"]):
        pad = longest - len(sentence)
        ids.append(sentence + [0] * pad)
        mask.append([1] * len(sentence) + [0] * pad)
        labels.append([-100] * longest)
        for s in range(len(sentence)):
            places[start + s] = (b, s)
        start += len(sentence)
    for row, label in zip(batch["masked_rows"], batch["labels"]):
        b, s = places[row]
        labels[b][s] = label
        rows.append(b * longest + s)
    return {"ids": ids, "mask": mask, "labels": labels, "rows": rows}
