#!/usr/bin/env python3
"""Holds our download of models against Python's huggingface_hub: each finds in the cache what the other has brought.

    python tests/parity/hub_parity.py --programs build/release/bin

A server on the loopback address stands for the hub: the list of a model's files, redirects to another path for small
files, to another server for large ones. A small random model is downloaded from it by our programs into one cache and by
huggingface_hub into another. Compared: the links of both caches, what huggingface_hub and transformers find in ours, what
ours find in theirs, and that each completes what the other has begun.

Needs torch, transformers and huggingface_hub.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from parity_testing import Comparison, make_model, run, run_json, save_tokenizer, silence_transformers

NAME, COMMIT = "some.org/small_bert", "0123456789abcdef0123456789abcdef01234567"
FOLDER = "models--some.org--small_bert"
LARGE = (".safetensors", ".bin")
TEXT = "the cat sat"


def content_name(path: Path) -> str:
    content = path.read_bytes()
    if path.name.endswith(LARGE):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """The hub under /, the store of large files under /store/ of a second server."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def reply(self, status: int, body: bytes = b"", length: int | None = None, **headers) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def answer(self) -> None:
        files, path = self.server.files, self.path.split("?")[0]
        resolve, cached = f"/{NAME}/resolve/", f"/api/resolve-cache/models/{NAME}/{COMMIT}/"
        if path == f"/api/models/{NAME}/revision/main":
            siblings = [{"rfilename": name} for name in files]
            self.reply(200, json.dumps({"id": NAME, "sha": COMMIT, "siblings": siblings}).encode())
        elif path == f"/api/models/{NAME}/tree/{COMMIT}":
            self.reply(200, json.dumps([self.entry(name) for name in files]).encode(), Content_Type="application/json")
        elif path.startswith(resolve) and path.split("/", 5)[5] in files:
            name = path.split("/", 5)[5]
            if not name.endswith(LARGE):
                return self.reply(307, Location=cached + name, X_Repo_Commit=COMMIT)
            etag, size = content_name(files[name]), files[name].stat().st_size
            self.reply(
                302,
                Location=f"{self.server.store}/store/{name}",
                X_Repo_Commit=COMMIT,
                X_Linked_ETag=f'"{etag}"',
                X_Linked_Size=str(size),
            )
        elif path.startswith(cached):
            name = path[len(cached) :]
            body = files[name].read_bytes()
            self.reply(200, body, ETag=f'"{content_name(files[name])}"', X_Repo_Commit=COMMIT)
        elif path.startswith("/store/"):
            self.reply(200, files[path[len("/store/") :]].read_bytes())
        else:
            self.reply(404, X_Error_Code="EntryNotFound")

    def entry(self, name: str) -> dict:
        path = self.server.files[name]
        size = path.stat().st_size
        entry = {"type": "file", "path": name, "size": size, "oid": content_name(path)}
        if name.endswith(LARGE):
            entry["lfs"] = {"oid": content_name(path), "size": size, "pointerSize": 134}
        return entry


def serve(files: dict, store: str = "") -> str:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.files, server.store = files, store
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def make_published_model(folder: Path) -> None:
    make_model(folder, "BertForMaskedLM", seed=0)
    save_tokenizer(folder)
    (folder / "README.md").write_text("not for us\n")
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": true}\n')


def links(cache: Path) -> dict:
    snapshot = cache / FOLDER / "snapshots" / COMMIT
    return {str(p.relative_to(snapshot)): os.readlink(p) for p in snapshot.rglob("*") if p.is_symlink()}


class Check(Comparison):
    def __init__(self, programs: Path, endpoint: str):
        super().__init__()
        self.programs, self.endpoint = programs, endpoint

    def environment(self, cache: Path, offline: bool) -> dict:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
        settings = {"HF_ENDPOINT": self.endpoint, "HF_HUB_CACHE": str(cache), "no_proxy": "127.0.0.1"}
        return kept | settings | {"HF_HOME": str(cache / "home"), "HF_HUB_OFFLINE": str(int(offline))}

    def ours(self, cache: Path, offline: bool = False) -> list:
        program = self.programs / "mini_bert_predict"
        (vector,) = run_json(program, "embed", "--json", "--model", NAME, "--", TEXT, env=self.environment(cache, offline))
        return vector

    def theirs(self, code: str, cache: Path, offline: bool = False) -> str:
        """Prints of a Python program of its own: huggingface_hub reads its settings when it is imported."""
        return run(sys.executable, "-c", f"NAME = {NAME!r}\n{code}", env=self.environment(cache, offline)).strip()

    def same(self, what: str, found, expected) -> None:
        self.count(what, found == expected, f"found {found}, expected {expected}")


FIND = """
from huggingface_hub import scan_cache_dir, snapshot_download, try_to_load_from_cache
print(snapshot_download(NAME, local_files_only=True))
for name in ("config.json", "1_Pooling/config.json", "model.safetensors"):
    print(try_to_load_from_cache(NAME, name))
print(scan_cache_dir().warnings)
"""
LOAD = """
import transformers
transformers.utils.logging.set_verbosity_error()
model = transformers.AutoModelForMaskedLM.from_pretrained(NAME)
tokenizer = transformers.AutoTokenizer.from_pretrained(NAME)
print(sum(p.numel() for p in model.parameters()), tokenizer("the cat").input_ids)
"""
DOWNLOAD = "from huggingface_hub import snapshot_download; print(snapshot_download(NAME))"
ONE_FILE = "from huggingface_hub import hf_hub_download; print(hf_hub_download(NAME, 'vocab.txt'))"


def compare(check: Check, folder: Path) -> None:
    our_cache, their_cache, begun = folder / "ours", folder / "theirs", folder / "begun"
    vector = check.ours(our_cache)
    check.theirs(DOWNLOAD, their_cache)
    snapshot = our_cache / FOLDER / "snapshots" / COMMIT
    found = check.theirs(FIND, our_cache, offline=True).splitlines()
    names = ("config.json", "1_Pooling/config.json", "model.safetensors")
    check.same("huggingface_hub in our cache", found, [str(snapshot), *(str(snapshot / n) for n in names), "[]"])
    their_links = links(their_cache)
    check.same("README.md is theirs alone", their_links.pop("README.md", None) is None, False)
    check.same("links", links(our_cache), their_links)
    refs = [(cache / FOLDER / "refs" / "main").read_bytes() for cache in (our_cache, their_cache)]
    check.same("refs/main", refs[0], refs[1])
    loaded = check.theirs(LOAD, our_cache, offline=True)
    check.same("transformers in our cache", loaded, check.theirs(LOAD, their_cache, offline=True))
    check.same("our program in their cache", check.ours(their_cache, offline=True), vector)
    check.theirs(ONE_FILE, begun)
    check.same("our program completes what they began", check.ours(begun), vector)
    check.theirs(DOWNLOAD, our_cache)
    check.same("they complete ours", sorted(links(our_cache)), sorted(links(their_cache)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=Path, default=Path("build/release/bin"))
    arguments = parser.parse_args()
    silence_transformers()
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        make_published_model(model)
        files = {str(path.relative_to(model)): path for path in sorted(model.rglob("*")) if path.is_file()}
        check = Check(arguments.programs, serve(files, serve(files)))
        compare(check, Path(folder))
    return check.finish("comparisons with huggingface_hub's cache")


if __name__ == "__main__":
    sys.exit(main())
