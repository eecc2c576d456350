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
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from transformers import AutoTokenizer, BertConfig, BertForMaskedLM, BertTokenizer, BertTokenizerFast

LETTERS = "三 国 人 物 诸 葛 亮 涛 字 孔 明 子 澜 的 是 。 ， 用 写 a b c t ##a ##b ##c ##t cat C A T B + g p e ##g ##p".split()
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS]
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


def make_model(folder: Path, lower: bool) -> None:
    torch.manual_seed(int(lower))
    config = BertConfig(vocab_size=len(VOCABULARY), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
                        intermediate_size=64, max_position_embeddings=40, initializer_range=0.3)
    model = BertForMaskedLM(config)
    with torch.no_grad():
        model.cls.predictions.bias += torch.randn(len(VOCABULARY))
    model.save_pretrained(folder)
    (folder / "vocab.txt").write_text("".join(token + "\n" for token in VOCABULARY), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": lower}))


def run(*command) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stdout


class Comparison:
    def __init__(self):
        self.compared = self.different = 0

    def check(self, what: str, same: bool, detail: str = "") -> None:
        self.compared += 1
        if not same:
            self.different += 1
            print(f"different: {what}: {detail}")


def compare_tokens(compared: Comparison, programs: Path, folder: Path, texts: Path) -> None:
    lines = [json.loads(line) for line in run(programs / "mini_bert_tokenize", "--model", folder, "--json",
                                              texts).splitlines()]
    for reader in (BertTokenizer, BertTokenizerFast, AutoTokenizer):
        tokenizer = reader.from_pretrained(folder)
        for text, ours in zip(TEXTS, lines, strict=True):
            theirs = tokenizer(text)["input_ids"]
            compared.check(f"{reader.__name__}: {text}", theirs == ours["ids"],
                           f"{tokenizer.convert_ids_to_tokens(theirs)} / {ours['tokens']}")


def compare_logits(compared: Comparison, programs: Path, folder: Path) -> None:
    tokenizer, model = AutoTokenizer.from_pretrained(folder), BertForMaskedLM.from_pretrained(folder).eval()
    compared.check("vocab_size", model.config.vocab_size == len(tokenizer), str(model.config.vocab_size))
    for text in ("三国人物[MASK]，字子澜。", "诸葛涛用[MASK]写"):
        inputs = tokenizer(text, return_tensors="pt")
        with torch.no_grad():
            logits = model(**inputs).logits[0, inputs["input_ids"][0].tolist().index(tokenizer.mask_token_id)]
        theirs = logits.softmax(0)
        ours = json.loads(run(programs / "mini_bert_predict", "fill-mask", "--model", folder, "--json", "--top-k",
                              len(tokenizer), text))
        worst = max(abs(theirs[row["token"]].item() - row["score"]) for row in ours)
        compared.check(f"scores: {text}", len(ours) == len(tokenizer) and worst < 1e-5, f"{len(ours)} rows, {worst}")


def compare_first_vectors(compared: Comparison, base: Path, folder: Path) -> None:
    before, after = BertForMaskedLM.from_pretrained(base), BertForMaskedLM.from_pretrained(folder)
    pieces_of, tokenizer = BertTokenizerFast.from_pretrained(base), BertTokenizerFast.from_pretrained(folder)
    added = [word for word in WORDS if word != "亮"]
    compared.check("words", len(tokenizer) == len(VOCABULARY) + len(added), str(len(tokenizer)))
    for word in added:
        pieces, id = pieces_of(word, add_special_tokens=False)["input_ids"], tokenizer.convert_tokens_to_ids(word)
        for name in ("bert.embeddings.word_embeddings.weight", "cls.predictions.bias"):
            mean = before.state_dict()[name][pieces].mean(0)
            compared.check(f"{name} of {word}", torch.allclose(after.state_dict()[name][id], mean, atol=1e-6))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=Path)
    programs = parser.parse_args().bin
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    compared = Comparison()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        (root / "words.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
        (root / "texts.txt").write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
        for lower in (True, False):
            base = root / f"base-{lower}"
            make_model(base, lower)
            for rate in ("0", "1e-2"):
                trained = root / f"trained-{lower}-{rate}"
                run(programs / "mini_bert_train", "--model", base, "--train", root / "texts.txt", "--add-words",
                    root / "words.txt", "--max-steps", "1", "--learning-rate", rate, "--output", trained)
                compare_tokens(compared, programs, trained, root / "texts.txt")
                compare_logits(compared, programs, trained)
                if rate == "0":
                    compare_first_vectors(compared, base, trained)
    print(f"{compared.compared} compared, {compared.different} different")
    return 1 if compared.different else 0


if __name__ == "__main__":
    sys.exit(main())
