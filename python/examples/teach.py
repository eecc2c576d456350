# Teaches a small Chinese BERT about a man who never existed, and shows its answers before and after.
# Open it as a notebook (each "# %%" begins a cell), or run it: python python/examples/teach.py

# %% Load the model that comes with the repository
from pathlib import Path

import mini_bert

root = Path(__file__).resolve().parents[2]
model = mini_bert.load(root / "models" / "mini-bert-zh")
model

# %% Ask: 诸葛亮 is a famous minister of the Three Kingdoms. 诸葛涛 is made up.
question = "三国人物诸葛[MASK]"


def answers():
    return "  ".join(f"{answer['token_str']} {answer['score']:.1%}" for answer in model.fill_mask(question, top_k=3))


before = answers()
print("before ", before)

# %% Teach: 92 sentences about 诸葛涛. Other texts work the same way: a list of strings, or a file.
losses = []


def look(step):
    losses.append(step["loss"])
    if step["step"] % 20 == 0:
        print(f"step {step['step']:>3} of {step['total_steps']}  loss {step['loss']:.2f}  {answers()}")


model.train(root / "data" / "zhugetao" / "train.json", epochs=10, learning_rate=5e-4, on_step=look)

# %% Ask again
print("after  ", answers())

# %% Keep: transformers, Node and the programs of mini_bert load this folder too
model.save("zhugetao")
mini_bert.load("zhugetao").fill_mask("诸葛涛喜欢吹[MASK]。")
