"""The words of actions: clauses are read from their verb; anything else is not understood."""

from __future__ import annotations

import re

from outrider.llm.offline.outreach.amounts import AMOUNT, SPAN_ONLY
from outrider.llm.offline.outreach.phrases import ADDRESS, LINK, QUOTE
from outrider.llm.offline.outreach.steps import (
    LONGEST,
    WHO,
    Clause,
    Reading,
    approval,
    bare,
    crm,
    later,
    meeting,
    notify,
    on_lists,
    qualify,
    sms,
    tagging,
    update,
    validate,
    voice,
    wait,
    webhook,
)
from outrider.llm.offline.outreach.tree import Step

OBJECT = (
    r"(?:them|him|her|it|this|these|those|everyone|everybody|all(?: of them)?|both|(?:the |each |every |all |"
    r"new |our |my |these |those )*(?:leads?|ones?|contacts?|person|people|prospects?|customers?|rest|others))"
)
_STAFF = (
    (
        r"(?:(?:the |our |my |a |an |somebody |someone )*(?:(?:whole|entire|sales|support|marketing|account|"
        r"on-call|responsible) )*(?:team|sales|staff|support|marketing|manager|boss|colleagues?|reps?|salespeople|"
        r"salesperson|supervisor|owner|executive|person|human|channel|group|somebody|someone)(?: (?:from|in|of|"
        r"at) (?:the )?(?:sales|support|marketing)(?: team)?)?|me|us|"
    )
    + ADDRESS
    + r"|#[\w-]+)"
)
_A = (
    r"(?:(?:an?|the|one|another|some|two|three|their|his|her|our|your|my|this|that|first|second|third|fourth|"
    r"fifth|last|final|new|next|more|further|short|quick|brief|friendly|polite|gentle|personal|personalized|"
    r"personalised|nice|little|small|little|long|longer|shorter|different|follow[- ]?up|welcome|thank[- ]you|"
    r"reminder|closing|breakup|break-up|opening|introductory|intro|simple) )*"
)
_TEXT_NOUN = (
    r"(?:(?:text|sms)(?: message)?|message|reminder|follow[- ]?up|nudge|greeting|invitation|note|thank[- ]you|template)s?"
)
_READINGS: tuple[tuple[str, Reading], ...] = (
    (
        (
            r"(?:.*\b)?(?:approv\w*|sign(?:s|ed)?[- ]?off|permission|green light|go-ahead|(?:let|have|ask|"
            r"get) [\w .'-]{1,60} (?:to )?(?:decide|confirm|review|check it|check the (?:text|message)|ok it|release)|"
            r"(?:a |some)(?:person|human|one|body) (?:decides|confirms|reviews|checks)|manual(?:ly)? (?:review|check|"
            r"decision))"
        ),
        approval,
    ),
    (
        r"(?:(?:call|post|send|hit|ping|trigger|notify|request|invoke|put|get|use|run|make)\b.*)?(?:"
        + LINK
        + r"|\bweb ?hooks?\b)",
        webhook,
    ),
    (
        r"(?:book|schedule|arrange|set ?up|fix|plan|make|organi[sz]e|propose|get)\b (?:"
        + OBJECT
        + r" )?(?:in )?(?:for )?"
        + _A
        + (
            r"(?:[\w-]+ ){0,2}?(?:meeting|appointment|demo|consultation|slot|visit|viewing|(?:sales |video |"
            r"discovery |phone )call)s?\b|(?:book|schedule) (?:a )?call\b|book "
        )
        + OBJECT
        + r" (?:in|a time)|book (?:it|one|them)\s*$",
        meeting,
    ),
    (
        r"(?:hand|pass) (?:"
        + OBJECT
        + r" )?(?:over |off )?to "
        + _STAFF
        + r"|(?:let|have) "
        + _STAFF
        + r" (?:know|take over|handle)",
        notify,
    ),
    (
        (
            r"(?:notify|alert|inform|warn|page|brief)\b|tell (?!them\b|him\b|her\b|the leads?\b|everyone\b|leads?\b|"
            r"those\b|people\b)|(?:e-?mail|slack|message|ping|text|write(?: to)?|remind) "
        )
        + _STAFF
        + r"(?!\w)|(?:send|post|give|write)\b (?:"
        + _STAFF
        + r" )?(?:it |them |"
        + _A
        + (
            r")?(?:notification|notice|alert|heads[- ]up|slack(?: message)?|e-?mail|message|word|info|summary|"
            r"note)?\s?(?:to |in |into |on |via )?(?:"
        )
        + _STAFF
        + r"|slack\b)",
        notify,
    ),
    (
        r"(?:(?P<remove>untag|remove|take away|delete|drop|take)\b(?: "
        + OBJECT
        + r")?(?: (?:the|their|a))? ?tags? ?(?:of |as |with )?|(?:tag|label|mark|flag)\b(?: "
        + OBJECT
        + r"(?!\w))?(?: (?:as|with|by))?(?: (?:the |a )?tags?)?|(?:add|give|attach|set|put|assign|gets?)\b(?: "
        + OBJECT
        + r"(?!\w))?(?: (?:the|a))? ?tags?\b) ?(?P<name>.*?)(?: (?:to|on|from|of) "
        + OBJECT
        + r")?\s*$",
        tagging,
    ),
    (
        r"(?:(?P<remove>remove|take|drop|delete)\b (?:"
        + OBJECT
        + r" )?(?:off|from|of)|(?:put|add|move|place|copy|enrol|enroll|sort)\b (?:"
        + OBJECT
        + (
            r" )?(?:on|to|onto|into|in)) (?:the |a |my |our )?(?:list (?:called |named |of )?(?P<name>.*?)|"
            r"(?P<named>.*?) list)\s*$"
        ),
        on_lists,
    ),
    (
        r"(?:set|change|update)\b (?:(?:the|their|his|her|its|a) )?(?:lead's )?(?:(?:field|attribute) )?(?P<field>"
        + QUOTE
        + r"|[\w -]{1,40}?) (?:to|as|=) (?P<name>.{1,200})$",
        update,
    ),
    (
        (
            r"(?:(?:send|push|sync|synchroni[sz]e|write|update|add|save|log|export|copy|put|bring|transfer|tell|"
            r"create)\b.*)?\b(?:crms?|hubspot|salesforce|pipedrive|zoho|dynamics)\b"
        ),
        crm,
    ),
    (r"(?:wait|pause|hold(?: on| off)?|delay|sleep|rest)\b|give (?:them|it|him|her) (?=" + AMOUNT + r"|some|a |time)", wait),
    (
        (
            rf"(?:(?:for|after|in) )?{SPAN_ONLY}(?: (?:later|after(?: that)?|afterwards?|pass(?:es)?|long))?\s*$|"
            rf"(?:the )?(?:next|following) (?:day|morning|week)\s*$|tomorrow\s*$|(?:at|on|until|in the) .{{1,60}}$"
        ),
        later,
    ),
    (
        r"(?:enrich\w*|research|look (?:" + OBJECT + r" )?up|look up|find out (?:more )?about|complete (?:their|the) data)\b",
        bare("enrichment"),
    ),
    (
        r"(?:validate|verify|check)\b (?:that |if |whether )?(?:"
        + OBJECT
        + r" |the |their |his |her |for )*(?:valid )?(?:phone|number|name|e-?mail|data|contact|address)",
        validate,
    ),
    (r"(?:qualif\w+|score|rate|grade)\b", qualify),
    (r"(?:(?:do|run|make|start) )?(?:an? |the )?(?:growth analysis|analy[sz]e (?:their|the|how)\b)", bare("growth_analysis")),
    (
        (
            r"(?:(?:do|run|make|write|draw up|create|plan) )?(?:an? |the )?(?:marketing|touch|campaign|"
            r"outreach) plan\b|plan the touches"
        ),
        bare("marketing_plan"),
    ),
    (
        (
            r"(?:(?:have|let|ask|use|run) )?(?:the |an? )?(?:bdr|sdr)\b|(?:draft|propose|suggest) (?:the |"
            r"a )?next step"
        ),
        bare("bdr"),
    ),
    (r"(?:(?:have|let|ask|use|run|with) )?(?:the |an? )?creative agent\b", bare("creative_agent")),
    (r"(?:(?:have|let|ask|use|run|with) )?(?:the |an? )?deterministic agent\b", bare("deterministic_agent")),
    (
        r"(?:call|phone|ring|dial|telephone)\b|give (?:"
        + OBJECT
        + r" )(?:a )?(?:call|ring)\b|(?:make|place|do|try|create|add|schedule)\b "
        + _A
        + r"(?:phone |voice )?call(?: task)?\b|(?:have|let|ask|get) "
        + WHO
        + r" (?:to )?(?:call|phone|ring)\b",
        voice,
    ),
    (
        (
            r"(?:text|sms|nudge|remind|message|follow[- ]?up|ping|contact|reach out|greet|invite|thank|introduce|"
            r"write(?: to)?|ask|say|tell|reply|answer|offer)\b(?: (?:to )?"
        )
        + OBJECT
        + r"(?!\w))?",
        sms,
    ),
    (
        r"(?:send|leave|drop)\b(?: "
        + OBJECT
        + r"(?!\w))?(?: out)? ?"
        + _A
        + r"(?:"
        + _TEXT_NOUN
        + r"\b|"
        + QUOTE
        + r"|(?:[\w-]+ ){1,3}?"
        + _TEXT_NOUN
        + r"\b)|send (?:another|one more|a second)(?: one)?\s*$",
        sms,
    ),
)
_RECEIVED: tuple[tuple[str, Reading], ...] = (
    (_A + r"(?:phone |voice )?calls?(?: task)?\b", voice),
    (_A + r"(?:[\w-]+ ){0,2}?" + _TEXT_NOUN + r"\b|" + QUOTE, sms),
    (r"(?:tagged|the tag|a tag) ?(?:as |with )?(?P<name>.*)$", tagging),
    (r"called\b|phoned\b", voice),
    (r"texted\b|reminded\b|nudged\b", sms),
    (r"enriched\b", bare("enrichment")),
    (r"qualified\b|scored\b", qualify),
    (_A + r"(?:meeting|appointment|demo)\b", meeting),
)
_COMPILED = tuple((re.compile(pattern, re.I), reading) for pattern, reading in _READINGS)
_COMPILED_RECEIVED = tuple((re.compile(pattern, re.I), reading) for pattern, reading in _RECEIVED)


def read_action(clause: Clause) -> Step | None:
    """The step that the clause asks for; None if it is not understood."""
    if len(clause.text) > LONGEST:
        return None
    for pattern, reading in (*(_COMPILED_RECEIVED if clause.is_received else ()), *_COMPILED):
        match = pattern.match(clause.text)
        if match is None:
            continue
        notes = len(clause.notes)
        step = reading(clause, match)
        if step is not None:
            step.words = clause.phrases.shown(clause.original)
            return step
        if len(clause.notes) > notes:
            return None
    return None
