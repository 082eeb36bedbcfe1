"""What all families share: adapters, the check of attention, and refusals."""

import json

import pytest

pytest.importorskip("diffusers", reason="needs model-lab/requirements-open-models.txt")
pytest.importorskip("transformers", reason="needs model-lab/requirements-open-models.txt")

import onnx
import torch
from onnx import TensorProto, helper
from safetensors.torch import save_file
from torch import nn

from model_lab.open_models.__main__ import main
from model_lab.open_models.errors import ExportError
from model_lab.open_models.lora import Lora, merge
from model_lab.open_models.verify import quadratic


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([nn.ModuleDict({"attn1": nn.ModuleDict({"to_q": nn.Linear(6, 4)})})])


def adapter(path, prefix, alpha=None):
    down, up = torch.randn(2, 6), torch.randn(4, 2)
    tensors = {f"{prefix}.lora_A.weight": down, f"{prefix}.lora_B.weight": up}
    save_file(tensors | ({f"{prefix}.alpha": torch.tensor(alpha)} if alpha else {}), path)
    return up @ down


@pytest.mark.parametrize(
    ("prefix", "alpha"),
    [
        ("transformer.blocks.0.attn1.to_q", None),
        ("transformer.blocks.0.attn1.to_q", 8.0),
        ("diffusion_model.blocks.0.self_attn.q", None),  # as Wan's authors name it
    ],
)
def test_adapter_is_added(tmp_path, prefix, alpha):
    model, path = Model(), tmp_path / "adapter.safetensors"
    layer = model.blocks[0]["attn1"]["to_q"]
    before = layer.weight.detach().clone()
    product = adapter(path, prefix, alpha)
    merge(model, [Lora.parse(f"{path}:0.5")])
    expected = before + 0.5 * (alpha / 2 if alpha else 1) * product
    torch.testing.assert_close(layer.weight, expected)


def test_adapter_of_another_model_is_refused(tmp_path):
    path = tmp_path / "adapter.safetensors"
    adapter(path, "transformer.blocks.9.attn1.to_q")
    with pytest.raises(ExportError, match=r"blocks\.9\.attn1\.to_q.*fits no layer of Model"):
        merge(Model(), [Lora(path)])
    with pytest.raises(ExportError, match="no such file"):
        merge(Model(), [Lora(tmp_path / "none")])


def test_adapters_are_told_apart():
    assert Lora.parse("transformer_2=a/b.safetensors:0.8") == Lora(
        Lora.parse("a/b.safetensors").path, 0.8, "transformer_2"
    )
    with pytest.raises(ExportError, match="scale is 'much'"):
        Lora.parse("a:much")


def graph(directory, nodes):
    """A graph with these nodes from q, k and v [1, 2, 8, 4] to out."""
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2, 8, 4]) for name in ("q", "k", "v", "out")]
    made = helper.make_model(helper.make_graph(nodes, "g", values[:3], values[3:]))
    path = directory / "graph.onnx"
    onnx.save(made, path)
    return path


def test_attention_with_a_whole_matrix_is_found(tmp_path):
    matrix = [
        helper.make_node("Transpose", ["k"], ["t"], perm=[0, 1, 3, 2]),
        helper.make_node("MatMul", ["q", "t"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["weights"]),
        helper.make_node("MatMul", ["weights", "v"], ["out"]),
    ]
    assert "build an N×N matrix" in quadratic(graph(tmp_path, matrix))[0]
    standard = helper.make_node("Attention", ["q", "k", "v"], ["out"])
    assert "com.microsoft.MultiHeadAttention" in quadratic(graph(tmp_path, [standard]))[0]
    flash = helper.make_node("MultiHeadAttention", ["q", "k", "v"], ["out"], domain="com.microsoft", num_heads=2)
    assert quadratic(graph(tmp_path, [flash])) == []


def test_unknown_pipeline_is_refused_with_what_is_valid(tmp_path, capsys):
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "CogVideoXPipeline"}))
    assert main(["export", "--from", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "CogVideoXPipeline" in said and "WanPipeline" in said
    assert main(["export", "--from", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 2
    assert "model_index.json is missing" in capsys.readouterr().err
