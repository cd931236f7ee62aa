"""From a question to an answer with its clauses."""

from knowledge.answering.answer import Answer, AnswerStatus, Citation
from knowledge.answering.service import Knowledge

__all__ = ["Answer", "AnswerStatus", "Citation", "Knowledge"]
