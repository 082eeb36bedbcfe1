"""Token embeddings of all-MiniLM-L6-v2, exactly as the text-conditioning service makes them."""

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

MAX_TOKENS = 32


class TextEncoder:
    def __init__(self, directory: str, threads: int = 1) -> None:
        self.tokenizer = Tokenizer.from_file(f"{directory}/all-minilm-l6-v2-tokenizer.json")
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(f"{directory}/all-minilm-l6-v2.onnx", options)

    def __call__(self, text: str) -> NDArray[np.float32]:
        """One text → its token embeddings, float32 [L, 384]; the empty text is [CLS] [SEP]."""
        ids = np.array([self.tokenizer.encode(text).ids], np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        names = {i.name for i in self.session.get_inputs()}
        return self.session.run(None, {k: v for k, v in inputs.items() if k in names})[0][0]
