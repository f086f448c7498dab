"""What the offline model finds in a lead's words beside the intent: wishes for a meeting, doubts, and facts about the purchase.

Patterns are of folded text. A fact is a factor (budget, authority, need, timeline …) with a strength from -1 to 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from outrider.llm.offline.language import pattern


@dataclass(frozen=True, slots=True)
class Meanings:
    """The patterns of one language."""

    meeting: re.Pattern[str]
    """A call or a meeting, with or without a time."""
    moves: re.Pattern[str]
    cancels: re.Pattern[str]
    who_decides: re.Pattern[str]
    """They have to ask somebody else."""
    objections: tuple[tuple[str, re.Pattern[str]], ...]
    """Keys of the shipped objections, the more telling first."""
    facts: tuple[tuple[str, float, str, re.Pattern[str]], ...]
    """Factor, strength, what it means, and the words. What speaks against a purchase is looked for first: “not sure we need
    this” holds the words of a need."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", tuple(sorted(self.facts, key=lambda fact: fact[1] > 0)))


ENGLISH = Meanings(
    meeting=pattern(
        r"(?:(?:let'?s|we could|can we|could we|when can we|when could we|happy to|like to|want to|good to) )(?:\w+ ){0,3}"
        r"(?:talk|speak|meet|chat|call|connect)",
        r"(?:set ?up|schedule|book|arrange|have|do|plan|fix|get) (?:\w+ ){0,2}(?:call|meeting|chat|demo|appointment|slot)",
        r"(?:a|the|short|quick|phone|video) (?:call|meeting|chat|demo|appointment)(?: (?:works|would|is|sounds|please))",
        r"(?:call|ring|phone) me|give (?:me|us) a (?:call|ring|buzz)|call (?:me )?back|when are you (?:free|available)",
        r"what times? (?:do you have|are free|work)|book me in",
    ),
    moves=pattern(
        r"(?:re-?schedule|move|postpone|push|shift|change)\b.{0,20}\b(?:call|meeting|appointment|it|time|slot|that)",
        r"can'?t make (?:it|that|the)|something came up|(?:another|different|other) (?:time|day|slot)",
    ),
    cancels=pattern(
        r"(?:cancel|call off|scrap|drop)\b.{0,20}\b(?:call|meeting|appointment|it|that|slot|booking)",
        r"(?:don'?t|do not) (?:need|want) (?:the|that|our) (?:call|meeting|appointment)",
    ),
    who_decides=pattern(
        r"(?:ask|discuss|check|talk|speak|clear|run)\b.{0,20}\b(?:with|to|by|past)?\s?(?:my|our|the) "
        r"(?:boss|partner|wife|husband|manager|team|colleagues?|board|owner|ceo|cfo|director|accountant|landlord)",
        r"(?:not|isn'?t|n'?t) (?:my|up to me|mine to) (?:decision|decide|call)|not (?:the one )?in charge|i don'?t decide",
    ),
    objections=(
        (
            "bad_experience",
            pattern(
                r"tried (?:something|that|this|it|one)\b.{0,40}|bad experience\w*|(?:did ?n'?t"
                r"|never) work(?:ed)? (?:out|for)"
            ),
        ),
        (
            "trust",
            pattern(
                r"scams?|legit\w*|too good to be true|(?:is this|are you) (?:for )?real|how do i know|don'?t trust"
                r"|phishing|fraud"
            ),
        ),
        (
            "no_need",
            pattern(
                r"not sure (?:if )?(?:we|i) (?:really )?need|don'?t see the point|why would (?:we|i) (?:need"
                r"|want)|what for"
            ),
        ),
        (
            "competitor",
            pattern(
                r"(?:work|working|are|signed) (?:already )?with (?:some(?:body|one) else|another|a competitor)"
                r"|already work with"
            ),
        ),
        ("contract", pattern(r"tied down|long[- ]term contract|sign anything|lock(?:ed)? (?:me|us) in")),
    ),
    facts=(
        (
            "need",
            0.9,
            "Has been looking for this",
            pattern(
                r"(?:we|i)(?:'re| are|'m| am| were| was|'ve been"
                r"| have been) (?:actually )?looking (?:for|into)\b.{0,30}"
                r"|exactly (?:this|what we)|we (?:really )?need (?!to (?:ask"
                r"|check|think|talk|discuss)).{3,40}"
            ),
        ),
        (
            "need",
            0.8,
            "Has a problem that it would ease",
            pattern(
                r"(?:our|my|the) (?:\w+ ){0,2}(?:bills?|costs?|roof|energy"
                r"|system|\w+) (?:is|are|keeps?|has|have) (?:\w+ ){0,2}(?:too )?(?:high|expensive|old|broken|rising|leak\w*"
                r"|killing us|a problem|a mess)|struggl\w+ with|problem (?:is|with)|fed up with our"
            ),
        ),
        (
            "need",
            0.6,
            "Says that they are interested",
            pattern(
                r"(?:i'?m|we'?re|i am|we are|very"
                r"|yes)?,? ?(?<!not )(?<!no )(?<!n't )interest(?:ed|ing)(?! rate)|sounds (?:good|great|interesting)|curious"
                r"|count me in"
            ),
        ),
        (
            "need",
            -0.9,
            "Sees no need",
            pattern(
                r"(?:don'?t|do not|doesn'?t) (?:really )?need|no need|not interested"
                r"|no interest"
            ),
        ),
        ("need", -0.4, "Doubts that they need it", pattern(r"not sure (?:if )?(?:we|i) (?:really )?need|don'?t see the point")),
        (
            "need",
            -0.4,
            "Has somebody or something for it already",
            pattern(
                r"already (?:work|have|use|got|do)\b.{0,25}"
                r"|happy with (?:our|what|the)\b.{0,20}"
            ),
        ),
        (
            "timeline",
            0.9,
            "Wants it soon",
            pattern(
                r"asap|as soon as possible|right away|immediately|urgent\w*|this (?:week"
                r"|month)|before (?:winter|summer|the end of)\b.{0,15}"
                r"|by (?:the end of )?(?:next )?(?:week|month|january|february"
                r"|march|april|may|june|july|august|september|october|november|december)"
            ),
        ),
        (
            "timeline",
            0.6,
            "Wants to talk soon",
            pattern(
                r"(?:talk|call|meet|speak|chat)\b.{0,15}\b(?:today|tomorrow|this week"
                r"|next week)"
            ),
        ),
        (
            "timeline",
            0.3,
            "This year or next quarter",
            pattern(
                r"this (?:quarter|year)|next quarter|in (?:two|three|2|3|a few"
                r"|a couple of) (?:weeks|months)"
            ),
        ),
        (
            "timeline",
            -0.4,
            "Not before long",
            pattern(
                r"not (?:now|this (?:quarter|year)|right now|at the moment)|in a month"
                r"|next year|no rush|some ?day"
            ),
        ),
        (
            "authority",
            1.0,
            "Decides",
            pattern(
                r"i'?m the (?:owner|boss|ceo|founder|one who decides)|i (?:own|run"
                r"|decide)\b.{0,20}|my (?:own )?(?:company|business|decision)|it'?s (?:my|up to me)"
            ),
        ),
        (
            "authority",
            -0.4,
            "Somebody else decides",
            pattern(
                r"(?:ask|discuss|check|talk|speak|clear|run)\b.{0,20}\b(?:my|our"
                r"|the) (?:boss|partner|wife|husband|manager|team|board|owner|ceo|cfo|director|landlord)|not my (?:decision|call)"
                r"|don'?t decide"
            ),
        ),
        (
            "budget",
            0.8,
            "There is money for it",
            pattern(
                r"(?:we|i)(?:'ve| have) (?:a |the |got )?(?:\w+ )?budget(?! problem)"
                r"|budget (?:is|of) (?:around |about )?\W?\d"
                r"|(?:money|price) (?:is|'s) no (?:problem|issue|object)|can spend\b.{0,20}"
            ),
        ),
        (
            "budget",
            -0.9,
            "There is no money for it",
            pattern(
                r"(?:don'?t|do not|no|without|haven'?t) (?:\w+ ){0,3}(?:budget"
                r"|money|funds)|can'?t afford|money is (?:\w+ )?tight"
            ),
        ),
        (
            "budget",
            -0.5,
            "Finds it expensive",
            pattern(
                r"(?:too|so|very|pretty|quite) (?:expensive|pricey|costly|much)"
                r"|over (?:our|my|the) budget"
            ),
        ),
        (
            "metrics",
            0.5,
            "Would judge it by a figure",
            pattern(
                r"what would (?:we|i) save|how much (?:would|could|can) (?:we"
                r"|i) save|payback|roi|return on investment|savings?|\d+ ?(?:people|employees|users|vehicles|square feet|sq ?ft)"
                r"|team of \d+"
            ),
        ),
        (
            "decision_criteria",
            0.3,
            "Names what matters in choosing",
            pattern(
                r"references?|case stud(?:y|ies)|free trial"
                r"|integrat\w+ with\b.{0,20}|warranty|(?:is there|what about) a contract|most important (?:to|for)\b.{0,30}"
            ),
        ),
        (
            "decision_process",
            0.2,
            "Others are part of the decision",
            pattern(
                r"(?:discuss|talk|check)\b.{0,12}\bwith (?:my"
                r"|our|the) (?:partner|team|board|wife|husband|colleagues?)|get (?:\w+ )?approval|needs? (?:to be )?approv\w+"
            ),
        ),
    ),
)

SPANISH = Meanings(
    meeting=pattern(
        r"(?:podemos|podriamos|queremos|quiero|quisiera|me gustaria) (?:\w+ ){0,2}(?:hablar|una llamada|reunirnos|vernos"
        r"|agendar)",
        r"(?:agend\w+|program\w+|reserv\w+|hac\w+|fij\w+|concert\w+) (?:\w+ ){0,2}(?:llamada|cita|reunion)|llam[ea](?:me|nos)"
        r"|hablemos",
        r"cuando (?:podemos|pueden|puede) (?:hablar|llamar)|que horas? (?:tiene|hay)|una llamada (?:corta|estaria|me)",
    ),
    moves=pattern(
        r"(?:mover|cambiar|aplazar|posponer|reprogramar|retrasar)\b.{0,20}\b(?:cita|llamada|reunion|hora|la)",
        r"no (?:voy a )?(?:puedo|poder) (?:ir|llegar|asistir)|me ha surgido algo|otr[oa] (?:hora|dia)",
    ),
    cancels=pattern(r"(?:cancel|anul)\w+\b.{0,20}\b(?:cita|llamada|reunion|la|hora)|cancel[ae]la|anul[ae]la"),
    who_decides=pattern(
        r"(?:preguntar\w*|consultar\w*|hablar\w*|comentar\w*|ver\w*)\b.{0,20}\b(?:con |a )?(?:mi|mis|nuestr[oa]|el|la) "
        r"(?:jefe|jefa|soci[oa]s?|mujer|marido|equipo|director\w?|gerente|companer[oa]s?|duen[oa])",
        r"no (?:lo )?decido|no es mi decision|no depende de mi",
    ),
    objections=(
        (
            "bad_experience",
            pattern(
                r"(?:ya )?(?:lo )?(?:probamos|intentamos|probe|intente)\b.{0,40}|mala experiencia"
                r"|no (?:nos )?funciono"
            ),
        ),
        ("trust", pattern(r"estafa\w*|fraude|timo|es (?:esto )?(?:real|de verdad)|no me fio|demasiado bueno|como se que")),
        (
            "no_need",
            pattern(
                r"no (?:se|estoy segur[oa]|estamos segur[oa]s)\b.{0,12}\b(?:si|de que|que) lo neces\w+"
                r"|no (?:le )?veo (?:el )?sentido|para que"
            ),
        ),
        ("competitor", pattern(r"(?:trabaj\w+|estamos) (?:ya )?con (?:otr[oa]|alguien|una empresa)|ya trabajamos con")),
        ("contract", pattern(r"permanencia|firmar nada|atad[oa]s?")),
    ),
    facts=(
        (
            "need",
            0.9,
            "Has been looking for this",
            pattern(
                r"(?:estamos|estaba|estabamos|estoy) buscando\b.{0,30}"
                r"|justo lo que|necesitamos (?!pensar|hablar).{3,40}"
            ),
        ),
        (
            "need",
            0.6,
            "Says that they are interested",
            pattern(
                r"(?<!no )(?:me|nos) interesa\w*|(?<!no estoy )interesad[oa]s?"
                r"|suena bien|me gustaria saber"
            ),
        ),
        ("need", -0.9, "Sees no need", pattern(r"no (?:lo |la )?neces\w+|no (?:me|nos) interesa\w*|no hace falta")),
        (
            "need",
            -0.4,
            "Has somebody or something for it already",
            pattern(
                r"ya (?:tenemos|tengo|trabajamos|trabajo"
                r"|usamos)\b.{0,25}"
            ),
        ),
        (
            "timeline",
            0.9,
            "Wants it soon",
            pattern(
                r"lo antes posible|cuanto antes|urgente|esta semana|este mes"
                r"|antes de (?:fin|que)\b.{0,20}|ya mismo"
            ),
        ),
        (
            "timeline",
            0.6,
            "Wants to talk soon",
            pattern(
                r"(?:hablar|hablamos|llam\w+)\b.{0,15}\b(?:hoy|manana|esta semana"
                r"|semana que viene)"
            ),
        ),
        ("timeline", -0.4, "Not before long", pattern(r"ahora no|este ano no|en un mes|el ano que viene|sin prisa|mas adelante")),
        (
            "authority",
            1.0,
            "Decides",
            pattern(
                r"soy (?:el |la )?(?:duen[oa]|propietari[oa]|jef[ea]|ceo|gerente)|yo decido"
                r"|mi (?:propia )?empresa|decido yo"
            ),
        ),
        (
            "authority",
            -0.4,
            "Somebody else decides",
            pattern(
                r"(?:preguntar\w*|consultar\w*|hablar\w*)\b.{0,15}\bmi (?:jefe"
                r"|jefa|soci[oa]|mujer|marido)|no (?:lo )?decido|no es mi decision"
            ),
        ),
        (
            "budget",
            0.8,
            "There is money for it",
            pattern(
                r"(?:tenemos|tengo|hay) (?:un )?presupuesto"
                r"|presupuesto (?:es )?de \d|el dinero no es problema"
            ),
        ),
        (
            "budget",
            -0.9,
            "There is no money for it",
            pattern(
                r"(?:no (?:hay|tengo|tenemos)|sin) (?:\w+ ){0,2}(?:presupuesto"
                r"|dinero)|no (?:me|nos) (?:lo )?pod\w+ permitir"
            ),
        ),
        ("budget", -0.5, "Finds it expensive", pattern(r"(?:muy|demasiado|tan|bastante) (?:car[oa]s?|costos[oa])")),
        (
            "metrics",
            0.5,
            "Would judge it by a figure",
            pattern(
                r"cuanto (?:ahorr\w+|nos ahorr\w+)|ahorro|retorno"
                r"|\d+ (?:personas|empleados|vehiculos|metros)"
            ),
        ),
        (
            "decision_criteria",
            0.3,
            "Names what matters in choosing",
            pattern(
                r"referencias?|prueba gratis|garantia"
                r"|hay contrato|lo mas importante"
            ),
        ),
    ),
)

FRENCH = Meanings(
    meeting=pattern(
        r"(?:on peut|peut-on|pouvons-nous|pourrions-nous|on pourrait|je voudrais|j'aimerais|nous aimerions) (?:\w+ ){0,3}"
        r"(?:parler|discuter|appeler|appel|voir|rendez-vous|rdv)",
        r"(?:fix\w+|prend\w+|prev\w+|plan\w+|organis\w+|reserv\w+|cal\w+) (?:\w+ ){0,2}(?:appel|rendez-vous|rdv|creneau|reunion)",
        r"r?appelez[- ](?:moi|nous)|quand (?:peut-on|pouvons-nous|etes-vous)|un (?:court |petit )?appel (?:me|nous|serait|oui"
        r"|d'accord)",
    ),
    moves=pattern(
        r"(?:deplac|decal|report|repouss|chang)\w+\b.{0,20}\b(?:rendez-vous|rdv|appel|heure|le|creneau)",
        r"je ne (?:pourrai|peux) pas (?:venir|y etre|etre la)|(?:un )?(?:autre|nouveau) (?:creneau|jour|horaire)|empechement",
    ),
    cancels=pattern(r"annul\w+\b.{0,20}\b(?:rendez-vous|rdv|appel|le|tout)|annulez|annule[rz]?[- ]le"),
    who_decides=pattern(
        r"(?:demander|parler|discuter|voir|consulter)\b.{0,20}\b(?:a|avec)?\s?(?:mon|ma|mes|notre|le|la) "
        r"(?:patron\w?|chef|associe\w{0,2}|femme|mari|equipe|direct\w+|gerant\w?|collegues?|proprietaire)",
        r"(?:ce n'est|c'est) pas (?:a )?moi qui (?:decide|choisi)\w*|pas ma decision|je ne decide pas",
    ),
    objections=(
        (
            "bad_experience",
            pattern(
                r"(?:deja )?(?:essaye|teste|tente)\b.{0,40}|mauvaise experience|(?:n'a"
                r"|pas) (?:pas )?(?:marche|fonctionne)"
            ),
        ),
        ("trust", pattern(r"arnaque\w*|fraude|trop beau|c'est (?:serieux|vrai)|pas confiance|comment savoir|escroc\w*")),
        (
            "no_need",
            pattern(
                r"pas (?:sur|sure|certain\w?) (?:d'en|d'|que)\b.{0,15}\bbesoin|(?:je ne )?vois pas l'interet"
                r"|pour quoi faire"
            ),
        ),
        (
            "competitor",
            pattern(
                r"(?:travaill\w+|sommes|suis) (?:deja )?avec (?:un autre|quelqu'un|une autre|une societe)"
                r"|deja un (?:prestataire|fournisseur)"
            ),
        ),
        ("contract", pattern(r"engagement|signer quoi|rien signer|bloque[es]?")),
    ),
    facts=(
        (
            "need",
            0.9,
            "Has been looking for this",
            pattern(
                r"(?:nous |on |je )?(?:cherch(?:ons|e|ait|ions|ais)) (?!pas"
                r"|rien)\b.{3,30}|exactement ce (?:que|qu'il)|(?:avons|a|ai) besoin (?:de|d')\b.{3,30}"
            ),
        ),
        (
            "need",
            0.6,
            "Says that they are interested",
            pattern(
                r"(?<!pas )(?:ca |cela )?(?:m'"
                r"|nous )interess?e(?:rait)?(?! pas)|(?<!pas )interess(?:e|ee|es|ant)(?! pas)|volontiers"
            ),
        ),
        ("need", -0.9, "Sees no need", pattern(r"(?:pas|aucun) (?:de )?besoin|pas interess\w+|ne m'interesse pas")),
        (
            "need",
            -0.4,
            "Has somebody or something for it already",
            pattern(
                r"(?:avons|ai|a) deja\b.{0,25}"
                r"|travaill\w+ deja\b.{0,20}|deja (?:un|une|equip\w+)\b.{0,20}"
            ),
        ),
        (
            "timeline",
            0.9,
            "Wants it soon",
            pattern(
                r"des que possible|au plus vite|rapidement|urgent\w?|cette semaine|ce mois"
                r"|avant (?:l'hiver|l'ete|la fin)\b.{0,15}"
            ),
        ),
        (
            "timeline",
            0.6,
            "Wants to talk soon",
            pattern(
                r"(?:parler|appel\w*|discuter)\b.{0,15}\b(?:aujourd'hui|demain"
                r"|cette semaine|la semaine prochaine)"
            ),
        ),
        (
            "timeline",
            -0.4,
            "Not before long",
            pattern(
                r"pas (?:maintenant|cette annee|pour l'instant|ce trimestre)"
                r"|dans un mois|l'annee prochaine|rien ne presse"
            ),
        ),
        (
            "authority",
            1.0,
            "Decides",
            pattern(
                r"je suis (?:le |la )?(?:patron\w{0,2}|gerant\w?|proprietaire|dirigeant\w?"
                r"|directeur|directrice)|c'est moi qui decide|je decide|ma (?:propre )?(?:societe|entreprise|boite)"
            ),
        ),
        (
            "authority",
            -0.4,
            "Somebody else decides",
            pattern(
                r"(?:demander|parler|voir)\b.{0,15}\b(?:mon|ma"
                r"|notre) (?:patron\w?|chef|associe\w{0,2}|femme|mari)|pas moi qui decide|pas ma decision"
            ),
        ),
        (
            "budget",
            0.8,
            "There is money for it",
            pattern(
                r"(?:nous avons|j'ai|on a) (?:un |le )?budget|budget (?:est )?de \d"
                r"|l'argent n'est pas un probleme"
            ),
        ),
        ("budget", -0.9, "There is no money for it", pattern(r"(?:pas (?:de|le)|aucun|sans) (?:budget|argent)|pas les moyens")),
        ("budget", -0.5, "Finds it expensive", pattern(r"(?:trop|tres|assez|si) (?:cher\w{0,2}|couteux)")),
        (
            "metrics",
            0.5,
            "Would judge it by a figure",
            pattern(
                r"combien (?:\w+ ){0,3}econom\w+|economies?|rentab\w+"
                r"|retour sur|\d+ (?:personnes|salaries|employes|vehicules|metres)"
            ),
        ),
        (
            "decision_criteria",
            0.3,
            "Names what matters in choosing",
            pattern(
                r"references?|essai gratuit|garantie|un contrat"
                r"|le plus important"
            ),
        ),
    ),
)

MEANINGS = {"en": ENGLISH, "es": SPANISH, "fr": FRENCH}


def meanings_of(code: str) -> Meanings:
    return MEANINGS.get(code[:2], ENGLISH)
