"""The training loss of the shipped model over the tokens that it has read, from models/mini-bert-zh/losses.tsv."""

import csv
import math
import pathlib

from svg import Picture

LOSSES = pathlib.Path(__file__).resolve().parent.parent.parent / "models/mini-bert-zh/losses.tsv"
LEFT, TOP, RIGHT, BOTTOM = 60, 40, 730, 270  # the plot inside the picture


def read_losses():
    """Rows of stage, millions of tokens read in all, mean loss since the row before."""
    with open(LOSSES, encoding="utf-8") as file:
        return [(row["stage"], float(row["tokens"]) / 1e6, float(row["loss"])) for row in csv.DictReader(file, delimiter="\t")]


def pretraining():
    rows = read_losses()
    last = max(tokens for _, tokens, _ in rows)
    lowest, highest = math.floor(min(loss for *_, loss in rows)), math.ceil(max(loss for *_, loss in rows))
    across = lambda tokens: LEFT + (RIGHT - LEFT) * tokens / last
    down = lambda loss: BOTTOM - (BOTTOM - TOP) * (loss - lowest) / (highest - lowest)

    picture = Picture(760, 320, "Training loss of mini-bert-zh over millions of tokens")
    for loss in range(lowest, highest + 1):
        picture.line([(LEFT, down(loss)), (RIGHT, down(loss))], arrow=False, width=0.4)
        picture.text(LEFT - 10, down(loss) + 5, str(loss), 13, "end", "note")
    for tokens in range(0, int(last) + 1, 5):
        picture.text(across(tokens), BOTTOM + 20, str(tokens), 13, "middle", "note")
    picture.text((LEFT + RIGHT) / 2, BOTTOM + 42, "millions of tokens read", 13, "middle", "note")
    picture.text(LEFT, TOP - 16, "training loss", 14, bold=True)
    for stage in dict.fromkeys(stage for stage, *_ in rows):
        points = [(across(tokens), down(loss)) for name, tokens, loss in rows if name == stage]
        picture.line(points, "line", arrow=False)
        if len(points) > 1:
            picture.line([(points[0][0], TOP), (points[0][0], BOTTOM)], "back", arrow=False, width=0.8)
            picture.text(points[0][0] + 6, TOP + 12, f"stage {stage}", 13, "start", "back-text")
    return picture
