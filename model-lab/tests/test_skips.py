"""Where diffusers isn't installed, the tests of open models are skipped, and each file says what it needs."""

import os
import subprocess
import sys
from pathlib import Path

LAB = Path(__file__).parents[1]
REASON = "needs model-lab/requirements-open-models.txt"


def test_open_models_are_skipped_with_their_reason(tmp_path):
    for module in ("diffusers", "transformers"):
        (tmp_path / f"{module}.py").write_text(f"raise ModuleNotFoundError({module!r})\n")
    files = sorted([*LAB.glob("tests/open_models/test_*.py"), LAB / "tests/test_ltx.py"])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", *map(str, files)],
        cwd=LAB,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(LAB)])},
    )
    said = done.stdout + done.stderr
    assert f"{len(files)} skipped" in said, said[-2000:]
    for file in files:
        assert any(file.name in line and REASON in line for line in said.splitlines()), file
