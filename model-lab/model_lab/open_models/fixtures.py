"""What tiny random checkpoints are made of: weights, a tokenizer, and files with reference values.

Weights are drawn from fixed seeds so that values are of the size of a trained model's; pictures mean nothing.
"""

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from torch import Tensor, nn
from transformers import PreTrainedTokenizerFast

PROMPT = "A red ball bounces   under a blue sky &amp;amp; falls."
NEGATIVE = "blurred, static"


@torch.no_grad()
def randomise(model: nn.Module, seed: int, heads: int = 2) -> None:
    """Draws all weights: matrices keep the size of what goes through them, gains are near 1, biases near 0.

    `heads` are those of a T5.
    """
    draw = torch.Generator().manual_seed(seed)
    for name, weight in sorted(model.named_parameters()):
        noise = torch.randn(weight.shape, generator=draw)
        if name.endswith("bias"):
            weight.copy_(noise * 0.1)
        elif "gamma" in name or "norm" in name or weight.squeeze().ndim < 2:
            weight.copy_(1 + noise * 0.1)
        elif name.endswith("SelfAttention.q.weight"):  # T5 doesn't divide by the root of a head's width; its weights do
            weight.copy_(noise / math.sqrt(weight.numel() / heads))
        elif "embed_tokens" in name or "shared" in name:
            weight.copy_(noise)
        else:
            weight.copy_(noise / math.sqrt(weight[0].numel()))


def tokenizer(directory: Path, most: int = 512) -> None:
    """Writes a Unigram tokenizer with </s>, as those of T5 and UMT5, in transformers' way.

    Its words are counted, not trained: training gives another vocabulary each time.
    """
    made = Tokenizer(models.Unigram(_vocabulary(), unk_id=2))
    made.normalizer = normalizers.Sequence([normalizers.NFKC()])
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    made.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="</s>", pad_token="<pad>", unk_token="<unk>", model_max_length=most
    )
    fast.save_pretrained(directory)


def _vocabulary() -> list[tuple[str, float]]:
    """Special tokens, letters, beginnings of words and words, each with the logarithm of how often it comes."""
    counts: Counter[str] = Counter()
    for word in _TEXT.split():
        counts.update(["▁", *word, f"▁{word}", f"▁{word[:3]}"])
    total = sum(counts.values())
    pieces = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)] + [
        (piece, round(math.log(count / total), 4)) for piece, count in pieces
    ]


def write_reference(directory: Path, name: str, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    """Writes NAME.safetensors, all float32, and NAME.json with how they were made."""
    save_file(
        {key: value.detach().float().contiguous() for key, value in tensors.items()}, directory / f"{name}.safetensors"
    )
    (directory / f"{name}.safetensors").chmod(0o644)
    (directory / f"{name}.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")


_TEXT = """A red ball bounces under a blue sky and falls.
A lighthouse in the storm, waves break on the rocks, filmed from above.
The camera follows a small dog that runs along the beach at sunset.
Two cats sleep on a warm roof while the rain begins to fall.
An old train crosses the bridge over the green river in the morning light.
Slow motion, close-up of coffee poured into a white cup on a wooden table.
A child draws a yellow sun with chalk; people walk by, smiling.
blurred, static, overexposed, low quality, worst quality, subtitles, deformed, extra fingers
Snow falls on quiet mountains, pine trees move in the wind, birds fly away.
A spaceship lands in a desert; dust rises, engines glow orange and purple."""
