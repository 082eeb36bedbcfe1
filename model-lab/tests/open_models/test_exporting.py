"""What all families share: the check of attention, and refusals."""

import errno
import json

import pytest

pytest.importorskip("diffusers", reason="needs model-lab/requirements-open-models.txt")
pytest.importorskip("transformers", reason="needs model-lab/requirements-open-models.txt")

import onnx
import torch
from onnx import TensorProto, helper

from model_lab.open_models import exporting, parity
from model_lab.open_models.__main__ import main
from model_lab.open_models.errors import ExportError
from model_lab.open_models.family import Check, Part
from model_lab.open_models.verify import quadratic
from model_lab.open_models.wan import Wan


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


def broken(**change):
    whole = {
        role: {"path": f"{role}.onnx", "sha256": "0" * 64, "bytes": 1}
        for role in ("denoiser", "decoder", "textEncoder", "tokenizer")
    }
    return json.dumps({"format": "galatea-bundle/2", "name": "x", "files": whole | change})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "is not JSON"),
        ("[]", "files is missing"),
        ('{"name": "x"}', "files is missing"),
        ('{"files": {}}', "files.denoiser is missing; required are denoiser, decoder"),
        (broken(decoder=None), "files.decoder"),
        (broken(decoder="decoder.onnx"), "files.decoder"),
        (broken(decoder={"path": "decoder.onnx"}), "files.decoder.sha256 is None; valid is a str"),
        (broken(decoder={"path": 3, "sha256": "0", "bytes": 1}), "files.decoder.path is 3; valid is a str"),
        (broken(decoder={"path": "d", "sha256": "0", "bytes": "1"}), "files.decoder.bytes is '1'; valid is a int"),
        (broken(decoder={"path": "../d", "sha256": "0", "bytes": 1}), "valid are files inside the bundle"),
    ],
)
def test_broken_manifest_is_named(tmp_path, capsys, text, why):
    (tmp_path / "bundle.json").write_text(text)
    assert main(["verify", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert why in said and len(said.splitlines()) == 1


class Stub(Wan):
    """A family whose parts are files of a few bytes."""

    roles = ("decoder", "encoder")

    def needed(self, checkpoint):
        return {}

    def check(self, checkpoint):
        pass

    def parts(self, checkpoint, options):
        yield from (Part(role, lambda: None) for role in self.roles)

    def manifest(self, checkpoint, options):
        return {}

    def tokenizer(self, checkpoint):
        return b"{}"

    def autoencoder(self, checkpoint):
        return None


@pytest.fixture
def stubbed(tmp_path, monkeypatch):
    """Exports into tmp_path/out; `at_encoder` is called when the first of two parts is written."""
    (tmp_path / "from").mkdir()
    (tmp_path / "from/model_index.json").write_text(json.dumps({"_class_name": "WanPipeline"}))

    def stub(text, at_encoder=lambda: None):
        def write(part, options):
            if part.role == "encoder":
                at_encoder()
            (options.out / exporting.FILES[part.role]).write_text(text)
            return [options.out / exporting.FILES[part.role]], ()

        monkeypatch.setattr(exporting, "family_of", lambda checkpoint: Stub())
        monkeypatch.setattr(exporting, "_write", write)
        monkeypatch.setattr(exporting, "_compared", lambda *_: [])
        return main(["export", "--from", str(tmp_path / "from"), "--out", str(tmp_path / "out")])

    return stub


def ends(error):
    def end():
        raise error

    return end


ENDS = [
    (KeyboardInterrupt(), 130, "interrupted"),
    (OSError(errno.ENOSPC, "No space left on device", "denoiser.onnx"), 2, "denoiser.onnx: No space left on device"),
    (ExportError("transformer can't be loaded: cut"), 2, "transformer can't be loaded: cut"),
]


@pytest.mark.parametrize(("error", "status", "why"), ENDS, ids=["Ctrl-C", "a full disk", "a cut file"])
def test_an_export_that_ends_early_leaves_nothing(stubbed, tmp_path, capsys, error, status, why):
    assert stubbed("new", ends(error)) == status
    assert capsys.readouterr().err.splitlines() == [why]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("error", "status", "why"), ENDS, ids=["Ctrl-C", "a full disk", "a cut file"])
def test_an_export_that_ends_early_leaves_the_bundle_that_was_there(stubbed, tmp_path, error, status, why):
    def files():
        return {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}

    assert stubbed("old") == 0
    (tmp_path / "out/LICENSE").write_text("theirs")
    before = files()
    assert before.keys() == {"bundle.json", "decoder.onnx", "encoder.onnx", "tokenizer.json", "LICENSE"}
    assert stubbed("new", ends(error)) == status
    assert files() == before
    assert stubbed("new") == 0
    assert files().keys() == before.keys() and files()["decoder.onnx"] == "new" and files()["LICENSE"] == "theirs"


def test_a_graph_that_cannot_be_run_is_a_row_of_the_table():
    def run(graph):
        raise RuntimeError("[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Got invalid dimensions\nfor input: latents")

    row = parity.rows("decoder", [Check("B=1", torch.ones(2), run)], lambda inputs: {})[0]
    assert not row.good and "TOO FAR: can't be run: [ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Got" in str(row)
