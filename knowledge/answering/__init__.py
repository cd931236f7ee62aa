"""From a question to an answer with its clauses."""

from knowledge.answering.service import Knowledge
from knowledge.answers import Answer, AnswerStatus, Choice, Citation

__all__ = ["Answer", "AnswerStatus", "Choice", "Citation", "Knowledge"]
