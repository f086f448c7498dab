"""Words by which a description is taken apart: what separates, opens, repeats and places its steps."""

from __future__ import annotations

import re

from outrider.llm.offline.outreach.amounts import AMOUNT, BETWEEN, BUSINESS, CLOCK_ONLY, DAYS, ORDINALS, SPAN, SPAN_ONLY, TIMES
from outrider.llm.offline.outreach.phrases import QUOTE, VERBS

MOST_STEPS = 55
MOST_ROUNDS = 10
DAYS_FOR_AN_ANSWER = 3

SENTENCES = re.compile(r"(?<![ap]\.m)(?<!e\.g)(?<!i\.e)[.!?]+(?=\s|$)|[;\n]+|\s*(?:->|=>|→|⇒|➜|•)\s*")
BULLET = re.compile(
    r"^\s*(?:[-*•]|\(?\d{1,2}[.)]|step \d{1,2}\s*[:.)-]?|first(?:ly)?\s*[,:]|second(?:ly)?\s*[,:]|third(?:ly)?\s*[,:])\s+", re.I
)
DAY = re.compile(r"\s*(?:on )?(?P<unit>day|week) (?P<number>\d{1,3})\s*[:,;-]?\s*", re.I)
MODIFIER = re.compile(
    (
        rf",\s*(?=(?:every|each) |once a |{SPAN_ONLY} (?:apart|between)|(?:up to|at most|a maximum of|"
        rf"a total of) {AMOUNT} times\b|{AMOUNT} times\b|twice\b)"
    ),
    re.I,
)
"""Belongs to what stands before it."""
SPOKEN = re.compile(r"(?:ask|say|offer|tell (?:them|him|her)|introduce|find out|explain|talk|check|discuss|invite)\b", re.I)
"""Behind “call them and” it is what the call is about."""
SHORT = re.compile(
    r"(?:on |upon |in case of )?(?=(?:an? |the )?(?:no (?:reply|answer|response|reaction)|reply|answer|response|replied|"
    r"interested|not interested|approved|rejected|voicemail|reached)\s*[:=])",
    re.I,
)
"""“No reply: …”"""
FOR_SOME = re.compile(rf"for (?!{SPAN_ONLY}|example|instance|now|all\b)(?=[^,]{{3,80}},)", re.I)
"""“For hot leads, …”: what is said of them is a condition, too."""
QUESTION = re.compile(r"\b(?:ask|asks|asking|know|see|check|wonder|find out|tell)(?: (?:them|him|her|us|me))?\s*$", re.I)
"""What follows is what they are asked, and no condition."""
RECEIVED_FIRST = re.compile(r"(?:(?:start|begin|open)(?:ing|s)?(?: off)? (?:with|by)|followed by)\s+(?=(?:an?|one|the)\b)", re.I)
OPENER = re.compile(
    r"(?:even )?(?:(?:only )?(?:if|when|whenever|as soon as|in case)\b|(?:once|should|where)\b(?= (?:they|he|"
    r"she|the|an?|it|we|approved|someone|somebody|nobody|no one|my|our)\b)|unless\b|"
    r"(?:to |for |with |of )?(?:only )?(?:those|the ones|the leads|leads|anyone|anybody|everyone|everybody|"
    r"people|prospects|contacts|someone|all|companies|somebody)(?: of them| leads)?"
    r" (?:whose\b|who\b|that\b|which\b|(?=with\b|without\b|in tier|from [A-Z]|tagged\b|on the\b))|whoever\b|who\b)\s*",
    re.I,
)
WHENEVER = re.compile(r"\b(?:whenever|anyone|anybody|as soon as|someone|at any time|everyone|everybody|whoever)\b", re.I)
ELSE = re.compile(
    r"(?:(?:but|and) )?(?:otherwise|or else|else|in all other cases|(?:for )?(?:all |the )?(?:others|"
    r"everyone else|everybody else|rest)\b(?! of)(?=\s*[,:]|\s+(?:get|gets|should|just|simply|only))"
    r"|(?:the|all) other(?:s| leads)?\b(?=\s*[,:]|\s+(?:get|gets|should)))\s*(?:[,:]\s*)?(?:(?:get|gets|"
    r"should (?:get|be))\s+)?",
    re.I,
)
SEPARATOR = re.compile(
    (
        r"\s*(?:[,:]|\s-+\s|\s\+\s|\b(?:and then|then|after that|afterwards|after which|next|finally|lastly|"
        r"at the end|in the end|but|plus|and also|also|meanwhile|at the same time|in parallel)\b)\s*"
    ),
    re.I,
)
AND = re.compile(r"\s*\b(?:and|or)\b\s*(?:then\s+|also\s+|finally\s+)?", re.I)
ACTION = (
    rf"(?:(?:(?:we |they |i |you |let's |please |them |also )*(?:should |will |must |then )?)(?:{VERBS}|contact|"
    rf"reach out|hand|pass|research|"
    r"look|score|rate|make|have|invite|thank|offer|introduce|greet|untag|drop|take|set ?up|arrange|mail|e-?mail|slack|"
    r"half|the (?:other half|rest|others)|\d{1,3} ?%|again|finish|quit|log|export|save|run|trigger|hit|greet|"
    r"inform|warn|page|my \w+ (?:approves|has to)|repeat)\b"
    rf"|(?:after|in) {SPAN_ONLY})"
)
AND_ACTION = re.compile(rf"\s+(?:and|or)\s+(?=(?:then\s+|also\s+|finally\s+)?(?:{ACTION}|{OPENER.pattern}|otherwise))", re.I)
SHARE = re.compile(
    r"(?:(?:send|text|give|let|for|to|with|show) )?(?:the )?(?:(?P<half>(?:one )?half\b)|"
    r"(?P<percent>\d{1,3}(?:\.\d)?) ?(?:%|percent\b|per cent\b)|(?:one|a) (?P<part>third|quarter|fifth|"
    r"tenth)\b"
    r"|(?P<rest>(?:other half|second half|rest|others|everyone else|remaining(?: half)?)\b(?! \d)|"
    r"remaining \d{1,3} ?%|other \d{1,3} ?%))(?: of (?:the |all |these |our |my )?(?:leads|people|contacts|"
    r"them|prospects|those|it|rest)?)?(?: leads)?"
    r"\s*(?:(?:should |will )?(?P<verb>gets?|receives?|be|are|is|has|have|:|with|goes|go|see|sees|to))?\s*",
    re.I,
)
DIVIDED = re.compile(
    (
        r"(?:split|divide|separate)\b(?: up)?(?: (?:the|all|our|these|them|leads|people|contacts|into|in|two|"
        r"three|groups?|half|up|parts?))*\s*[:,-]?\s*"
    ),
    re.I,
)
UNTIL_ANSWER = re.compile(
    r"(?:until|till) (?:they|he|she|someone|the lead|we get an?) ?(?:repl|answer|respon|react|opt)\w*(?: or .{1,30})?\s*$", re.I
)
FILTERS = re.compile(
    (
        r"(?:contact|include|consider|take|target|use|handle|work with|do this (?:for|with)|"
        r"this is (?:for)?)\b(?: (?:only|the|leads|people|those|for|with))*\s*$"
    ),
    re.I,
)
SKIPS = re.compile(
    (
        r"(?:skip|exclude|ignore|leave out|leave|drop|(?:don't|do not|never) (?:text|contact|call|write to|"
        r"message))\b(?: (?:out|the|all|any|leads|people|those|to))*\s*$"
    ),
    re.I,
)
AB = re.compile(
    (
        rf"(?:(?:do |run |make )?(?:an? )?(?:a/?b|ab|split)[- ]?test\w*|test|compare|try|send either|text either|"
        rf"alternate between)\b[^\ue000]{{0,60}}(?P<first>{QUOTE})[^\ue000]{{0,30}}?\b(?:against|versus|vs\.?|and|"
        rf"or|with|to)\b[^\ue000]{{0,20}}(?P<second>{QUOTE})"
    ),
    re.I,
)
SETTING_STOP = re.compile(r"(?:please )?(?:stop|end|quit|cancel|no more|nothing more|finish|abort)\b(?! when approved)", re.I)
GOES_ON = re.compile(
    r"(?:don't|do not|never) (?:stop|end|quit|cancel)\b|(?:keep|go|carry) (?:going|on|texting)\b|continue\b", re.I
)
STOPPED = re.compile(
    r"(?:please )?(?:stop|end(?: it)?|finish|quit|abort|do nothing|no (?:further|more) \w+|nothing(?: (?:more|"
    r"else|further|happens))?|that's (?:it|all)|we'?re done|leave (?:them|him|her|it)(?: alone| be)?|"
    r"drop (?:them|it)|give up|they are done)"
    r"(?:\s+(?:there|here|it|everything|all|the|run|outreach|sequence|campaign|workflow|texting|writing|"
    r"calling|them|him|her|alone|more|with|at|this|point|messages|texts|contact|now|immediately))*\s*$",
    re.I,
)
PREFIX = re.compile(
    r"(?:please|then|also|just|now|finally|next|firstly|secondly|lastly|first of all|first|second|third|"
    r"to start(?: with)?|again|maybe|perhaps|simply|immediately|directly|only|and|so|still|once more|instead|"
    r"(?:we|i|you|it) (?:want(?:s)? (?:you )?to|would like (?:you )?to|'d like (?:you )?to|should|will|can|"
    r"need to|have to|must|start by|begin by|begin with)|i'd like (?:you )?to|we'd like to|i'll|we'll|let's|"
    r"let us|can you|could you|you can|"
    r"(?:start|begin)(?: off)? (?:by|with)|make sure (?:to|that you|you)|try to|try (?=call|ring|text)|"
    r"go ahead and|be sure to|remember to|followed by|calling it|"
    r"(?:they|he|she|them|the leads?|each lead|every lead|leads|everyone|those|it|who|these|we|i|"
    r"you) (?:(?:should|will|shall|must|then|all|also) )*(?=(?:get|gets|receive|receives|be|is|are)\b)|(?:we|"
    r"i|you|they|he|she) (?=" + VERBS + r")|(?:we|i|you|they) (?:then|also) )\s*",
    re.I,
)
RECEIVES = re.compile(r"(?:should |will )?(?:gets?|receives?|be|are|is)\b\s*(?:sent |to )?", re.I)
NEGATED = re.compile(r"(?:don't|do not|never|not|no|avoid|without|nobody|no one)\b", re.I)
GERUNDS = {
    "texting": "text",
    "calling": "call",
    "waiting": "wait",
    "sending": "send",
    "tagging": "tag",
    "enriching": "enrich",
    "qualifying": "qualify",
    "asking": "ask",
    "writing": "write",
    "messaging": "message",
    "phoning": "phone",
    "booking": "book",
    "putting": "put",
    "telling": "tell",
    "notifying": "notify",
    "texts": "text",
    "calls": "call",
    "waits": "wait",
    "sends": "send",
    "tags": "tag",
    "asks": "ask",
    "tells": "tell",
    "puts": "put",
    "notifies": "notify",
}
THIRD = re.compile(rf"(?:(?:we|i|it|you|the (?:system|agent|workflow)|someone|somebody) )?({'|'.join(GERUNDS)})\b", re.I)
LATER = re.compile(
    (
        rf"\s*\b(?:(?:after|in) (?:another )?{SPAN}|{SPAN_ONLY} (?:later|after(?:wards)?)(?: that)?|"
        rf"(?:on )?the (?:next|following) (?:day|morning|week)|the day after|a day later|tomorrow)\b(?! (?:answer|"
        rf"repl))"
    ),
    re.I,
)
HOURS = re.compile(
    (
        rf"\s*,?\s*\b(?:but )?(?:only |always )*(?:in|during|within|at)? ?(?:the |our |normal |"
        rf"regular )?(?:{BUSINESS}|{BETWEEN})(?: (?:on|from) {DAYS})?(?: only)?\b"
    ),
    re.I,
)
AT = re.compile(
    (
        rf"\s*\b(?:only |always )*(?:(?:at|around) {CLOCK_ONLY}(?: in the (?:morning|afternoon|"
        rf"evening))?(?:,? (?:on|every) {DAYS}|,? {DAYS})?|on {DAYS}(?:,? (?:at|around) {CLOCK_ONLY}|"
        rf" in the (?:morning|afternoon|evening)| (?:mornings?|afternoons?|evenings?))?|in the (?:morning|"
        rf"afternoon|evening)(?: (?:on|of) {DAYS})?)(?: only)?"
    ),
    re.I,
)
EVERY = re.compile(
    (
        rf"\s*,?\s*\b(?:every|each) (?:(?P<day>day|week|hour|other day)|{SPAN})\b|"
        rf"\s*,?\s*\b(?:with )?(?:(?P<apart>{SPAN_ONLY}) (?:apart|between(?: them| each)?|in between))\b|"
        rf"\s*,?\s*\bonce an? (?P<once>day|week)\b"
    ),
    re.I,
)
MANY_TIMES = re.compile(rf"\s*,?\s*(?:\bfor )?\b{TIMES}\b", re.I)
ROUNDS = re.compile(
    (
        r"(?:(?:then )?(?:repeat|do|try|loop)(?: (?:this|that|it|the (?:same|whole thing|last (?:two )?steps?)|"
        r"all of (?:this|that)|everything|these steps))*(?: again)?)\b(?P<rest>.*)$"
    ),
    re.I,
)
BEFORE = re.compile(
    rf"\s*,?\s*\b(?:before|prior to|ahead of)\b(?P<what>(?: (?:sending|texting|calling|writing|contacting|"
    rf"messaging|that|it|they|them|anything(?: else)?|we|you|i|each|every|any|all|the|a|an|"
    rf"{'|'.join(ORDINALS)}|next|"
    r"texts?|calls?|messages?|sms|is|are|goes|go|gets?|out|sent|send|call|write|leave|leaves|leads?|"
    r"follow-?up|other|of|one|happens|being|to|him|her|made|contact|reach|touch|reminder))*)\s*$",
    re.I,
)
APPROVED_TEXT = re.compile(
    r"\bapproves?(?: of)? ((?:the|an?|each|every|all|any|this|that)\b(?: \w+){0,3}? (?:texts?|messages?|sms|calls?))\s*$", re.I
)
BEFORE_FRONT = re.compile(
    (
        r"before (?:anything(?: else)?|that|this|(?:sending|texting|calling|writing|contacting|"
        r"messaging)[^,]{0,60}|(?:the|each|every|a) [^,]{0,40}|(?:we|you|i) [^,]{0,40})\s*,"
    ),
    re.I,
)
TAIL = re.compile(r"\s+(?P<tail>(?:as|with|on|onto|to|by|in|via|about)\b[^,;:]*?)(?=\s*(?:$|[,;:]|\band\b|\bthen\b))", re.I)
MARGINAL = re.compile(
    (
        r"[\W_]*(?:(?:the|a|and|then|so|that|ok|okay|thanks?|please|thank you|hi|hello|also|there|finally|etc|it|"
        r"them|of|to|in|on|for)[\W_]*)*"
    ),
    re.I,
)
OPENER_INSIDE = re.compile(rf"(?<=\s){OPENER.pattern}", re.I)
ELSE_INSIDE = re.compile(r"(?<=\s)(?:otherwise|or else|else)\b", re.I)
IF_INSIDE = re.compile(r"(?<=\s)(?:if|when|once|unless|whenever)\b", re.I)
NOUN_FOLLOWS = re.compile(r"\b(?:the|a|until)\s*$", re.I)
"""“The next day” is no new clause."""
AT_FIRST = re.compile(r"\s*\b(?:first|beforehand)\s*$", re.I)
FIRST = "first"
MOVED = frozenset(
    {
        "approval",
        "enrichment",
        "qualify",
        "growth_analysis",
        "crm_sync",
        "tag",
        "list",
        "notify",
        "bdr",
        "creative_agent",
        "marketing_plan",
    }
)
"""What may be asked for before something else."""
