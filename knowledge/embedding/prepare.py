"""Makes the model folder of the default model, once, from the package that ships its weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from knowledge.embedding.card import ModelCard, marks_of, read_card, verify, write_card
from knowledge.embedding.folders import make_once
from knowledge.embedding.onnx_embedder import RUNTIME
from knowledge.embedding.source import (
    PACKAGE,
    VERSION,
    WEIGHTS_FILE,
    WEIGHTS_SHA256,
    BertWeights,
    packaged_weights,
    read_weights,
)
from knowledge.errors import ModelMissing

DEFAULT_MODEL = "multilingual-e5-small"
# Counts up with every change of the files' content: older folders are made anew and their vectors no longer fit.
CONVERTER = "1"


def prepare_default_model(models_folder: Path, report: Callable[[str], None] | None = None) -> Path:
    """The folder of the default model in `models_folder`, made first when it is not there (some ten seconds, 600 MB).

    A folder is finished or absent, never half there, and two processes may ask at once. `report` gets lines to show.
    Raised when the weights are not installed, do not convert or do not fit on the disk: `ModelMissing`.
    """
    folder = models_folder / DEFAULT_MODEL
    say = report or (lambda line: None)

    def fill(new: Path) -> None:
        say("Đang chuyển mô hình nhúng mặc định, khoảng mười giây, chỉ làm một lần …")
        write_default_model(read_weights(packaged_weights()), new)

    try:
        if make_once(folder, is_ready, fill):
            say(f"Đã chuẩn bị mô hình {folder.name}.")
    except OSError as error:
        raise ModelMissing(
            f"Không ghi được mô hình vào thư mục {models_folder} ({error.strerror or error}).",
            "Cần một thư mục ghi được, còn trống khoảng 700 MB.",
        ) from error
    return folder


def write_default_model(weights: BertWeights, folder: Path) -> ModelCard:
    """Fill the empty `folder` from `weights`, its card included. Raised when it comes out wrong: `ModelMissing`."""
    # Writing needs onnx and safetensors, which a prepared installation never loads.
    from knowledge.embedding.convert import PROMPTS, write_model_folder
    from knowledge.embedding.export import compare, write_runtime
    from knowledge.embedding.graph import PRECISION

    write_model_folder(weights, folder)
    (folder / RUNTIME).mkdir()
    write_runtime(weights, folder / RUNTIME)
    ids = weights.special_ids
    card = ModelCard(
        name=DEFAULT_MODEL,
        source=f"{PACKAGE} {VERSION}, {WEIGHTS_FILE}",
        source_sha256=WEIGHTS_SHA256,
        converter=CONVERTER,
        dimension=weights.hidden,
        prompts=PROMPTS,
        files=marks_of(folder),
        runtime=RUNTIME,
        precision=PRECISION,
        special_ids={"begin": ids["<s>"], "end": ids["</s>"], "unknown": ids["<unk>"]},
    )
    card = replace(card, checks=compare(weights, folder / RUNTIME, card))
    write_card(folder, card)
    return card


def is_ready(folder: Path) -> bool:
    """Whether `folder` was made by this converter from these weights and every file still has its size."""
    try:
        card = read_card(folder)
        if card is None or (card.source_sha256, card.converter) != (WEIGHTS_SHA256, CONVERTER):
            return False
        verify(folder, card)
    except ModelMissing:
        return False
    return True
