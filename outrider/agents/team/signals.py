"""Hard signals in a lead's words, read by rules in code: they hold whatever a model makes of the text.

English, Spanish and French; patterns are of folded text (lower case, no accents) and bounded. A rule that is wrong costs a
person a minute; one that is missing may cost far more, so in doubt a rule speaks up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from outrider.llm.offline.intents import latest_language
from outrider.llm.offline.language import fold

LONGEST_READ = 2_000
SHOUTED_LETTERS = 12
SHOUTED_SHARE = 0.8

WANTS_PERSON = re.compile(
    r"\b(?:real|actual|live|human) (?:person|human|being|agent|rep\w{0,12})\b(?! ?\?)"
    r"|\b(?:talk|speak|chat|get|put me|connect me|transfer me) (?:to|with|through to|a hold of) (?:a |an |the |your |some ?)"
    r"(?:real |actual |live )?(?:person|human|someone|somebody|one|manager|supervisor|boss|rep\b|representative|colleague"
    r"|owner|agent)"
    r"|\b(?:i )?(?:want|need|prefer|rather have|give me|get me) (?:a |an )?(?:real |actual |live )?(?:person|human|manager"
    r"|supervisor)\b"
    r"|\bhuman (?:please|pls|being)\b|\bno (?:more )?(?:bots?|robots?|machines?)\b"
    r"|\b(?:hablar|comunic\w{1,5}|chatear|pas\w{1,3}me|ponme|pongame) con (?:un[ao]? |el |la |su |tu )?(?:persona|human[oa]"
    r"|alguien|encargad[oa]|"
    r"responsable|gerente|jefe|asesor\w?|agente|compañer[oa]|companer[oa])"
    r"|\b(?:quiero|prefiero|necesito|exijo) (?:hablar con )?(?:una )?(?:persona|ser humano|humano)\b"
    r"|\b(?:parler|discuter|echanger) (?:a|avec) (?:un |une |le |la |votre )?(?:vraie? )?(?:personne|humain|quelqu'un"
    r"|responsable|conseiller\w?|"
    r"directeur|patron|collegue)"
    r"|\b(?:je veux|je prefere|il me faut|passez[- ]moi) (?:un |une )?(?:vraie? )?(?:humain|personne|responsable|conseiller)\b"
)
ONLY_PERSON = re.compile(r"^\W*(?:human|person|agent|representative|operator|persona|humain)\W*$")
ASKS_WHETHER_AI = re.compile(
    r"\b(?:are|r|is) (?:you|u|this|that|it|maya|there) (?:even |actually |really |just )?(?:a |an )?(?:real|human|bot|robot"
    r"|ai|chatbot|chat ?gpt|"
    r"machine|computer|automated|person|actual person|living|llm|program)\b"
    r"|\bam i (?:talking|speaking|texting|chatting|writing) (?:to|with) (?:a |an )?(?:real |actual )?(?:bot|robot|ai|human"
    r"|person|machine|computer)"
    r"|\b(?:bot|robot|chatbot|ai)\s?\?|\bthis (?:is|sounds like|feels like|must be) (?:a |an )?(?:bot|robot|ai|chatbot"
    r"|automated)\b"
    r"|\b(?:eres|es|sois|es usted|esto es|hablo con|estoy hablando con)(?: con)?(?: un| una)? (?:bot|robot|maquina|ia\b"
    r"|persona real|humano|humana|"
    r"persona\b|chatbot|automatic)"
    r"|\b(?:etes[- ]vous|vous etes|es[- ]tu|tu es|t'es|c'est|est[- ]ce|je parle a|je parle avec)(?: un| une)? (?:bot|robot"
    r"|machine|ia\b|humain|vraie? "
    r"personne|personne reelle|chatbot|automatique|message automatique)"
)
LEGAL_THREAT = re.compile(
    r"\b(?:lawyers?|attorneys?|lawsuits?|solicitors?|legal action|legal team|legal department|small claims|take (?:you"
    r"|this) to court|see you in court"
    r"|su(?:e|ing) (?:you|your|u\b|for|them)|i(?:'ll| will) sue|class action|tcpa|fcc|ftc|attorney general"
    r"|do[- ]not[- ]call (?:registry|list)"
    r"|gdpr|ccpa|data protection|cease and desist|press charges|police|report(?:ing|ed)? (?:you|this|your (?:number|company))"
    r"|bbb\b|better business"
    r"|harass(?:ment|ing)|illegal(?:ly)?|unlawful\w{0,2})\b"
    r"|\b(?:abogad[oa]s?|demand(?:ar|are|aremos|arlos|a judicial)|denunci\w{1,6}|tribunal\w{0,3}|juzgado|acciones legales"
    r"|via judicial|policia|"
    r"proteccion de datos|rgpd|aepd|acoso|ilegal\w{0,5})\b"
    r"|\b(?:avocate?s?|tribunal|tribunaux|poursuites?|poursuivre|porter plainte|porte plainte|plainte|en justice"
    r"|action en justice|mise en demeure|"
    r"cnil|bloctel|police|harcelement|illegal\w{0,3}|signal\w{1,4} (?:a|aux))\b"
)
ANGER = re.compile(
    r"\bf+u+c+k\w{0,4}|\bbull ?sh\w{1,3}\b|\bwtf\b|\bass ?holes?\b|\bidiots?\b|\bmorons?\b|\bpissed\b|\bgo to hell\b"
    r"|\bscrew you\b|\bshut up\b"
    r"|\bfurious\b|\bdisgust\w{2,4}\b|\bridiculous\b|\boutrageous\b|\bunacceptable\b|\bfed up\b"
    r"|\bsick (?:and tired )?of (?:you|this|these)\b"
    r"|\b(?:i am|i'm|im) (?:so |really |very )?(?:angry|mad|livid|annoyed)\b|\bhow dare you\b|\bshame on you\b|\bpathetic\b"
    r"|\bscumm?(?:bags?)?\b"
    r"|\bmierda\b|\bput[ao]s?\b|\bjoder\b|\bidiotas?\b|\bimbecil\w{0,2}\b|\bfurios[oa]s?\b|\bverguenza\b|\binaceptable\b"
    r"|\bhart[oa]s? de\b|\basco\b"
    r"|\bindignante\b|\bmolest[oa]s? con\b|\bmerde\b|\bputain\b|\bconnards?\b|\bpauvres? cons?\b|\bimbeciles?\b|\bfurieu(?:x"
    r"|se)\b|\bhonte\b"
    r"|\binadmissible\b|\binacceptable\b|\bras[- ]le[- ]bol\b|\bj'en ai marre\b|\bscandaleu(?:x|se)\b|\bfoutez\b"
    r"|\bdegage\w{0,2}\b"
)
OUR_FAULTLESS = re.compile(r"\b(?:not|isn't|aren't|n't|no) (?:\w{1,12} ){0,2}(?:angry|mad|annoyed|furious|illegal)\b")
"""“I'm not angry” is none."""
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@[\w-]{1,63}+(?:\.[\w-]{1,63}+){1,8}+")


@dataclass(frozen=True, slots=True)
class Signals:
    """What the rules find in a text."""

    asks_for_person: bool
    is_angry: bool
    threatens_legally: bool
    asks_whether_ai: bool
    language: str
    """ISO 639-1: that of the latest text that tells one, else the one that was spoken before."""
    email: str | None
    """An e-mail address that the lead wrote."""


def find_signals(text: str, language: str = "en") -> Signals:
    """What the text says beyond doubt.

    Args:
        text: the lead's texts of a turn, with an empty line between two.
        language: what the conversation was in before; stays where the texts could be of any language.
    """
    text = text[:LONGEST_READ]
    folded = OUR_FAULTLESS.sub(" ", fold(text))
    asks_whether_ai = ASKS_WHETHER_AI.search(folded) is not None
    wants_person = WANTS_PERSON.search(ASKS_WHETHER_AI.sub(" ", folded)) or ONLY_PERSON.search(folded)
    address = EMAIL.search(text)
    return Signals(
        asks_for_person=wants_person is not None,
        is_angry=ANGER.search(folded) is not None or _is_shouted(text),
        threatens_legally=LEGAL_THREAT.search(folded) is not None,
        asks_whether_ai=asks_whether_ai,
        language=latest_language(text.split("\n\n"), language),
        email=address[0].rstrip(".") if address else None,
    )


def _is_shouted(text: str) -> bool:
    """Nearly all capitals with exclamation marks; “YES PLEASE” is not anger."""
    letters = [character for character in text if character.isalpha()]
    if len(letters) < SHOUTED_LETTERS or "!!" not in text:
        return False
    return sum(character.isupper() for character in letters) > SHOUTED_SHARE * len(letters)
