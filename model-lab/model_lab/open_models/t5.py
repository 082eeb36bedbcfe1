"""T5 and UMT5 text encoders."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.export import Dim
from transformers import T5Config

from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError
from model_lab.open_models.family import Built, Check, Graph, Run
from model_lab.open_models.options import Options

LIMITS = {"fp32": 1e-5, "fp16": 2e-3, "int8": 5e-2}
PROMPTS = {
    "a prompt": "A red ball bounces under a blue sky, filmed from below.",
    "the empty prompt": "",
    "an over-long prompt": "a lighthouse in the storm, waves break on the rocks, " * 120,
}


class TextEncoder(nn.Module):
    """input_ids and attention_mask, i64 [B, L], to embeddings f32 [B, L, D]: the last hidden state."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        torch._check(attention_mask.shape[0] == input_ids.shape[0])
        torch._check(attention_mask.shape[1] == input_ids.shape[1])
        return self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state.float()


def check_width(checkpoint: Checkpoint, field: str, wanted: int) -> None:
    """Refuses a text encoder whose embeddings a denoiser can't take; `field` is where the denoiser says its width."""
    width = checkpoint.config("text_encoder").get("d_model", T5Config().d_model)
    if width != wanted:
        raise ExportError(f"text_encoder/config.json: d_model is {width}; valid is {wanted}, the {field}")


def graph(encoder: nn.Module, options: Options) -> Graph:
    """The graph of an encoder, in float32 whatever its weights are stored as."""
    ids = torch.randint(3, 20, (2, 7), generator=torch.Generator().manual_seed(1))
    dims = {0: Dim.DYNAMIC, 1: Dim.DYNAMIC}
    return Graph(
        TextEncoder(encoder),
        {"input_ids": ids, "attention_mask": torch.ones_like(ids)},
        ("embeddings",),
        {"input_ids": dims, "attention_mask": dims},
        storage="plain" if options.text == "fp32" else options.text,
    )


def check(case: str, ids: Sequence[int], expected: Tensor, options: Options) -> Check:
    """What a prompt's own tokens give, without padding, against what diffusers' pipeline takes of the padded text."""
    tokens = torch.tensor([list(ids)])

    def run(encoder: Run) -> Tensor:
        return encoder({"input_ids": tokens, "attention_mask": torch.ones_like(tokens)})["embeddings"]

    return Check(f"{case} ({len(ids)} tokens)", expected, run, LIMITS[options.text], relative=options.text != "fp32")


def build(
    encoder: nn.Module, options: Options, ids: Callable[[str], Sequence[int]], embeddings: Callable[[str], Tensor]
) -> Built:
    """An encoder with checks on a usual, an empty and an over-long prompt.

    `ids` is what the services' tokenizer gives; `embeddings` what diffusers makes of a text, f32 [1, L, D].
    """
    with torch.no_grad():
        checks = tuple(check(case, ids(text), embeddings(text), options) for case, text in PROMPTS.items())
    return Built(graph(encoder, options), checks)


def pipeline(checkpoint: Checkpoint, encoder: nn.Module) -> Any:
    """diffusers' own pipeline with the text encoder and the tokenizer alone."""
    import diffusers
    from transformers import AutoTokenizer

    made = object.__new__(getattr(diffusers, checkpoint.pipeline))
    diffusers.DiffusionPipeline.__init__(made)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint.directory / "tokenizer", local_files_only=True)
    made.register_modules(text_encoder=encoder, tokenizer=tokenizer)
    return made


def tokenized(tokenizer_json: bytes, most: int) -> Callable[[str], Sequence[int]]:
    """The services' tokenizer: tokenizer.json, cut to `most` tokens."""
    from tokenizers import Tokenizer

    tokenizer: Any = Tokenizer.from_buffer(tokenizer_json)
    tokenizer.no_padding()
    tokenizer.enable_truncation(most)
    return lambda text: tokenizer.encode(text).ids
