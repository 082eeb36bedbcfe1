"""The card: whether there is one, and how much of its memory is taken while something runs."""

import subprocess
import threading
from types import TracebackType


def ask(query: str) -> list[str] | None:
    """What nvidia-smi says for a query of the first card; None if there is no card, or no nvidia-smi."""
    command = ["nvidia-smi", f"--query-gpu={query}", "--format=csv,noheader,nounits", "--id=0"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return parsed(done.stdout)


def parsed(output: str) -> list[str] | None:
    """The fields of nvidia-smi's first line; None if there is none."""
    first = next((line for line in output.splitlines() if line.strip()), None)
    return None if first is None else [field.strip() for field in first.split(",")]


def used() -> int | None:
    """Bytes that are taken on the card now, by anybody."""
    found = ask("memory.used")
    return None if found is None else int(float(found[0]) * 2**20)


class Peak:
    """Samples the card's memory while a block runs; `bytes` is the most above what was taken before."""

    def __init__(self, every: float = 0.1) -> None:
        self.every = every
        self.before = used()
        self.most = self.before
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def bytes(self) -> int | None:
        """None if there is no card."""
        return None if self.before is None or self.most is None else self.most - self.before

    def _watch(self) -> None:
        while not self._done.wait(self.every):
            now = used()
            if now is not None and self.most is not None:
                self.most = max(self.most, now)

    def __enter__(self) -> "Peak":
        if self.before is not None:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._done.set()
        if self.before is not None:
            self._thread.join()
