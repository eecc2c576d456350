#!/usr/bin/env python3
"""Whether transformers makes of a model with added words what we make of it.

    python tests/parity/new_words_parity.py --bin build/release/bin

A random small model, lower-casing and not, is trained for one step with --add-words. The saved directory is read by
BertTokenizer, BertTokenizerFast, AutoTokenizer and BertForMaskedLM. Tokens must be the same and logits (the answers of
fill-mask over the whole vocabulary) within 1e-5; and before any step, with a learning rate of 0, the vector and the bias
of a new word must be the means of those of its pieces.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import torch
from parity_testing import VOCABULARY, Comparison, make_model, run, run_json, silence_transformers, write_lines
from transformers import AutoTokenizer, BertForMaskedLM, BertTokenizer, BertTokenizerFast

WORDS = ["诸葛涛", "子澜", "诸葛", "catcat", "C++", "CaB", "T恤", "龘龘", "亮", "écat", "a·b", "カタカナ"]
TEXTS = [
    "三国人物诸葛涛，字子澜。",
    "诸葛亮诸葛涛诸葛",
    "诸 葛涛 子  澜",
    "用catcat写catcats Catcat CATCAT",
    "用C++写c++，cab CaB cabcab",
    "T恤t恤aT恤",
    "龘龘龘",
    "ÉCAT e\u0301cat ecat a·b",
    "カタカナ カタカナは",
    "[MASK]诸葛涛[SEP]子澜",
]


def compare_tokens(compared: Comparison, programs: Path, folder: Path, texts: Path) -> None:
    lines = run_json(programs / "mini_bert_tokenize", "--model", folder, "--json", texts)
    for reader in (BertTokenizer, BertTokenizerFast, AutoTokenizer):
        tokenizer = reader.from_pretrained(folder)
        for text, ours in zip(TEXTS, lines, strict=True):
            theirs = tokenizer(text)["input_ids"]
            compared.count(f"{reader.__name__}: {text}", theirs == ours["ids"],
                           f"{tokenizer.convert_ids_to_tokens(theirs)} / {ours['tokens']}")


def compare_logits(compared: Comparison, programs: Path, folder: Path) -> None:
    tokenizer, model = AutoTokenizer.from_pretrained(folder), BertForMaskedLM.from_pretrained(folder).eval()
    compared.count("vocab_size", model.config.vocab_size == len(tokenizer), str(model.config.vocab_size))
    for text in ("三国人物[MASK]，字子澜。", "诸葛涛用[MASK]写"):
        inputs = tokenizer(text, return_tensors="pt")
        with torch.no_grad():
            logits = model(**inputs).logits[0, inputs["input_ids"][0].tolist().index(tokenizer.mask_token_id)]
        theirs = logits.softmax(0)
        ours = json.loads(run(programs / "mini_bert_predict", "fill-mask", "--model", folder, "--json", "--top-k",
                              len(tokenizer), text))
        worst = max(abs(theirs[row["token"]].item() - row["score"]) for row in ours)
        compared.count(f"scores: {text}", len(ours) == len(tokenizer) and worst < 1e-5, f"{len(ours)} rows, {worst}")


def compare_first_vectors(compared: Comparison, base: Path, folder: Path) -> None:
    before, after = BertForMaskedLM.from_pretrained(base), BertForMaskedLM.from_pretrained(folder)
    pieces_of, tokenizer = BertTokenizerFast.from_pretrained(base), BertTokenizerFast.from_pretrained(folder)
    added = [word for word in WORDS if word != "亮"]
    compared.count("words", len(tokenizer) == len(VOCABULARY) + len(added), str(len(tokenizer)))
    for word in added:
        pieces, id = pieces_of(word, add_special_tokens=False)["input_ids"], tokenizer.convert_tokens_to_ids(word)
        for name in ("bert.embeddings.word_embeddings.weight", "cls.predictions.bias"):
            mean = before.state_dict()[name][pieces].mean(0)
            compared.count(f"{name} of {word}", torch.allclose(after.state_dict()[name][id], mean, atol=1e-6))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, default=Path("build/release/bin"))
    programs = parser.parse_args().bin
    silence_transformers()
    compared = Comparison()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        write_lines(root / "words.txt", WORDS)
        write_lines(root / "texts.txt", TEXTS)
        for lower in (True, False):
            base = root / f"base-{lower}"
            make_model(base, "BertForMaskedLM", seed=int(lower))
            (base / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": lower}))
            for rate in ("0", "1e-2"):
                trained = root / f"trained-{lower}-{rate}"
                run(programs / "mini_bert_train", "--model", base, "--train", root / "texts.txt", "--add-words",
                    root / "words.txt", "--max-steps", "1", "--learning-rate", rate, "--output", trained)
                compare_tokens(compared, programs, trained, root / "texts.txt")
                compare_logits(compared, programs, trained)
                if rate == "0":
                    compare_first_vectors(compared, base, trained)
    return compared.finish("comparisons with transformers")


if __name__ == "__main__":
    sys.exit(main())
