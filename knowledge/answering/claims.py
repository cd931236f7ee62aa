"""The claim check (đối chiếu số liệu): nothing leaves that its clause, rate, calculation or the citizen's own words do not say.

It runs on every way to an answer and needs no model. `unfounded` is empty for a text that may be sent.
"""

from __future__ import annotations

from knowledge.answering.claim_reader import read_claims
from knowledge.answering.claims_grounds import FIXED_CONTACTS, Grounds
from knowledge.answering.claims_groups import groups_named, mismatched
from knowledge.answering.claims_model import Claim, ClaimKind
from knowledge.answering.claims_sentences import displaced, sentence_spans
from knowledge.vietnamese import nfc

__all__ = ["FIXED_CONTACTS", "Claim", "ClaimKind", "Grounds", "groups_named", "read_claims", "unfounded"]


def unfounded(text: str, grounds: Grounds) -> tuple[Claim, ...]:
    """The claims of `text` that `grounds` do not support, in order; empty when the text may be sent. Never raises.

    Besides claims that nothing says: a share or amount told of another household group than its own, and a number out of its place in
    a sentence that otherwise stands word for word in one of the texts.
    """
    text = nfc(text)
    claims = read_claims(text)
    wrong = [claim for claim in claims if not grounds.supports(claim)]
    wrong += displaced(text, claims, grounds.texts, grounds.wording)
    if grounds.groups.values:
        mixed = mismatched(text, claims, sentence_spans(text), grounds.groups)
        wrong += [claim for claim in mixed if not _quoted(claim, text, grounds)]
    return tuple(sorted(dict.fromkeys(wrong), key=lambda claim: claim.span))


def _quoted(claim: Claim, text: str, grounds: Grounds) -> bool:
    """True when the whole sentence of `claim` stands in a source."""
    start, end = next((s, e) for s, e in sentence_spans(text) if s <= claim.span[0] < e)
    return any(text[start:end].strip() in nfc(source) for source in grounds.texts)
