"""What stands between a model and a person: what a model may be told, what of its words may be sent, when a person takes over.

The model's words are checked, not trusted: a text of a lead may have talked it into something.
"""

from outrider.agents.guard.answers import HAND_OVER_MARK, LONGEST_ANSWER, UNKNOWN_MARK, Checked, Told, check_answer
from outrider.agents.guard.lengths import shortened

__all__ = ["HAND_OVER_MARK", "LONGEST_ANSWER", "UNKNOWN_MARK", "Checked", "Told", "check_answer", "shortened"]
