"""What leads mean in English."""

from __future__ import annotations

from outrider.llm.offline.language import pattern
from outrider.llm.offline.meanings.base import Meanings

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
