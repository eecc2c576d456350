import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "teach.py"


def test_the_example_teaches_zhuge_tao(tmp_path):
    done = subprocess.run([sys.executable, EXAMPLE], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    before, after = [line for line in done.stdout.splitlines() if line.startswith(("before", "after"))]
    assert before.split()[1] == "亮" and after.split()[1] == "涛"
    assert (tmp_path / "zhugetao" / "model.safetensors").exists()
