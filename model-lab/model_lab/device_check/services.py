"""The services' own text encoder, sampler and decoder on the card, by the classes that the Java tests run.

Needs a class path with onnxruntime_gpu; `model-lab/device-check --prepare FILE` writes it where Maven can be used.
"""

import os
import re
import subprocess
from pathlib import Path

from model_lab.device_check.report import Row, flag

PART = "services"
MAIN = "dev.galatea.standalone.parity.ParityOnDevice"
LIMIT = 2e-3  # latents and frames in float32, TF32 of the card allowed
_LINE = re.compile(
    r"^parity case=(?P<case>\S+) latents=(?P<latents>\S+) frames=(?P<frames>\S+) millis=(?P<millis>\d+)$"
)


def check(classpath: Path | None, provider: str = "cuda") -> list[Row]:
    """Every case of Java's parity test on a provider."""
    if classpath is None or not classpath.is_file():
        return [
            flag(PART, "the denoiser on onnxruntime_gpu", False, "no --classpath: device-check --prepare FILE makes it")
        ]
    java = Path(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"
    command = [str(java), "-cp", classpath.read_text().strip(), f"-Dgalatea.onnx.provider={provider}", MAIN]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as e:
        return [flag(PART, "the denoiser on onnxruntime_gpu", False, str(e)[:300])]
    rows = parsed(done.stdout)
    if done.returncode != 0 or not rows:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        rows.append(flag(PART, "all cases ran", False, said[0][:300] if said else f"exit {done.returncode}"))
    return rows


def parsed(output: str) -> list[Row]:
    """The rows of what the Java program printed."""
    rows = []
    for found in filter(None, map(_LINE.match, output.splitlines())):
        rows.append(Row(PART, f"{found['case']}: latents", float(found["latents"]), "", LIMIT))
        rows.append(Row(PART, f"{found['case']}: frames", float(found["frames"]), "", LIMIT))
        rows.append(Row(PART, f"{found['case']}: sampling", int(found["millis"]) / 1000, "s"))
    return rows
