"""Figures as JSON, as a table for the terminal and as one for Markdown."""

import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent


def machine():
    with open("/proc/cpuinfo") as file:
        fields = dict(line.split(":", 1) for line in file if ":" in line)
    fields = {name.strip(): value.strip() for name, value in fields.items()}
    flags = fields["flags"].split()
    with open("/proc/meminfo") as file:
        memory = int(next(line for line in file if line.startswith("MemTotal")).split()[1]) / 2**20
    return {
        "cpu": f"{fields['model name']}, family {fields['cpu family']} model {fields['model']}",
        "instruction_sets": [name for name in ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_int8", "amx_bf16") if name in flags],
        "cores": os.cpu_count(),
        "memory_gb": round(memory, 1),
        "system": platform.freedesktop_os_release()["PRETTY_NAME"],
    }


def versions():
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=HERE, capture_output=True, text=True)
    packages = ("torch", "transformers", "tokenizers", "onnxruntime", "openvino", "nncf", "numpy")
    found = {"mini_bert": commit.stdout.strip() or "unknown", "python": platform.python_version()}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pass
    return found


def figures(samples):
    """Milliseconds as median and spread."""
    return {
        "median": round(statistics.median(samples), 3),
        "min": round(min(samples), 3),
        "max": round(max(samples), 3),
        "n": len(samples),
    }


def save(directory, name, result):
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{name}.json"
    result = {"date": datetime.now(timezone.utc).strftime("%Y-%m-%d"), "machine": machine(), **result}
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def best_peer(sides):
    peers = [name for name in sides if not name.startswith("ours")]
    return min(peers, key=lambda name: sides[name]["ms"]["median"], default=None)


def rows_of(result):
    """A row of cells per side: name, ms (spread), rate, peak memory, and how it stands to the best peer."""
    best = best_peer(result["sides"])
    for name, side in result["sides"].items():
        ms = side["ms"]
        cells = [name, f"{number(ms['median'])} ({number(ms['min'])}–{number(ms['max'])})"]
        if "work" in result:
            cells.append(number(result["work"]["amount"] / ms["median"] * 1e3) + " " + result["work"]["unit"] + "/s")
        else:
            cells.append("")
        cells.append(f"{number(side['peak_rss_mb'])} MB" if "peak_rss_mb" in side else "")
        if name == best:
            cells.append("best peer")
        elif best:
            cells.append(f"{result['sides'][best]['ms']['median'] / ms['median']:.2f}×")
        else:
            cells.append("")
        yield cells


HEADER = ["side", "ms (spread)", "rate", "peak memory", "speed"]


def print_table(result):
    rows = [HEADER, *rows_of(result)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADER))]
    print(f"\n{result['title']}")
    for row in rows:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    for reason in result.get("left_out", {}).values():
        print(f"  left out: {reason}")
    if result.get("disturbed", 0) > 0.03:
        print(f"  WORTHLESS: other programs used {result['disturbed']:.0%} of the processors meanwhile")


INTRODUCTION = """# Measured beside other programs

`bench/compare_peers.py --table` makes this page from the files of this folder;
[docs/performance.md](../../docs/performance.md) explains what the rows measure, how the comparison is made fair, and
what follows. Medians, with the fastest and the slowest round in brackets. Speed is relative to the fastest peer of the
table."""


def where(result):
    """The machine and the peers."""
    machine = result["machine"]
    peers = ", ".join(f"{name} {version}" for name, version in result["versions"].items() if name != "mini_bert")
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
        f"{' '.join(machine['instruction_sets'])}; {peers}"
    )


def markdown(paths):
    """A page with the tables of saved results, grouped by machine."""
    results = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    groups = {}
    for result in results:
        if "sides" in result:  # else of another benchmark
            groups.setdefault(where(result), []).append(result)
    parts = [INTRODUCTION]
    for place, group in groups.items():
        parts.append(f"## {place.split(',')[0]}\n\n{place}")
        for result in group:
            commit = result["versions"].get("mini_bert", "")
            made = ", ".join(filter(None, [result["date"], commit and f"mini_bert {commit}", f"`{result['command']}`"]))
            table = ["| " + " | ".join(row) + " |" for row in [HEADER, ["---"] * len(HEADER), *rows_of(result)]]
            parts += [f"**{result['title']}**, {made}", "\n".join(table)]
            parts += [f"Left out: {reason}." for reason in result.get("left_out", {}).values()]
    return "\n\n".join(parts)
