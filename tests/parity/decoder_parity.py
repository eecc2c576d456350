#!/usr/bin/env python3
"""Compares what is read of the files of masked language models with transformers: decoders, sizes, other tensors.

    python tests/parity/decoder_parity.py --programs build/release/bin

Every combination of tie_word_embeddings (false, true, absent), decoder.weight and decoder.bias (equal, different,
missing), predictions.bias (there, missing) and word embeddings (there, missing) is written as a file. Both programs give
the probability of every token for a blank. Where transformers draws a weight at random, or takes zeros for the bias of
a decoder, mini_bert must refuse the file. Then a model of each kind is trained for two steps by mini_bert_train; both
programs must read from its folder the same model, with a decoder that has moved. Files with more rows than the
vocabulary has tokens, and files with a further tensor of any type that torch can save, must give the same answers too.
"""

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from parity_testing import (
    VOCABULARY,
    Comparison,
    ProgramError,
    make_model,
    run,
    run_json,
    save_tokenizer,
    silence_transformers,
    worst_error,
    write_lines,
)
from safetensors.torch import load_file, save_file

TABLE = "bert.embeddings.word_embeddings.weight"
BIAS = "cls.predictions.bias"
DECODER = "cls.predictions.decoder.weight"
DECODER_BIAS = "cls.predictions.decoder.bias"
TEXT = "三国人物诸葛[MASK]，the cat"
TIED, REPEATED, THERE = ("absent", True, False), ("missing", "equal", "different"), (True, False)


def write_case(folder: Path, tensors: dict, config: dict, case: tuple, container: str) -> None:
    tied, weight, bias, has_bias, has_table = case
    tensors = {name: value.clone() for name, value in tensors.items()}
    for name, source, how in ((DECODER, TABLE, weight), (DECODER_BIAS, BIAS, bias)):
        if how != "missing":
            tensors[name] = tensors[source].clone() if how == "equal" else tensors[source].flip(0) + 0.1
    if not has_bias:
        del tensors[BIAS]
    if not has_table:
        del tensors[TABLE]
    config = {name: value for name, value in config.items() if name != "tie_word_embeddings"}
    if tied != "absent":
        config["tie_word_embeddings"] = tied
    (folder / "config.json").write_text(json.dumps(config))
    for name in ("model.safetensors", "pytorch_model.bin"):
        (folder / name).unlink(missing_ok=True)
    if container == "safetensors":
        save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    else:
        torch.save(tensors, folder / "pytorch_model.bin")


def theirs(folder: Path) -> tuple:
    """The probabilities at the blank, what is missing, and the model."""
    model, report = transformers.BertForMaskedLM.from_pretrained(folder, output_loading_info=True)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    batch = tokenizer(TEXT, return_tensors="pt")
    with torch.no_grad():
        logits = model.eval()(**batch).logits[0]
    blank = batch["input_ids"][0].tolist().index(tokenizer.mask_token_id)
    return logits[blank].softmax(0), report["missing_keys"], model


def ours(programs: Path, folder: Path):
    """The same probabilities, without those of tokens that were added; or the message of an error."""
    flags = ["--model", folder, "--json", "--top-k", len(VOCABULARY) + 3]
    try:
        answers = run_json(programs / "mini_bert_predict", "fill-mask", *flags, TEXT)[0]
    except ProgramError as error:
        return str(error)
    probabilities = torch.zeros(len(VOCABULARY))
    for answer in answers:
        if answer["token"] < len(VOCABULARY):
            probabilities[answer["token"]] = answer["score"]
    return probabilities


def write_rows(folder: Path, tensors: dict, config: dict, more: int) -> None:
    """The model with `more` rows after those of the vocabulary."""
    generator = torch.Generator().manual_seed(more)
    longer = {name: torch.cat([tensors[name], 0.3 * torch.randn(more, *tensors[name].shape[1:], generator=generator)])
              for name in (TABLE, BIAS)}
    size = len(VOCABULARY) + more
    write_case(folder, tensors | longer, config | {"vocab_size": size}, (True, "missing", "missing", True, True), "bin")


# Left out: types without a storage (int4, …).
TYPES = ("float16 bfloat16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool complex32 complex64 "
         "complex128 float4_e2m1fn_x2 bits8 bits16 bits1x8 bits2x4 bits4x2 float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu").split()


def add_tensor(folder: Path, tensors: dict, dtype: str, container: str) -> bool:
    """The model and a tensor of this type. False where the container has no such type."""
    dtype = getattr(torch, dtype)
    bytes_of_more = torch.zeros(3, 2 * dtype.itemsize, dtype=torch.uint8)
    tensors = tensors | {"more": bytes_of_more.view(dtype)}
    path = folder / ("model.safetensors" if container == "safetensors" else "pytorch_model.bin")
    try:
        if container == "safetensors":
            save_file(tensors, path, {"format": "pt"})
        else:
            torch.save(tensors, path, _use_new_zipfile_serialization=container == "bin")
            torch.load(path)  # the older container cannot hold all of them
    except Exception:  # the exception's type differs from type to type
        path.unlink(missing_ok=True)
        return False
    return True


def compare(comparison: Comparison, programs: Path, folder: Path, what: str, must_refuse: bool) -> None:
    expected, missing, _ = theirs(folder)
    missing = set(missing) - {BIAS}  # what the decoder adds is its own bias
    found = ours(programs, folder)
    if missing and must_refuse:
        comparison.count(what, isinstance(found, str), "is read, although transformers misses " + ", ".join(missing))
    elif isinstance(found, str):
        comparison.count(what, False, found)
    else:
        error = worst_error(found, expected[: len(VOCABULARY)])
        comparison.count(what, error <= 1, f"off by {error:.3g} tolerances")


def compare_rowless(comparison: Comparison, programs: Path, root: Path, folder: Path) -> None:
    """Tokens that are added to the tokenizer alone: other texts are read as before, and training gives them rows."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens(["诸葛涛", "dogcat"])
    tokenizer.add_tokens(["<x>"], special_tokens=True)
    tokenizer.save_pretrained(folder)
    compare(comparison, programs, folder, "tokens without rows", False)
    lines, output = root / "lines.txt", root / "grown"
    write_lines(lines, ["三国人物诸葛涛", "the dogcat sat <x>"])
    for text in ("诸葛涛[MASK]", "the <x>[MASK]"):
        command = [str(programs / "mini_bert_predict"), "fill-mask", "--model", str(folder), "--json", text]
        answer = json.loads(subprocess.run(command, capture_output=True, encoding="utf-8").stdout)
        comparison.count(f"{text} without rows", "error" in answer, f"answer {answer}")
    run(programs / "mini_bert_train", "--model", folder, "--train", lines, "--output", output, "--max-steps", 1)
    _, missing, model = theirs(output)
    size = len(VOCABULARY) + 3
    comparison.count("grown", not missing and model.config.vocab_size == size, f"{model.config.vocab_size} rows {missing}")
    compare(comparison, programs, output, "trained with tokens that had no rows", False)


def train(comparison: Comparison, programs: Path, root: Path, folder: Path, case: tuple) -> None:
    """Two steps of training, then the folder that they leave."""
    output, lines = root / "trained", root / "lines.txt"
    write_lines(lines, ["the cat sat on the mat", "三国人物诸葛亮字孔明", "the dog ran", "今天很好。"])
    _, _, before = theirs(folder)
    flags = ["--train", lines, "--max-steps", 2, "--learning-rate", 1e-2, "--batch-size", 4, "--overwrite"]
    run(programs / "mini_bert_train", "--model", folder, "--output", output, *flags)
    compare(comparison, programs, output, f"trained {case}", False)
    _, missing, after = theirs(output)
    comparison.count(f"trained {case}", not missing, f"transformers misses {sorted(missing)}")
    own = after.cls.predictions.decoder.weight is not after.bert.embeddings.word_embeddings.weight
    comparison.count(f"trained {case}", own == (case[0] is False or case[1] == "different"), f"own decoder: {own}")
    moved = not after.cls.predictions.decoder.weight.equal(before.cls.predictions.decoder.weight)
    comparison.count(f"trained {case}", moved, "the decoder did not move")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=Path, default=Path("build/release/bin"))
    programs = parser.parse_args().programs
    silence_transformers()
    comparison = Comparison()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        folder = root / "model"
        make_model(folder, "BertForMaskedLM", 3)
        save_tokenizer(folder)
        tensors = load_file(folder / "model.safetensors")
        config = json.loads((folder / "config.json").read_text())
        for case in itertools.product(TIED, REPEATED, REPEATED, THERE, THERE):
            for container in ("safetensors", "bin"):
                write_case(folder, tensors, config, case, container)
                compare(comparison, programs, folder, f"{container} {case}", True)
        for case in itertools.product(TIED, ("equal", "different"), ("equal", "different"), [True], [True]):
            write_case(folder, tensors, config, case, "safetensors")
            train(comparison, programs, root, folder, case)
        for more in (1, 2, 9, 17, 1025, 4000):
            write_rows(folder, tensors, config, more)
            compare(comparison, programs, folder, f"{more} rows more", False)
        write_case(folder, tensors, config, (True, "missing", "missing", True, True), "safetensors")
        for dtype, container in itertools.product(TYPES, ("safetensors", "bin", "older bin")):
            (folder / "model.safetensors").unlink(missing_ok=True)
            (folder / "pytorch_model.bin").unlink(missing_ok=True)
            if add_tensor(folder, tensors, dtype, container):
                compare(comparison, programs, folder, f"a tensor of {dtype} in {container}", False)
        (folder / "pytorch_model.bin").unlink(missing_ok=True)
        write_case(folder, tensors, config, (True, "missing", "missing", True, True), "safetensors")
        compare_rowless(comparison, programs, root, folder)
    return comparison.finish("models")


if __name__ == "__main__":
    sys.exit(main())
