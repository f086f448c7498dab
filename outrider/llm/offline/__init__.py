"""The offline model: writes openings and answers by rules, so that the whole product runs without a language model.

It is deterministic, needs no network, and never states what it was not told: prices, facts and promises come from the
campaign, or from a person. A language is one file (`english.py` …) that holds its words, patterns and sentences; what
it can be asked for is in `tasks.py`. A file that only registers tasks is imported here for that.
"""

import outrider.llm.offline.acting
import outrider.llm.offline.outreach
import outrider.llm.offline.sales
import outrider.llm.offline.speaking
import outrider.llm.offline.summary  # noqa: F401  (they register their tasks)
from outrider.llm.offline.intents import classify, detect_language
from outrider.llm.offline.language import Intent
from outrider.llm.offline.model import OfflineModel
from outrider.llm.offline.openings import write_opening
from outrider.llm.offline.replies import OfflineAnswer, answer
from outrider.llm.offline.tasks import task
from outrider.llm.offline.templates import render

__all__ = ["Intent", "OfflineAnswer", "OfflineModel", "answer", "classify", "detect_language", "render", "task", "write_opening"]
