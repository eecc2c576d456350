import subprocess
import sysconfig
from pathlib import Path

import mini_bert
import pytest

SCRIPTS = Path(sysconfig.get_path("scripts"))


@pytest.mark.parametrize("name", ["mini_bert_train", "mini_bert_predict", "mini_bert_tokenize", "mini_bert_vocab"])
def test_each_program_is_a_command(name):
    done = subprocess.run([SCRIPTS / name, "--version"], capture_output=True, text=True)
    assert done.returncode == 0 and mini_bert.__version__ in done.stdout


def test_a_program_takes_arguments_and_gives_its_exit_code(shipped_folder):
    done = subprocess.run(
        [SCRIPTS / "mini_bert_tokenize", "--model", shipped_folder], input="诸葛\n", capture_output=True, text=True
    )
    assert done.returncode == 0 and "诸" in done.stdout
    done = subprocess.run([SCRIPTS / "mini_bert_train", "--no-such-flag"], capture_output=True, text=True)
    assert done.returncode == 1 and "unknown flag" in done.stderr


def test_the_package_is_typed():
    folder = Path(mini_bert.__file__).parent
    assert (folder / "py.typed").exists() and (folder / "_core.pyi").exists()
