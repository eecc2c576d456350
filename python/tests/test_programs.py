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


def test_the_shipped_model_is_found_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where no folder has this name
    assert mini_bert.load("mini-bert-zh").fill_mask("三国人物诸葛[MASK]", top_k=1)[0]["token_str"] == "亮"
    command = [SCRIPTS / "mini_bert_predict", "fill-mask", "--model", "mini-bert-zh", "三国人物诸葛[MASK]"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and "亮" in done.stdout.splitlines()[1]
    with pytest.raises(OSError):
        mini_bert.load("models/../mini-bert-zh")


def test_hints_name_the_command_that_was_started(shipped_folder, tmp_path):
    (tmp_path / "texts.txt").write_text("三国人物诸葛涛，字子澜。\n", encoding="utf-8")
    command = [SCRIPTS / "mini_bert_train", "--model", shipped_folder, "--train", "texts.txt", "--output", "out"]
    done = subprocess.run([*command, "--max-steps", "1"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert str(SCRIPTS / "mini_bert_predict") in done.stdout


def test_the_package_is_typed():
    folder = Path(mini_bert.__file__).parent
    assert (folder / "py.typed").exists() and (folder / "_core.pyi").exists()
