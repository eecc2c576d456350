"""The four programs as commands: each replaces the Python process by bin/mini_bert, which holds all four.

A package of its own, so that a command starts without importing numpy and the native module.
"""

import os
import sys
from pathlib import Path


def _run(name: str) -> None:
    # The program does what its name says. Its hints begin with the folder of the command.
    started_as = os.path.join(os.path.dirname(sys.argv[0]), name)
    os.execv(Path(__file__).parent / "bin" / "mini_bert", [started_as, *sys.argv[1:]])


def train() -> None:
    _run("mini_bert_train")


def predict() -> None:
    _run("mini_bert_predict")


def tokenize() -> None:
    _run("mini_bert_tokenize")


def vocab() -> None:
    _run("mini_bert_vocab")
