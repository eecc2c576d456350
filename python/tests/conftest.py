"""The tests run against the installed package: pip install dist/mini_bert-*.whl pytest; pytest python/tests"""

import json
from pathlib import Path

import mini_bert
import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "models" / "mini-bert-zh"


def pytest_report_header():
    return f"mini_bert {mini_bert.__version__} from {Path(mini_bert.__file__).parent}"


@pytest.fixture(scope="session")
def shipped_folder():
    return SHIPPED


@pytest.fixture
def model():
    return mini_bert.load(SHIPPED)


@pytest.fixture(scope="session")
def sentences():
    return json.loads((ROOT / "data" / "zhugetao" / "train.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def classifier(tmp_path_factory):
    """A folder with a model that was taught to tell rivers from swords."""
    folder = tmp_path_factory.mktemp("classifier")
    rows = [{"text": f"{place}的江水", "label": "water"} for place in "蜀魏吴晋"]
    rows += [{"text": f"{place}的宝剑", "label": "sword"} for place in "蜀魏吴晋"]
    model = mini_bert.load(SHIPPED)
    model.train(rows, "classify", epochs=8, learning_rate=1e-3)
    model.save(folder)
    return folder
