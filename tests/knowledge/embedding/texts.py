"""Texts that models meet, and texts that break tokenizers."""

from __future__ import annotations

HOSTILE = {
    "empty": "",
    "blanks": " \n\t\u00a0\u3000 ",
    "NUL": "đóng\x00bao nhiêu",
    "ligature of 18 letters, fifty times": "\ufdfa" * 50,
    "lone surrogate": "bảo hiểm \ud83d xã hội \udc00",
    "hundred thousand letters": "x" * 100_000,
    "hundred thousand words": "ă " * 100_000,
    "marks without a letter": "\u0301\u0323" * 300,
    "one letter under a heap of marks": "o" + "\u0302\u0301" * 5_000,
    "tokenizer's own marks": "<s></s><pad><unk><mask>",
    "SentencePiece's space": "▁▁ ▁bảo▁hiểm",
    "tags and bidirectional controls": "\U000e0041\u202ebhxh\u2066\u200b\ufeff",
    "emoji with joiners": "👨‍👩‍👧‍👦" * 40,
    "unassigned and private use": "\U000e1234\uf8ff\U0010ffff",
    "other scripts": "社会保険 соцстрах الضمان ประกัน",
}

ORDINARY = [
    "Tôi phải đóng bao nhiêu tiền một tháng?",
    "tham gia bhxh tu nguyen can giay to gi",
    "Người lao động tự do được hỗ trợ 20% mức đóng, tối đa 10 năm.",
    "Điều 36. Mức đóng\n1. Hằng tháng, bằng 22% mức thu nhập do người tham gia chọn; thấp nhất là 1.500.000 đồng.",
    "Ở ĐÂU ĐĂNG KÝ? Ủy ban nhân dân xã, phường; đại lý thu…",
    "“Quỹ” – tiền đóng (và lãi) của người tham gia",
]
