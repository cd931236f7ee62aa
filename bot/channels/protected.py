"""What a cut must not tear apart: citations, official numbers, amounts, dates, phones, addresses, list marks.

A break inside such a phrase makes a wrong amount or a citation nobody can find, so `cutting` goes around it wherever it can.
"""

from __future__ import annotations

import re

_S = r"[^\S\r\n]"  # a blank within a line
_NUMBER = r"\d{1,5}/\d{4}/[A-ZĐ][A-ZĐ0-9-]*"  # số hiệu: 159/2025/NĐ-CP
_LETTER_NUMBER = r"\d{1,5}/[A-ZĐ]+(?:-[A-ZĐ0-9]+)+"  # số hiệu of letters and plans: 1234/BHXH-CSXH
_PLACE = (  # điểm a, b khoản 1, 2 và 3 Điều 36a
    rf"(?:điểm{_S}+[a-zđ](?!\w)(?:(?:,{_S}*|{_S}+và{_S}+)[a-zđ](?!\w)){{0,8}}"
    rf"|(?:khoản|điều|mục|tiết|phần){_S}+\d+[a-zđ]?(?!\w)(?:(?:,{_S}*|{_S}+(?:và|đến){_S}+)\d+[a-zđ]?(?!\w)){{0,8}}"
    rf"|(?:chương|mục|phần|phụ{_S}+lục){_S}+[IVXLC\d]+(?!\w))"
)
_KIND = rf"(?:(?:bộ{_S}+)?luật|nghị{_S}+định|nghị{_S}+quyết|thông{_S}+tư|quyết{_S}+định|chỉ{_S}+thị|công{_S}+văn|kế{_S}+hoạch)"
_DOCUMENT = (
    rf"(?:(?<!\w){_KIND}(?:{_S}+(?:BHXH|bảo{_S}+hiểm{_S}+xã{_S}+hội)(?!\w))?"
    rf"(?:(?:{_S}+[^\W\d]\w*){{0,10}}?{_S}+(?:{_NUMBER}|{_LETTER_NUMBER}|(?:19|20)\d\d(?!\w)))?|{_NUMBER})"
)
_STEP = rf"(?:{_S}*,{_S}*|{_S}+)(?:(?:của|và|tại|thuộc){_S}+)?"
_CITED = rf"(?:(?<!\w){_PLACE}|{_DOCUMENT})"

_UNIT = rf"(?:đồng|đ|VNĐ|VND|₫|%|phần{_S}+trăm|tháng|năm|tuổi|ngày|giờ|lần|người)"
_AMOUNT = (
    rf"\d+(?:[.,]\d{{3}})*(?:[.,]\d+)?(?:{_S}\d{{3}}(?!\w)){{0,4}}(?:{_S}*(?:nghìn|ngàn|triệu|tỷ|tỉ)(?!\w))?"
    rf"(?:{_S}*{_UNIT}(?!\w))?(?:{_S}*/{_S}*[^\W\d]+)?"
)
_DATE = (
    rf"(?:ngày{_S}+)?\d{{1,2}}{_S}+tháng{_S}+\d{{1,2}}(?:{_S}+năm{_S}+\d{{4}})?"
    rf"|(?<!\w)(?:ngày|tháng|năm|quý|số){_S}+\d[\d/.-]*(?:{_S}+năm{_S}+\d{{4}})?|\d{{1,4}}(?:[/.-]\d{{1,4}}){{1,3}}"
    rf"|\d{{1,2}}{_S}*(?:giờ|h|:){_S}*\d{{2}}(?!\d)"
)
_PHONE = r"(?<!\w)\(?\+?\d{1,5}\)?(?:[ .\-\u00a0]\d{2,4}){1,4}(?!\w)"
_ADDRESS = (
    r"https?://\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
    r"|(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.[a-z]{2,10}(?!\w)(?:/\S*)?"
)
_MARK = rf"^{_S}*(?:[-–•*+]|\d{{1,3}}[.)]|[a-zđ]\)){_S}+\S"  # "1. " and what follows it
_LABEL = rf"^Căn cứ:{_S}*\S"
_SHORT = rf"(?<!\w)(?:TP|Tp|TX|ThS|TS|BS|GS|PGS|KS|CN|Q|P|Tr|tr|ĐT|Đ/c)\.{_S}*\w"  # a point that ends no sentence

_PATTERNS = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        (rf"{_CITED}(?:{_STEP}{_CITED}){{0,6}}", re.IGNORECASE),
        (_LETTER_NUMBER, 0),
        (_AMOUNT, re.IGNORECASE),
        (_DATE, re.IGNORECASE),
        (_PHONE, 0),
        (_ADDRESS, re.IGNORECASE),
        (_MARK, re.MULTILINE),
        (_LABEL, re.MULTILINE),
        (_SHORT, 0),
    )
)


def torn(text: str) -> bytearray:
    """For each place 0..len(text): 1 where a cut before that character would tear something apart."""
    marks = bytearray(len(text) + 1)
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if end - start > 1:
                marks[start + 1 : end] = b"\x01" * (end - start - 1)
    return marks
