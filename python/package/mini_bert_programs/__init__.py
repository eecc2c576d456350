"""The four programs as commands: each replaces the Python process by the program that the package carries.

A package of its own, so that a command starts without importing numpy and the native module.
"""

import os
import sys
from pathlib import Path


def _run(name: str) -> None:
    program = str(Path(__file__).parent / "bin" / name)
    os.execv(program, [program, *sys.argv[1:]])


def train() -> None:
    _run("mini_bert_train")


def predict() -> None:
    _run("mini_bert_predict")


def tokenize() -> None:
    _run("mini_bert_tokenize")


def vocab() -> None:
    _run("mini_bert_vocab")
