"""The words of conditions, each with its reading: the more telling ones first."""

from __future__ import annotations

from outrider.llm.offline.outreach.amounts import SPAN_ONLY
from outrider.llm.offline.outreach.deciding import (
    FIELDS,
    IT,
    LANGUAGES,
    LEAST,
    LESS,
    MORE,
    MOST,
    About,
    Condition,
    Reading,
    attribute,
    between,
    compared,
    email,
    language,
    literal,
    named,
    of_field,
    on_list,
    outcome,
    says,
    tiers,
)
from outrider.llm.offline.outreach.phrases import NAME

_SUBJECT = (
    r"(?:(?:(?:(?:the|any|a|each|every|that|this|their|all) )?(?:leads?|persons?|people|prospects?|contacts?|"
    r"customers?|recipients?|ones?"
    r"|company|companies|firms?|business|businesses|organi[sz]ations?|clients?)|they|he|she|it|someone|"
    r"somebody|anyone|anybody|everyone|we|you|i)(?:\s+|(?='(?:s|re|ve)\b)))?"
)
_PERSON = r"(?:(?:my |the |our |a )?[\w.-]+ )?"
_STILL = r"(?:still |really |actually |even )?"
_NOT = (
    r"(?:do(?:es)?(?:n't| not)|did(?:n't| not)|have(?:n't| not)|has(?:n't| not)|wo(?:n't)|will not|never|"
    r"are not|aren't|is not|isn't|not)"
)
_ANSWERS = (
    r"(?:repl(?:y|ies|ied|ying)|answer(?:s|ed|ing)?|respon[ds]\w{0,4}|react(?:s|ed|ing)?"
    r"|(?:write|writes|wrote|written|text|texts|texted|message|messages|get|gets|got|come|comes|came|hear|hears|heard) back)"
)
_OBJECT = r"(?: (?:to )?(?:us|me|you|the (?:first |second |last )?(?:text|message)|it|that|this|from them|from him|from her))*"
_TIME = (
    rf"(?:[ ,]+(?:yet|at all|so far|by then|in time|still|within|after|for|in|during|by|{SPAN_ONLY}|that time|"
    rf"the next day))*"
)
_BE = r"(?:is |are |'s |'re |was |were |has been |have been |gets? |be )"
_COMPARED = (
    rf"(?P<sign>{LEAST}|{MOST}|{MORE}|{LESS}|exactly|equal to|equals|is|"
    rf"=)? ?(?P<number>\d{{1,7}})(?P<after> or (?:more|higher|above|less|fewer|below|lower))?"
)
_ROLES = (
    r"owner|ceo|cto|cfo|coo|manager|director|founder|co-founder|president|vp|head|partner|buyer|engineer|"
    r"marketer|assistant|consultant"
)
_SCORE_OF = (
    rf"{_SUBJECT}(?:(?:has|have|with|got) )?(?:(?:a|the|their|its|his|her|lead) )*(?:lead )?scor(?:e|es|ed|"
    rf"ing)\b(?: of| is| are|'s| was)*(?: (?:a|points?))?"
)
_KNOWN = "lead.score != null && "
_N = r"(?P<negated>(?: not|n't)?)"
READINGS: tuple[tuple[str, Reading], ...] = (
    (
        (
            r"(?:they|he|she|the lead|someone|anyone|who)?\s*(?:opts? out|unsubscribes?|(?:say|write|text|repl(?:y|"
            r"ies)|answer)s?(?: with)? [“\"']?stop[”\"']?)"
        ),
        outcome(About.OPT_OUT),
    ),
    (
        (
            rf"{_SUBJECT}(?:(?:reply|replies|answers?|says?|writes?|responds?)(?: with)?|(?:the |their )?(?:reply|"
            rf"answer|response|text) (?:contains|includes|mentions|says|has|is)) (?:the words? )?(?P<name>yes|"
            rf"no thanks|no|ok|sure|\ue000q\d+\ue001)"
        ),
        says,
    ),
    (
        (
            rf"{_SUBJECT}(?:(?:reply|answer|respond|react)\w* )(?:positively|with interest|in a positive way)|(?:the |"
            rf"their )?(?:reply|answer|response) is positive"
        ),
        outcome(About.INTEREST),
    ),
    (
        (
            rf"{_SUBJECT}(?:(?:reply|answer|respond|react)\w* )(?:negatively)|(?:the |their )?(?:reply|answer|"
            rf"response) is negative"
        ),
        outcome(About.INTEREST, holds=False),
    ),
    (
        (
            rf"{_SUBJECT}{_BE}?(?:not|n't|no longer|un)[ -]?(?:really |very )?interest(?:ed|s)?(?: in (?:it|this|that|"
            rf"us|a \w+))?|{_SUBJECT}(?:aren't|isn't) interested|{_SUBJECT}(?:show|have)s? no interest|"
            rf"{_SUBJECT}(?:declines?|refuses?)(?= )"
        ),
        outcome(About.INTEREST, holds=False),
    ),
    (
        (
            rf"{_SUBJECT}{_BE}?(?:(?:really|very|seem|seems|sound|sounds|show|shows|express|expresses|have|"
            rf"has) )*interest(?:ed|s)?(?: in (?:it|this|that|us|a \w+))?|{_SUBJECT}wants? (?:to (?:know|hear|"
            rf"learn) more|more|a meeting|to (?:talk|meet))"
        ),
        outcome(About.INTEREST),
    ),
    (
        (
            rf"(?:nobody|no one|no-one|{_SUBJECT}{_NOT}) (?:picks?(?: it)? up|answers? the (?:phone|call)|(?:be |is |"
            rf"was |are |been )?reached|take(?:s|n)? the call|on the phone)|{_SUBJECT}(?:can(?:'t|not)|could(?:n't|"
            rf" not)) (?:be reached|reach (?:them|him|her)|get hold of (?:them|him|her))|(?:the call |it )?(?:goes|"
            rf"went) to (?:the )?voicemail|voicemail|(?:the )?(?:line|call) is (?:busy|unanswered|not answered)"
        ),
        outcome(About.CALL, holds=False),
    ),
    (
        (
            rf"{_SUBJECT}(?:picks?(?: it)? up|answers? the (?:phone|call)|{_BE}reached|take the call)|"
            rf"{_SUBJECT}reach (?:them|him|her)|(?:the )?call (?:succeeds|is answered|works)"
        ),
        outcome(About.CALL),
    ),
    (r"(?:the |their |it is |it's |a )*(?:phone )?(?:number is wrong|wrong number)", outcome(About.WRONG_NUMBER)),
    (
        (
            rf"(?:{_SUBJECT}(?:{_BE})?(?:not approved|rejected|declined|denied|turned down)|"
            rf"{_PERSON}(?:{_NOT} (?:approve|agree)|rejects?|denies|refuses)(?: (?:it|this|that))?)"
        ),
        outcome(About.APPROVAL, holds=False),
    ),
    (
        (
            rf"(?:{_SUBJECT}(?:{_BE})?(?:approved|accepted)|{_PERSON}(?:approves?|agrees?|gives? (?:the )?(?:ok|okay|"
            rf"green light|permission))(?: (?:it|this|that))?)"
        ),
        outcome(About.APPROVAL),
    ),
    (rf"{_SUBJECT}{_BE}?{_NOT} ?(?:be )?qualif(?:y|ied)|{_SUBJECT}{_BE}?unqualified", outcome(About.QUALIFIED, holds=False)),
    (rf"{_SUBJECT}{_BE}?qualif(?:y|ies|ied)", outcome(About.QUALIFIED)),
    (
        (
            rf"{_SUBJECT}{_NOT} (?:book|booked)(?: (?:a|the) (?:meeting|time|call|demo))?|no (?:time|slot|"
            rf"appointment) (?:is|was) (?:free|available|found)|(?:nothing|no time) is free|{_SUBJECT}(?:have|"
            rf"has) no (?:meeting|appointment)|no meeting (?:is|was) booked"
        ),
        outcome(About.BOOKED, holds=False),
    ),
    (
        (
            rf"(?:a|the) (?:meeting|appointment|demo|call) (?:is|was|has been|gets) booked|{_SUBJECT}(?:have |"
            rf"has )?books?(?:ed)? (?:a|the) (?:meeting|time|call|demo)|{_SUBJECT}(?:have|has) a (?:meeting|"
            rf"appointment)"
        ),
        outcome(About.BOOKED),
    ),
    (
        (
            r"there(?:'s| is| was) (?:none|nothing)|"
            rf"{_SUBJECT}{_STILL}{_NOT}(?: yet| even| ever| still)? {_ANSWERS}{_OBJECT}{_TIME}|(?:there(?:'s| is|"
            rf" was) |we (?:get|got|receive|hear) |i (?:get|hear) |{_SUBJECT}gives? )?{_STILL}(?:no|"
            rf"without (?:an? )?) ?(?:answer|reply|response|reaction)(?: comes| came| arrives| back)?{_TIME}|(?:nobody|"
            rf"no one|nothing|none)(?: of them)? (?:{_ANSWERS}|comes back){_TIME}|{_SUBJECT}(?:stays?|remains?|keeps?|"
            rf"{_BE})? ?(?:silent|quiet|unanswered){_TIME}|{_SUBJECT}ghosts? us|we (?:don't|do not) hear (?:back|"
            rf"anything)(?: from (?:them|him|her))?{_TIME}"
        ),
        outcome(About.REPLY, holds=False),
    ),
    (
        (
            rf"{_SUBJECT}(?:do |does |did |has |have |ever |actually |finally )*{_ANSWERS}{_OBJECT}{_TIME}|"
            rf"(?:there(?:'s| is| was) |we (?:get|got|receive) |{_SUBJECT}gives? )?(?:(?:an?|any|the|their) )?(?:answer|"
            rf"reply|response)(?: comes| came| arrives)?(?: in| back)?{_TIME}"
        ),
        outcome(About.REPLY),
    ),
    (
        rf"{_SCORE_OF} (?:is )?(?:between|from) (?P<low>\d{{1,3}}) (?:and|to) (?P<high>\d{{1,3}})(?: points)?",
        between("lead.score", _KNOWN),
    ),
    (rf"{_SCORE_OF} {_COMPARED}(?: points)?", compared("lead.score", _KNOWN)),
    (
        (
            rf"(?:{_SUBJECT}|(?:the|their) )(?:(?:size|headcount)(?: of the company)?(?: is)?|(?:has|have|with|"
            rf"employs?|counts?)|{_BE})?\s?between (?P<low>\d{{1,6}}) and (?P<high>\d{{1,6}}) (?:people|employees|"
            rf"staff|persons|workers|heads|seats)"
        ),
        between("number(lead.company_size)", ""),
    ),
    (
        (
            rf"(?:{_SUBJECT}|(?:the|their) )(?:company |firm )?(?:(?:size|headcount)(?: of the company)?(?: is)?|has|"
            rf"have|with|employs?|counts?|is|are)?\s?{_COMPARED} (?:people|employees|staff|persons|workers|heads|"
            rf"seats)(?: (?:strong|there|work(?:ing)? (?:there|for (?:it|them))))?"
        ),
        compared("number(lead.company_size)"),
    ),
    (rf"(?:it|that|the number)(?: is|'s) {_COMPARED}", compared(IT)),
    (
        (
            r"(?:it|the (?:call|webhook|request|address)|that)(?: call)? (?:fails|failed|does(?:n't| not) (?:work|"
            r"answer)|is not reachable|can't be reached)"
        ),
        outcome(About.FAILED),
    ),
    (
        rf"(?:the |their )?(?:company size|headcount|number of employees)(?: is)? {_COMPARED}",
        compared("number(lead.company_size)"),
    ),
    (
        (
            rf"{_SUBJECT}(?:(?P<negated>{_NOT}|without|(?:has|have) no) ?(?:have |has )?|(?:has|have|with|carry|"
            rf"carries) )(?:the |a )?tag (?P<name>{NAME})"
        ),
        named("{0} in lead.tags"),
    ),
    (
        (
            rf"{_SUBJECT}(?:is|are|was|were|has|have)?\s?(?P<negated>not |n't |never )?(?:been )?(?:tagged|labell?ed|"
            rf"marked)(?: as| with)? (?P<name>{NAME})"
        ),
        named("{0} in lead.tags"),
    ),
    (
        (
            rf"{_SUBJECT}{_BE}?(?P<negated>not |n't )?(?:on|in) (?:the |my |our )?(?:list (?P<name>{NAME})|"
            rf"(?P<named>{NAME}) list)"
        ),
        lambda match, phrases: on_list(match, phrases),
    ),
    (rf"{_SUBJECT}(?:speaks?|talks?|{_BE}speaking) (?P<name>{'|'.join(LANGUAGES)})", language),
    (
        (
            rf"(?:(?:the|their|his|her|its|with|whose) )*(?:lead's |"
            rf"company's )?(?P<field>{'|'.join(sorted((*FIELDS, 'language', 'tier'), key=len, reverse=True))}) "
            rf"(?P<match>is|=|equals|contains|includes|mentions|in)(?P<negated> not|"
            rf"n't)? (?:in )?(?P<name>(?:tier )?{NAME}(?: or [A-D]\b)?)"
        ),
        of_field,
    ),
    (
        (
            rf"{_SUBJECT}{_BE}?(?:in )?tier (?P<field>)(?P<match>)(?P<negated>)(?P<name>[A-D](?:(?:,| or|"
            rf", or) [A-D])*)\b"
        ),
        lambda match, _: tiers(match["name"]),
    ),
    (
        (
            rf"{_SUBJECT}(?:(?:has|have|with) (?P<negated>no|an?|their)|(?P<lacks>{_NOT}) have an?|"
            rf"without (?P<without>)an?) ?e-?mail(?: address)?"
        ),
        lambda match, _: email(match),
    ),
    (
        rf"{_SUBJECT}{_BE}(?:an? |the )?(?P<name>{_ROLES})s?\b",
        lambda match, _: Condition(
            About.FACTS,
            expression=f"lower(lead.title).contains({literal(match['name'].lower())})",
            notes=(f"“{match['name']}” is looked for in the lead's title",),
        ),
    ),
    (
        (
            rf"{_SUBJECT}(?:works?|{_BE})(?P<negated>not |n't )?\s?in (?:the )?(?P<name>{NAME}) (?:industry|sector|"
            rf"business)"
        ),
        named("lower(lead.industry) == {1}"),
    ),
    (
        (
            rf"{_SUBJECT}(?:lives?|{_BE}(?P<negated>not |n't )?(?:based |located )?|comes? from|sits?|from) ?(?:in |"
            rf"from )(?P<name>[A-Z][\w.-]+(?: [A-Z][\w.-]+)?)"
        ),
        named("lower(lead.city) == {1}", "negated", "the place is looked for in the lead's city"),
    ),
    (
        (
            rf"(?:(?:the|their|its) )?(?:attribute|field) (?P<attribute>{NAME}) (?:is|=|equals)(?P<negated> not|"
            rf"n't)? (?P<name>{NAME})"
        ),
        attribute,
    ),
    (
        rf"{_SUBJECT}(?:do|does|did|have|has)(?P<negated>n't| not)\b(?! \w+ (?:a|an|the))",
        lambda match, _: Condition(About.AS_BEFORE, holds=False),
    ),
    (r"not\b|no\b(?= ?[,:]|$)", lambda match, _: Condition(About.AS_BEFORE, holds=False)),
    (rf"{_SUBJECT}(?:do|does|did)\b|so\b|yes\b", lambda match, _: Condition(About.AS_BEFORE)),
)
