#!/usr/bin/env python3
"""Compares the vectors of models that sentence-transformers saved, over all combinations of its settings.

    python tests/parity/sentence_settings.py --program build/release/bin/mini_bert_predict

The package writes a small model with every combination of pooling, Normalize, default prompt, include_prompt,
truncate_dim and length; older layouts are made from these (max_seq_length in sentence_bert_config.json, switches in the
pooling's config.json, the encoder in 0_Transformer). SentenceTransformer(folder).encode(…) and `mini_bert_predict embed`
read each folder. Equal means that no number differs by more than 1e-5.
"""

import argparse
import itertools
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from parity_testing import Comparison, ProgramError, make_model, run_json, save_tokenizer, silence_transformers

TEXTS = ["三国人物诸葛亮，字孔明，是蜀相的人物", "the cat sat on the mat", "a", "今天很好。 " * 12, "three"]
PROMPTS = {"query": "三国：", "long": "the cat sat on the mat under the tree in paris", "empty": ""}
TOLERANCE = 1e-5


def save(folder: Path, encoder: Path, pooling, normalize, prompt, include, dimensions, length) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    transformer = Transformer(str(encoder))
    steps = [transformer, Pooling(32, pooling, include_prompt=include)] + [Normalize()] * normalize
    model = SentenceTransformer(modules=steps, prompts=PROMPTS, default_prompt_name=prompt, truncate_dim=dimensions)
    model.max_seq_length = length
    model.save_pretrained(str(folder))


def edit(path: Path, change) -> None:
    content = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def older_length(folder: Path, in_tokenizer, in_sentence) -> None:
    edit(folder / "tokenizer_config.json", lambda config: config.update(model_max_length=in_tokenizer))
    edit(folder / "sentence_bert_config.json", lambda config: config.update(max_seq_length=in_sentence))


def older_pooling(folder: Path, kind: str) -> None:
    switches = {"word_embedding_dimension": 32, "pooling_mode_cls_token": kind == "cls",
                "pooling_mode_mean_tokens": kind == "mean", "pooling_mode_max_tokens": False}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(switches))


def encoder_apart(folder: Path) -> None:
    """The layout of the first versions: the encoder in 0_Transformer."""
    apart = folder / "0_Transformer"
    apart.mkdir()
    for name in list(os.listdir(folder)):
        if (folder / name).is_file() and name not in ("modules.json", "config_sentence_transformers.json", "README.md"):
            shutil.move(folder / name, apart / name)
    edit(folder / "modules.json", lambda modules: modules[0].update(path="0_Transformer"))


def compare(comparison: Comparison, program: Path, folder: Path, what: str, prompt_name=None) -> None:
    import torch
    from sentence_transformers import SentenceTransformer

    expected = torch.tensor(SentenceTransformer(str(folder)).encode(TEXTS, prompt_name=prompt_name, batch_size=1))
    flags = ["--prompt-name", prompt_name] if prompt_name else []
    texts = folder.parent / "texts.json"
    texts.write_text(json.dumps(TEXTS, ensure_ascii=False), encoding="utf-8")
    try:
        found = torch.tensor(run_json(program, "embed", "--model", folder, "--json", "--file", texts, *flags))
    except ProgramError as error:
        return comparison.count(what, False, str(error))
    if found.shape != expected.shape:
        return comparison.count(what, False, f"{list(found.shape)} numbers, expected {list(expected.shape)}")
    error = (found - expected).abs().max().item()
    return comparison.count(what, error <= TOLERANCE, f"off by {error:.3g}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, default=Path("build/release/bin/mini_bert_predict"))
    program = parser.parse_args().program
    os.environ["HF_HUB_OFFLINE"] = "1"
    silence_transformers()
    comparison = Comparison()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        encoder, folder = root / "encoder", root / "model"
        make_model(encoder, "BertModel", 5)
        save_tokenizer(encoder)
        settings = itertools.product(("mean", "cls"), (0, 1), (None, "query", "long", "empty"), (True, False), (None, 7),
                                     (12, 40))
        for number, case in enumerate(settings):
            shutil.rmtree(folder, ignore_errors=True)
            save(folder, encoder, *case)
            compare(comparison, program, folder, f"saved with {case}")
            if number % 5 == 0:
                compare(comparison, program, folder, f"saved with {case}, prompt long", "long")
        for kind, in_tokenizer, in_sentence in itertools.product(("mean", "cls"), (12, 40, 10**30), (None, 8, 20, 40)):
            shutil.rmtree(folder, ignore_errors=True)
            save(folder, encoder, kind, 1, None, True, None, 40)
            older_length(folder, in_tokenizer, in_sentence)
            older_pooling(folder, kind)
            compare(comparison, program, folder, f"lengths {kind} {in_tokenizer} {in_sentence}")
        for family in ("roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet"):
            save(folder, encoder, "mean", 1, None, True, None, 40)
            older_length(folder, 40, 12)
            (folder / "sentence_bert_config.json").rename(folder / f"sentence_{family}_config.json")
            compare(comparison, program, folder, f"length in sentence_{family}_config.json")
            shutil.rmtree(folder)
        save(folder, encoder, "mean", 1, None, True, None, 40)
        encoder_apart(folder)
        compare(comparison, program, folder, "encoder in 0_Transformer")
    return comparison.finish("models of sentence-transformers")


if __name__ == "__main__":
    sys.exit(main())
