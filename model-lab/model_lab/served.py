"""Lets a running Galatea make the clips that `evaluate` asks for, through `/v1/videos`, as SEED.mp4 in a directory.

What is there already is not made again; so an interrupted run goes on.
"""

import argparse
import json
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_lab.evaluate import hidden, tasks, usual, words


@dataclass(frozen=True)
class Options:
    """Which clips to have made, and where; see `main`."""

    bundle: str
    server: str
    count: int
    hidden: int
    out: str


def call(url: str, body: dict[str, Any] | None = None) -> bytes:
    """The answer to a GET, or to a POST of `body` as JSON."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, {"Content-Type": "application/json"})) as answer:
        return answer.read()


def make(server: str, prompt: str, seed: int, path: Path) -> None:
    """Submits one prompt, waits for its end and writes its MP4; raises RuntimeError when the job did not complete."""
    job = json.loads(call(f"{server}/v1/videos", {"prompt": prompt, "seed": seed}))
    while job["status"] in ("queued", "in_progress"):
        time.sleep(0.5)
        job = json.loads(call(f"{server}/v1/videos/{job['id']}"))
    if job["status"] != "completed":
        raise RuntimeError(f"video {job['id']} ended as {job['status']}: {job.get('error')}")
    part = path.with_suffix(".part")
    part.write_bytes(call(f"{server}/v1/videos/{job['id']}/content"))
    part.rename(path)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("bundle", help="the bundle that the server has, for its vocabulary")
    options.add_argument("--server", default="http://localhost:8080")
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--hidden", type=int, default=24)
    options.add_argument("--out", required=True)
    o = Options(**vars(options.parse_args()))
    out = Path(o.out)
    out.mkdir(parents=True, exist_ok=True)
    shape = usual(o.bundle)
    for _, prompt, seed in tasks(o.count, words(o.bundle), shape) + hidden(o.hidden, shape):
        path = out / f"{seed}.mp4"
        if not path.exists():
            make(o.server, prompt, seed, path)
            print(f"{seed}.mp4", flush=True)


if __name__ == "__main__":
    main()
