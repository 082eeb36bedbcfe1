"""What was measured, beside its limits: a table for people, and a file for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One measurement. Without a limit it is told only; without a value it wasn't made, for the reason in `note`."""

    part: str
    what: str
    value: float | None
    unit: str = ""
    limit: float | None = None
    note: str = ""

    @property
    def good(self) -> bool:
        """False if it is beyond its limit, isn't a number, or has a limit and wasn't measured."""
        if self.limit is None:
            return True
        return self.value is not None and self.value <= self.limit

    def __str__(self) -> str:
        value = "-" if self.value is None else f"{self.value:.3g} {self.unit}".strip()
        limit = "" if self.limit is None else f"{self.limit:.3g} {self.unit}".strip()
        verdict = (
            "told"
            if self.limit is None
            else "ok"
            if self.good
            else "NOT MEASURED"
            if self.value is None
            else "TOO MUCH"
        )
        return (
            f"{self.part:<12} {self.what:<52} {value:>14} {limit:>14}  {verdict}{': ' + self.note if self.note else ''}"
        )


HEADER = f"{'part':<12} {'what':<52} {'value':>14} {'limit':>14}"


def flag(part: str, what: str, fine: bool, note: str = "") -> Row:
    """Something that is so or not: 0 if it is as it should be, else 1, which is too much."""
    return Row(part, what, 0.0 if fine else 1.0, limit=0.0, note=note)


def table(rows: Sequence[Row]) -> str:
    """All rows, for people."""
    return "\n".join([HEADER, *map(str, rows)])


def write(path: Path, rows: Sequence[Row], facts: dict[str, str]) -> None:
    """Everything as JSON."""
    path.write_text(
        json.dumps({"machine": facts, "rows": [{**asdict(row), "good": row.good} for row in rows]}, indent=2) + "\n"
    )


def status(rows: Sequence[Row]) -> int:
    """0 if all is within its limits, else 1."""
    return int(not all(row.good for row in rows))
