"""Every comparison of this folder with the packages everybody uses, as many at a time as there are processors.

    python tests/parity/run_all.py --bin build/release/bin [--data FOLDER]

Each comparison is a process of its own. They are forked from this one after it has imported torch and transformers,
which takes most of a short comparison's time. Prints the last lines of a comparison that passed and all lines of one
that failed; exits with 1 if one failed.
"""

import argparse
import os
import runpy
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def comparisons(bin: str, data: list) -> list:
    """The scripts and their options, the longest first."""
    tokenize, predict, train = (f"{bin}/mini_bert_{name}" for name in ("tokenize", "predict", "train"))
    outputs = f"{bin}/model_outputs"
    tokens = ["tokenizer_parity.py", "--program", tokenize, "--trainer", f"{bin}/mini_bert_vocab", "--random", "2000",
              "--lines", "8000", *data]
    return [
        [*tokens, "--part", "1/3"],
        [*tokens, "--part", "2/3"],
        [*tokens, "--part", "3/3"],
        ["sentence_settings.py", "--program", predict],
        ["tokenizer_settings.py", "--program", tokenize, "--share", "0.3"],
        ["model_parity.py", "--program", outputs],
        ["decoder_parity.py", "--programs", bin],
        ["step_parity.py", "--program", train],
        ["hub_parity.py", "--programs", bin],
        ["pipeline_parity.py", "--program", predict],
        ["sentence_vectors.py", "--program", predict],
        ["round_trip.py", "--programs", bin],
        ["flags_parity.py", "--program", train],
        ["new_words_parity.py", "--bin", bin],
        ["metrics_parity.py", "--program", outputs],
        ["data_files.py", "--program", outputs],
    ]


def run(arguments: list) -> None:
    """Runs a script in this process as if Python had been started with it, and ends the process."""
    status = 1
    try:
        sys.argv = arguments
        runpy.run_path(str(HERE / arguments[0]), run_name="__main__")
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def start(arguments: list, log: Path) -> int:
    """Starts a comparison that writes to `log`; its process."""
    process = os.fork()
    if process == 0:
        with open(log, "w") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        run(arguments)
    return process


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, help="folder with the programs")
    parser.add_argument("--data", help="folder with published vocabularies and real texts")
    options = parser.parse_args()

    import torch  # noqa: F401
    from transformers import AutoTokenizer, BertForMaskedLM, pipeline  # noqa: F401

    waiting = comparisons(options.bin, ["--data", options.data] if options.data else [])
    running = {}
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                arguments = waiting.pop(0)
                log = Path(folder, str(len(waiting)))
                running[start(arguments, log)] = (" ".join(arguments), log, time.time())
            process, status = os.wait()
            name, log, begin = running.pop(process)
            failed += status != 0
            print(f"--- {name}: {'FAILED' if status else 'passed'} after {time.time() - begin:.0f} s")
            lines = log.read_text(errors="replace").splitlines()
            print("\n".join(lines if status else lines[-10:]), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
