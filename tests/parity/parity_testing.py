"""What the comparisons of this folder share: running our programs, vocabularies and small models, counting differences.

torch and transformers are loaded by the functions that need them, so that a script without need of them starts at once.
"""

import json
import math
import subprocess
from pathlib import Path

IGNORED = -100  # the label of a token that counts for nothing
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
# Characters, words and pieces, in both cases; é, 龘 and others that the texts of the comparisons use are missing.
VOCABULARY = [
    *SPECIALS,
    *"三 国 人 物 诸 葛 亮 涛 字 孔 明 子 澜 蜀 相 的 是 用 写 今 天 很 好 , . 。 ， ! ' + 1 2 a b c e g p t A B C T".split(),
    *"the cat dog bird sat ran sang on under mat tree in paris berlin anna tom bad good un don".split(),
    *"##aff ##able ##a ##b ##c ##g ##p ##s ##t ##ed ##3".split(),
]
SMALL = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 40,
    "initializer_range": 0.3,
}
ABSOLUTE, RELATIVE = 1e-5, 1e-4  # found equals expected when |found - expected| <= ABSOLUTE + RELATIVE |expected|


class ProgramError(RuntimeError):
    """A program has ended with an error; the text is what it said."""


def run(*command, **settings) -> str:
    """What a program prints. `settings` are those of subprocess.run."""
    command = [str(part) for part in command]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", **settings)
    if result.returncode != 0:
        raise ProgramError(f"{Path(command[0]).name}: {result.stderr.strip()}")
    return result.stdout


def run_json(*command, **settings) -> list:
    """The values that a program prints as JSON, one a line."""
    return [json.loads(line) for line in run(*command, **settings).split("\n") if line]


def model_outputs(program: Path, jobs: list, file: Path) -> list:
    """The answers of model_outputs.cpp to jobs, which go to `file`."""
    file.write_text(json.dumps(jobs))
    return json.loads(run(program, file))


def log_history(output: Path) -> list:
    """What mini_bert_train has logged, a row every few steps."""
    return json.loads((output / "trainer_state.json").read_text(encoding="utf-8"))["log_history"]


def write_lines(path: Path, lines: list) -> None:
    Path(path).write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="\n")


def write_vocabulary(folder: Path, tokens: list) -> None:
    write_lines(Path(folder) / "vocab.txt", tokens)


def make_model(folder: Path, architecture: str, seed: int, **config) -> None:
    """A directory with a SMALL model of random weights and VOCABULARY, without tokenizer files."""
    import torch
    import transformers

    torch.manual_seed(seed)
    config = transformers.BertConfig(vocab_size=len(VOCABULARY), **SMALL, **config)
    model = getattr(transformers, architecture)(config)
    move_off_defaults(model, seed)
    model.save_pretrained(folder)
    write_vocabulary(folder, VOCABULARY)


def save_tokenizer(folder: Path) -> None:
    """The tokenizer files of VOCABULARY, as transformers writes them."""
    import transformers

    ids = {token: index for index, token in enumerate(VOCABULARY)}
    longest = SMALL["max_position_embeddings"]
    transformers.BertTokenizerFast(vocab=ids, do_lower_case=True, model_max_length=longest).save_pretrained(folder)


def move_off_defaults(model, seed: int) -> None:
    """Every bias and LayerNorm parameter off its 0 or 1, so that leaving one out shows."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("bias") or "LayerNorm" in name:
                parameter += 0.2 * torch.randn(parameter.shape, generator=generator)


def load_completely(model_class, folder: Path) -> tuple:
    """A model as transformers loads it, and what it complains of: keys that are missing, left over or of another shape."""
    model, report = model_class.from_pretrained(folder, output_loading_info=True)
    kinds = ("missing_keys", "unexpected_keys", "mismatched_keys")
    return model, [f"transformers finds {kind} {sorted(report[kind])}" for kind in kinds if report[kind]]


def changed_weights(model, original) -> list:
    """Names of the weights that are not the same to the bit."""
    before = original.state_dict()
    return [name for name, value in model.state_dict().items() if not value.equal(before[name])]


def worst_error(found, expected) -> float:
    """The largest error of a tensor, in tolerances: at most 1 is equal."""
    if found.shape != expected.shape:
        return math.inf
    errors = (found - expected).abs() / (ABSOLUTE + RELATIVE * expected.abs())
    return errors.nan_to_num(nan=math.inf).max().item()


def silence_transformers() -> None:
    import transformers

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()


class Comparison:
    """Counts what has been compared, and prints what differs."""

    def __init__(self):
        self.compared = self.different = 0

    def count(self, what: str, same: bool, detail: str = "") -> None:
        self.compared += 1
        if not same:
            self.different += 1
            print(f"{what}: {detail}")

    def finish(self, things: str, more: str = "") -> int:
        """Prints the last line. The exit code: 1 where something differs or nothing has been compared."""
        print(f"{self.compared} {things}, {self.different} differ{more}")
        return 1 if self.different or self.compared == 0 else 0
