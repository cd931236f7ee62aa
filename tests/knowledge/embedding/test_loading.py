from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding import DEFAULT_MODEL, load_embedder
from knowledge.embedding.onnx_embedder import OnnxEmbedder
from knowledge.embedding.transformer_embedder import SentenceTransformerEmbedder, prompts_of
from knowledge.errors import ModelMissing


@pytest.fixture
def copy(tiny_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_folder, tmp_path / "tiny-e5-thu"))


def test_no_name_is_the_default_model(models_folder: Path) -> None:
    assert isinstance(load_embedder("", models_folder), OnnxEmbedder)
    assert isinstance(load_embedder("  ", models_folder), OnnxEmbedder)


def test_the_default_model_before_it_is_prepared_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing) as refused:
        load_embedder("", tmp_path)
    assert "python -m knowledge.embedding" in refused.value.remedy


def test_a_folder_or_a_name_in_the_models_folder_opens_through_sentence_transformers(
    copy: Path, tmp_path: Path
) -> None:
    by_folder = load_embedder(str(copy), tmp_path / "elsewhere")
    by_name = load_embedder(copy.name, copy.parent)
    assert isinstance(by_folder, SentenceTransformerEmbedder) and isinstance(by_name, SentenceTransformerEmbedder)
    assert by_folder.fingerprint == by_name.fingerprint
    assert np.array_equal(by_folder.embed_query("a"), by_name.embed_query("a"))


@pytest.mark.parametrize(
    "model", ["intfloat/multilingual-e5-large", "khong-co", "./khong/co", "/khong/co", "a/b/c", "..", "né/đi"]
)
def test_a_model_that_is_not_here_is_refused_without_asking_the_network(tmp_path: Path, model: str) -> None:
    code = """
import sys
from pathlib import Path
def guard(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo"}:
        print("NETWORK", arguments); sys.exit(3)
sys.addaudithook(guard)
from knowledge.embedding import load_embedder
from knowledge.errors import ModelMissing
try:
    load_embedder(sys.argv[1], Path(sys.argv[2]))
except ModelMissing as error:
    print(error); print(error.remedy)
"""
    environment = {
        "HOME": str(tmp_path),
        "HF_HOME": str(tmp_path / "hub"),
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    command = [sys.executable, "-c", code, model, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    message, remedy = ran.stdout.splitlines()
    assert model in message and "trên máy này" in message
    assert "EMBEDDING_MODEL" in remedy


def test_a_damaged_model_is_refused_with_one_line(copy: Path) -> None:
    (copy / "model.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(ModelMissing, match="Không mở được") as refused:
        load_embedder(str(copy), copy.parent)
    assert "\n" not in str(refused.value)


def test_other_weights_of_the_same_name_and_size_are_another_model(copy: Path) -> None:
    before = load_embedder(str(copy), copy.parent).fingerprint
    content = bytearray((copy / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (copy / "model.safetensors").write_bytes(content)
    assert load_embedder(str(copy), copy.parent).fingerprint != before


@pytest.mark.parametrize(
    ("said", "name", "expected"),
    [
        ({"query": "q: ", "document": "d: "}, "x", ("q: ", "d: ")),
        ({"query": "q: ", "passage": "p: "}, "x", ("q: ", "p: ")),
        ({"query": "q: ", "document": "d: "}, "intfloat/multilingual-e5-base", ("q: ", "d: ")),
        ({}, "intfloat/multilingual-e5-base", ("query: ", "passage: ")),
        ({}, "mainguyen9/vietlegal-e5", ("query: ", "passage: ")),
        ({}, "BAAI/bge-m3", ("", "")),
        ({}, "some/face5x", ("", "")),
        (None, "BAAI/bge-m3", ("", "")),
    ],
)
def test_prompts_are_the_folders_own_else_those_of_the_family(
    tmp_path: Path, said: dict[str, str] | None, name: str, expected: tuple[str, str]
) -> None:
    if said is not None:
        (tmp_path / "config_sentence_transformers.json").write_text(json.dumps({"prompts": said}))
    prompts = prompts_of(tmp_path, name)
    assert (prompts["query"], prompts["document"]) == expected


def test_prompts_reach_the_model(copy: Path) -> None:
    config = copy / "config_sentence_transformers.json"
    config.write_text(json.dumps({"prompts": {"query": "", "document": "passage: "}}))
    plain = load_embedder(str(copy), copy.parent)
    assert plain.embed_query("passage: lương hưu") @ plain.embed_documents(["lương hưu"])[0] == pytest.approx(
        1, abs=1e-5
    )
    assert plain.embed_query("lương hưu") @ plain.embed_documents(["lương hưu"])[0] < 0.9999


@pytest.mark.slow
def test_the_default_model_ranks_alike_in_both_runtimes(models_folder: Path, default_embedder: OnnxEmbedder) -> None:
    full = load_embedder(DEFAULT_MODEL, models_folder)
    passages = [
        "Mức đóng hằng tháng bằng 22% thu nhập do người tham gia chọn.",
        "Phụ nữ sinh con được trợ cấp thai sản cho mỗi con.",
        "Người mất được trợ cấp mai táng cho thân nhân.",
        "Hộ nghèo được ngân sách hỗ trợ một phần tiền đóng.",
        "Đăng ký tham gia tại cơ quan bảo hiểm xã hội hoặc tổ chức dịch vụ thu.",
    ]
    questions = ["mỗi tháng đóng bao nhiêu", "sinh con được gì", "hộ nghèo được giảm bao nhiêu", "đăng ký ở đâu"]
    assert full.fingerprint != default_embedder.fingerprint
    both = [e.embed_documents(passages) for e in (full, default_embedder)]
    assert np.diag(both[0] @ both[1].T).min() > 0.99
    for question in questions:
        first = [
            int(np.argmax(m @ e.embed_query(question))) for m, e in zip(both, (full, default_embedder), strict=True)
        ]
        assert first[0] == first[1]
