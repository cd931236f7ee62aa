"""Forms: short rows of questions, each a data file and a drawn diagram, moved by pure transitions."""

from bot.dialogue.forms.engine import Given, Moved, answer, begin
from bot.dialogue.forms.model import Form, FormState, load_form

__all__ = ["Form", "FormState", "Given", "Moved", "answer", "begin", "load_form"]
