"""Writes unpacked weights as a normal sentence-transformers folder that any tool of that family opens.

Trap: the weights were rounded to four bits by the package's author; the folder is exact to what the package holds, not
to the model its name comes from. Vectors of the two must never be mixed, which the fingerprint sees to.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from knowledge.embedding.contract import MAX_TOKENS
from knowledge.embedding.source import BertWeights

PROMPTS = {"query": "query: ", "document": "passage: ", "passage": "passage: "}
WEIGHTS_NAME = "model.safetensors"
_NEVER = -100.0


def write_model_folder(weights: BertWeights, folder: Path) -> None:
    """Fill the empty `folder` with weights, tokenizer and the sentence-transformers configuration.

    The same weights always give the same bytes.
    """
    tensors = dict(weights.tensors)
    # Mean pooling never reads the pooler, but a BERT without one makes transformers warn about random weights.
    tensors["pooler.dense.weight"] = np.zeros((weights.hidden, weights.hidden), np.float32)
    tensors["pooler.dense.bias"] = np.zeros(weights.hidden, np.float32)
    contiguous = {name: np.ascontiguousarray(values, np.float32) for name, values in tensors.items()}
    save_file(contiguous, folder / WEIGHTS_NAME, metadata={"format": "pt"})
    (folder / WEIGHTS_NAME).chmod(0o644)
    build_tokenizer(weights).save(str(folder / "tokenizer.json"), pretty=False)
    for name, content in _configuration(weights).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def build_tokenizer(weights: BertWeights) -> Tokenizer:
    """The XLM-RoBERTa unigram tokenizer of these pieces.

    The whitespace folding of SentencePiece is written out as a rule, its normalisation table replaced by NFKC.
    """
    unknown = weights.special_ids["<unk>"]
    marks = set(weights.special_ids.values())
    # With their own score of 0 the marks would be the likeliest split of a "</s>" that somebody typed.
    pieces = [(piece, _NEVER if number in marks else score) for number, (piece, score) in enumerate(weights.pieces)]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in weights.special_ids]
        + [AddedToken("<mask>", special=True, lstrip=True, normalized=False)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[(token, weights.special_ids[token]) for token in ("<s>", "</s>")],
    )
    return tokenizer


def _configuration(weights: BertWeights) -> Mapping[str, object]:
    """Content of every JSON file of the folder, by relative path."""
    special = {
        "bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>",
        "pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>",
    }  # fmt: skip
    parts = ("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": weights.hidden,
            "intermediate_size": weights.intermediate,
            "num_hidden_layers": weights.layers,
            "num_attention_heads": weights.heads,
            "max_position_embeddings": weights.positions,
            "type_vocab_size": weights.token_types,
            "vocab_size": weights.vocabulary,
            "layer_norm_eps": 1e-12,
            "pad_token_id": weights.special_ids["<pad>"],
            "hidden_dropout_prob": 0.1,
            "attention_probs_dropout_prob": 0.1,
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": min(MAX_TOKENS, weights.positions),
            "clean_up_tokenization_spaces": False,
            # A citizen who types "</s>" sends four characters, not an end of text.
            "split_special_tokens": True,
            **special,
        },
        "special_tokens_map.json": special,
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (kind, path) in enumerate(parts)
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": weights.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "2_Normalize/config.json": {},
        "sentence_bert_config.json": {"max_seq_length": min(MAX_TOKENS, weights.positions), "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
