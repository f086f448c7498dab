"""Finds the sentence of a campaign's description that answers a question; says nothing that is not written there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from outrider.llm.offline.facts import Facts
from outrider.llm.offline.language import fold

LONGEST_ANSWER = 200
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\s*\n\s*")
_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 5
_EMPTY = frozenset(
    "what with have does that this from your there about would could which when where they them also take than more much "  # noqa: SIM905
    "para como tiene tienen hace este esta pero sobre cuanto cuando donde avec vous votre pour dans cela comment combien quand "
    "mais elle sont faites aussi hacen tambien company companies know tell like want need please thanks exactly".split()
)
TOPICS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    # How long does it take?
    (
        re.compile(r"\bhow (?:long|fast|quick\w*|soon)\b|\bwhen (?:would|will|does)\b|\bcuanto (?:tiempo|dura|tarda)"
        r"|\bcombien de temps|\bduree\b|\bsetup\b"),
        re.compile(r"\b(?:minutes?|hours?|days?|weeks?|months?|minutos|horas?|dias|semanas|heures?|jours?|semaines?|mois)\b"),
    ),
    # What does it cost?
    (
        re.compile(r"\bhow much\b|\bpric\w+|\bcosts?\b|\bfees?\b|\bcharge\b|\bfree\b|\btrial\b|\bcuanto (?:cuesta|vale|es)"
        r"|\bprecios?\b|\bgratis\b|\bcombien (?!de temps)|\bprix\b|\btarif\w*|\bgratuit\w*"),
        re.compile(r"\bfree\b|[$€£]|\bpric\w+|\bcosts?\b|\bfinanc\w+|\bgratis\b|\bgratuit\w*|\bprecio\w*|\bcuesta\b|\bprix\b"
        r"|\bcoute\b|\bsin coste\b"),
    ),
    # Am I tied down?
    (
        re.compile(r"\bcontract\w*|\bcommit\w+|\bcancel\w*|\bsign\b|\bobligation\w*|\bcontrato\b|\bcompromiso\b"
        r"|\bpermanencia\b|\bcontrat\b|\bengagement\b"),
        re.compile(r"\bcontract\w*|\bobligation\w*|\bcommit\w+|\bcontrato\b|\bcompromiso\b|\bpermanencia\b|\bcontrat\b"
        r"|\bengagement\b"),
    ),
    # Who else has it?
    (
        re.compile(r"\breferences?\b|\bcustomers?\b|\bclients?\b|\bcase stud\w+|\bexamples?\b|\breferencias?\b|\bclientes\b"
        r"|\breferences?\b|\bexemples?\b"),
        re.compile(r"\breferences?\b|\bcustomers?\b|\breferencias?\b|\bclientes\b|\bclients\b"),
    ),
    # What would it bring?
    (
        re.compile(r"\bsav(?:e|es|ing|ings)\b|\bbenefit\w*|\bworth\b|\bpayback\b|\broi\b|\bahorr\w+|\beconom\w+|\brapporte\b"),
        re.compile(r"\bsav(?:e|es|ing|ings)\b|\bpays? (?:off|back)\b|\bahorr\w+|\beconomi\w+|\bworth\b"),
    ),
    # How is it different?
    (
        re.compile(r"\bdifferen\w+|\bcompare\w*|\bbetter than\b|\bothers?\b|\bdiferen\w+|\bmejor que\b|\bdifferen\w+"
        r"|\bmieux que\b"),
        re.compile(r"\bunlike\b|\bdifferen\w+|\binstead of\b|\ba diferencia\b|\bcontrairement\b"),
    ),
    # What is in it?
    (
        re.compile(r"\binclud\w+|\bwhat do (?:i|we) get\b|\bincluy\w+|\binclus\w*|\bcompris\w*|\bcontient\b"),
        re.compile(r"\binclud\w+|:|\bincluy\w+|\binclus\w*|\bcompr\w+|\bcovers?\b|\bcubre\b|\bcouvre\b"),
    ),
    # How does it work?
    (
        re.compile(r"\bhow (?:does|do|would) (?:it|this|that|you)\b|\bcomo funciona\b|\bcomment ca\b|\bcomment fonctionne\b"),
        re.compile(r"\bminutes?\b|\bby phone\b|\bsteps?\b|\bfirst\b|\bminutos\b|\bpor telefono\b|\bpar telephone\b"),
    ),
)  # fmt: skip
"""By question: what it is about, and the words of a sentence that answers it."""
SYNONYMS = re.compile(r"\bset ?up\b|\bimplementation\b|\binstalacion\b")
CALLS = re.compile(
    r"\b(?:call|calls|phone|specialist|expert|advisor|consultant|appointment|meeting|llamada|telefono|especialista|asesor"
    r"|cita|appel|"
    r"telephone|specialiste|conseiller|expert|rendez-vous)\b"
)


def answer_to(question: str, facts: Facts) -> str | None:
    """The campaign's sentence about what is asked; None if it has none."""
    sentences = sentences_of(facts)
    asked = SYNONYMS.sub("installation", fold(question))
    said = " ".join(str(entry.get("body") or "") for entry in facts.thread)
    for about, says in TOPICS:
        fitting = [sentence for sentence in sentences if about.search(asked) and says.search(fold(sentence))]
        if fitting:
            return _best(asked, [sentence for sentence in fitting if sentence not in said] or fitting, says)
    return _by_words(asked, sentences)


def gist_of(facts: Facts) -> str | None:
    """What it is about, in the campaign's own first sentence."""
    return next(iter(sentences_of(facts)), None)


def sentences_of(facts: Facts) -> list[str]:
    """The description's sentences that fit in a text, each with its full stop."""
    description = str(facts.campaign.get("description") or "")
    found = (" ".join(part.split()) for part in _SENTENCE.split(description[:4000]))
    return [part if part[-1] in ".!?" else f"{part}." for part in found if part and len(part) <= LONGEST_ANSWER]


def someone_calls(facts: Facts) -> bool:
    """The campaign tells of a call or a specialist: whoever asks more is told there."""
    return CALLS.search(fold(str(facts.campaign.get("description") or "")[:4000])) is not None


def _best(asked: str, sentences: Sequence[str], says: re.Pattern[str]) -> str:
    """The sentence that shares the most words with the question, then the one that says most about its topic."""
    wanted = _stems(asked)

    def worth(sentence: str) -> tuple[int, int]:
        folded = fold(sentence)
        return len(wanted & _stems(folded)), len(says.findall(folded))

    return max(sentences, key=worth)


def _by_words(asked: str, sentences: Sequence[str]) -> str | None:
    """The sentence that shares the most telling words with the question, at least two."""
    wanted = _stems(asked)
    shared = [(len(wanted & _stems(fold(sentence))), sentence) for sentence in sentences]
    best, sentence = max(shared, key=lambda pair: pair[0], default=(0, ""))
    return sentence if best >= 2 else None


def _stems(folded: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(folded) if word not in _EMPTY}
