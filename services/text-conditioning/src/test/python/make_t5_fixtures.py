"""Writes src/test/resources/t5: two tiny text encoders of random weights, and what diffusers' pipelines make of texts.

Usage: make_t5_fixtures.py; needs what model-lab/requirements-open-models.txt names. `wan` is a UMT5 encoder as Wan's
pipeline runs it (cleaned text, pads masked), `ltx` a T5 encoder as LTX-Video's does (pads seen). Their weights are in
files beside the graphs, as those of encoders over 2 GB must be. The tokenizer is a Unigram model that closes each text
with </s>, as T5's.
"""

import io
import json
import pathlib
import types

import onnx
import torch
import transformers
from diffusers import LTXPipeline, WanPipeline
from onnx import TensorProto, helper
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

TARGET = pathlib.Path(__file__).parent.parent / "resources" / "t5"
MAX_TOKENS = 24
OPSET = 20
VOCABULARY = 160
TEXTS = [
    "a red ball bounces under a blue sky",
    "",
    "A RED BALL!",
    "naïve café – “quoted” &amp;amp; fine",
    "  tab\tnewline\nand  spaces  ",
    "赤いボール 🦊",
    "a yellow star slides to the right over green hills while " * 20,
]


def tokenizer() -> transformers.PreTrainedTokenizerFast:
    unigram = Tokenizer(models.Unigram())
    unigram.normalizer = normalizers.NFKC()
    unigram.pre_tokenizer = pre_tokenizers.Metaspace()
    unigram.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=VOCABULARY, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
    )
    unigram.train_from_iterator([text for text in TEXTS for _ in range(4)], trainer)
    closing = unigram.token_to_id("</s>")
    unigram.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", closing)])
    unigram.save(str(TARGET / "tokenizer.json"))
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=unigram, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


class LastHiddenState(torch.nn.Module):
    """The encoder with one output."""

    def __init__(self, encoder: torch.nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        return self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state


def export(name: str, encoder: torch.nn.Module) -> None:
    ids = torch.ones(2, 7, dtype=torch.long)
    graph = io.BytesIO()
    torch.onnx.export(
        LastHiddenState(encoder).eval(),
        (ids, torch.ones_like(ids)),
        graph,
        dynamo=False,
        opset_version=OPSET,
        input_names=["input_ids", "attention_mask"],
        output_names=["embeddings"],
        dynamic_axes={name: {0: "batch", 1: "length"} for name in ("input_ids", "attention_mask", "embeddings")},
    )
    model = onnx.load_model_from_string(graph.getvalue())
    data = f"{name}.onnx.data"
    (TARGET / data).unlink(missing_ok=True)
    onnx.save(model, TARGET / f"{name}.onnx", save_as_external_data=True, location=data, size_threshold=1024)


def save_half_output(name: str) -> None:
    """The same encoder, whose embeddings are floats of 16 bits; it has the same external data."""
    model = onnx.load(TARGET / f"{name}.onnx", load_external_data=False)
    for node in model.graph.node:
        for i, output in enumerate(node.output):
            if output == "embeddings":
                node.output[i] = "wide"
    model.graph.node.append(helper.make_node("Cast", ["wide"], ["embeddings"], to=TensorProto.FLOAT16))
    model.graph.output[0].type.tensor_type.elem_type = TensorProto.FLOAT16
    onnx.save(model, TARGET / f"{name}-f16.onnx")


def cases(ids: transformers.PreTrainedTokenizerFast, encoder: torch.nn.Module, pipeline: type) -> list[dict]:
    parts = types.SimpleNamespace(tokenizer=ids, text_encoder=encoder, _execution_device="cpu")
    found = []
    for text in TEXTS:
        with torch.no_grad():
            made = pipeline._get_t5_prompt_embeds(parts, text, max_sequence_length=MAX_TOKENS, device="cpu")
        embeddings = made[0] if isinstance(made, tuple) else made
        found.append({"text": text, "embeddings": [[round(v, 7) for v in row] for row in embeddings[0].tolist()]})
        if isinstance(made, tuple):
            found[-1]["tokens"] = int(made[1].sum())
    return found


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    ids = tokenizer()
    sizes = {"vocab_size": len(ids), "d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2}
    fixture: dict = {"maxTokens": MAX_TOKENS, "dim": sizes["d_model"]}
    torch.manual_seed(27)
    families = {
        "wan": (transformers.UMT5EncoderModel(transformers.UMT5Config(**sizes)), WanPipeline),
        "ltx": (
            transformers.T5EncoderModel(transformers.T5Config(**sizes, feed_forward_proj="gated-gelu")),
            LTXPipeline,
        ),
    }
    for name, (encoder, pipeline) in families.items():
        for parameter in encoder.parameters():
            torch.nn.init.normal_(parameter, std=0.3)  # the models' own first weights give embeddings near zero
        encoder.eval()
        export(name, encoder)
        if name == "wan":
            save_half_output(name)
        fixture[name] = cases(ids, encoder, pipeline)
    (TARGET / "embeddings.json").write_text(json.dumps(fixture, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
