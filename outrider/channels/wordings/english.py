"""English wordings."""

from __future__ import annotations

from outrider.channels.wordings.rules import Phrases, Wish, Wording, listed

COURTESY = frozenset(
    "please pls plz plse kindly just now thanks thank you u thx ty ok okay k hi hello hey no nope sir maam sorry bye "  # noqa: SIM905
    "goodbye immediately asap already dear team everyone all".split()
)

PHRASES = (
    Phrases(
        Wish.OPT_OUT,
        "en",
        listed("""
            stop, stop all, stopall, stop it, stop this, stop now, stop to end, stop2end, stop to quit
            block me, block my number, blocked, reported, reported and blocked, blocked and reported, i want out
            stopp, stoppp, stahp, sotp, stpo, st0p, unsubscribe, unsub, unsuscribe, unsubcribe
            end, end this, quit, quit it, revoke, optout, opt out, cancel, halt, cease, desist, discontinue
            remove, remove me, delete, delete me, forget me, no more, enough already, spam, this is spam
            dnc, do not contact, do not call, do not text, dont contact, dont call, dont text
            no contact, no texts, no texting, no messages, go away, get lost, leave me alone
        """),
    ),
    Phrases(Wish.OPT_IN, "en", listed("yes"), courtesy=False),
    Phrases(Wish.OPT_IN, "en", listed("start, unstop, resubscribe, re subscribe, subscribe, optin, opt in, resume, restart")),
    Phrases(Wish.HELP, "en", listed("info"), courtesy=False),
    Phrases(Wish.HELP, "en", listed("help, help me")),
)

# Words and their forms
TO_TEXT = (
    r"(?:text|txt|message|msg|contact|call|e ?mail|spam|bother|write|sms|harass|solicit|phone|ping|disturb|reply|respond"
    r"|reach out|hit (?:me|us) up)"
)
TEXTING = (
    r"(?:text|txt|messag|message|msg|contact|call|e ?mail|spam|spamm|bother|writ|sms|harass|solicit|phon|ping|disturb|reach"
    r"|send|pester|annoy|hitt|blow|stalk|communicat|bugg|flood|bombard)ing"
)
TEXTED = r"(?:text|messag|contact|call|e ?mail|spamm|bother|disturb|solicit|harass)ed"
TEXTS = r"(?:texts?|txts?|messages?|msgs?|calls?|e ?mails?|sms|spam|notifications?|alerts?|contact|communications?|reminders?)"
MY_NUMBER = (
    r"my (?:cell |mobile |phone |work |home )?(?:number|phone|cell|name|(?:contact )?(?:information|info|details)|contact|data)"
)
ME = rf"(?:me|us|{MY_NUMBER}|(?:this|our|the) (?:number|phone))"
LIST = r"(?:lists?|database|data base|system|contacts|records|files?|campaign|program|sequence|service|rotation)"
DO_NOT = r"(?:do not|dont|donot|dnt)"
FILLER = (
    r"(?: (?:it|with|of|all|the|these|this|those|that|your|you|ur|any|sending|getting|receiving|giving|making|me|us|my|more"
    r"|fucking|damn|stupid|unwanted|unsolicited|annoying|spam|automated|random|please|ever|from|further|future))"
)

# What may follow a "stop" that has no object
AFTER_STOP = (
    r"(?: (?:it|this|that|these|those|now|right|already|please|pls|plz|thanks|thank|you|man|bro|dude|guys|lol|everything|all"
    r"|asap|immediately|ok|okay|forever|permanently|for|good|at|once|doing|with|sending|the|fuck|fucking|wtf|sir|maam|or|else))*$"
)

# What takes a wish back
A_PLACE_OR_OTHERS = (
    r"\b(?:dont|do not|never|not|cant|cannot|wont|couldnt|didnt|doesnt|non|why"
    r"|bus|train|metro|subway|tram|truck|rail|pit|full|rest|told me to"
    r"|i ll|ill|i will|i would|i could|i might|we ll|we will|we can|we could|let me"
    r"|(?:i|we|he|she|they)(?: \w+)? (?:have|had|has) to|(?:i|we|he|she|they) (?:\w+ )?(?:trying|tried|going|able|about) to"
    r"|(?:when|where|until|till|before|whether)(?: \w+){0,5}"
    r"|(?:the|a|an|my|our|your|his|her|each|every|which|what|one|next|last|first)(?: (?!text|message|msg|call|spam|sms)\w+)?)"
    r" stop\b|^(?:does|did)\b"
)
NOT = (
    r"\b(?:dont|do not|never|not|cant|cannot|wont|didnt)"
    r"(?: (?:want|wish|need|mean|meant|ask|asked|to|please|ever|just|even|you))*"
)
NEGATED = rf"{NOT} (?:stop|quit|unsubscribe|opt ?out|remove|delete|take|lose|forget)\b"
OURSELVES = r"\b(?:i ll|ill|i will|let me|we ll|we will|(?:product|service|app|tool|software|system|it) (?:\w+ )?)(?:stop|quit)\b"
LATER = (
    r"\b(?:before|after|until|till|til|while|during|today|tonight|tomorrow|now|yet|past|between|unless|if|when|weekends?"
    r"|at (?:work|night)|so (?:early|late)|too (?:early|late)|this (?:week|morning|afternoon|evening)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b"
)
RATHER = (
    r"\b(?:text|message|call|e ?mail|write)(?:ing)?(?: me)?"
    r" (?:instead|only|is (?:better|best|fine|ok|good)|works|would be|rather)\b"
    r"|\b(?:texts|messages|calls|emails) (?:are|is|work)\b"
    r"|\b(?:just|please|but|rather|instead|prefer|only) (?:a |to )?(?:text|message|call|e ?mail)(?:ing|s)?\b"
    r"(?! (?:me )?(?:again|any))"
    r"|(?:^|\| )(?:text|message|call|e ?mail|write) me\b"
)
AN_EVENT = r"\b(?:meeting|appointment|tour|invite|invitation|calendar|thread|cc|waitlist|waiting list|email chain|group)\b"

WORDINGS = (
    # Stop
    Wording(
        Wish.OPT_OUT,
        "en",
        "Not interested. Please stop.",
        r"^(?:please |pls |plz |ok |just |no )*stop(?: stop| all| please| now)*$",
    ),
    Wording(Wish.OPT_OUT, "en", "If you don't stop I'll call a lawyer", r"\bif you (?:dont|do not|wont) stop\b"),
    Wording(
        Wish.OPT_OUT, "en", "Why won't you people stop", r"\b(?:wont|why dont|will you not|cant) you(?: \w+){0,2} stop\b(?! by)"
    ),
    Wording(Wish.OPT_OUT, "en", "I already said stop", rf"^(?:\w+ ){{0,7}}stop{AFTER_STOP}", unless=A_PLACE_OR_OTHERS),
    Wording(
        Wish.OPT_OUT,
        "en",
        "I told you three times already that I really want you people to stop",
        r"\b(?:you|yall|guys|people|this|it|these|them|texts|messages|calls|please|must|need|told|said|say|asked|want)"
        rf"(?: \w+){{0,3}} stop{AFTER_STOP}",
        unless=A_PLACE_OR_OTHERS,
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "stop please I beg you",
        r"^(?:\w+ ){0,3}stop (?:please|pls|plz|plse|svp|stp|por favor|already|asap|immediately|bro|man|dude)\b(?! (?:by|in|at))",
        unless=A_PLACE_OR_OTHERS,
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "stop I already bought a house",
        r"^(?:please |pls |no |ok )*stop (?:i|im|we|my|you|u|who|why|not|wrong|there|already|no|thanks|thank)\b",
    ),
    Wording(Wish.OPT_OUT, "en", "I want these texts to end", r"\bwant (?:this|these|it|the|your)(?: \w+)? to (?:stop|end)$"),
    Wording(
        Wish.OPT_OUT,
        "en",
        "please stop texting me",
        rf"\b(?:stop|quit|cease|discontinue|halt|enough){FILLER}{{0,5}}"
        rf" (?:{TEXTING}|{TEXTS}|(?:getting|receiving) (?:these|this|those|them)|nonsense|bullshit|bs|crap|shit|madness)\b",
        unless=rf"{NOT} (?:stop|quit)\b|{OURSELVES}|\b(?:stop|quit) \w+ing and driving",
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "How do I stop receiving these?",
        r"\bhow (?:do|can|could|to)(?: (?:i|you|we))? (?:stop|end)(?: (?:this|these|it|all|the|your|getting|receiving)\b.*)?$",
    ),
    # End, no more, enough
    Wording(
        Wish.OPT_OUT,
        "en",
        "no more texts please",
        rf"\bno (?:more|further|additional){FILLER}{{0,3}} (?:{TEXTS}|{TEXTING})\b",
        LATER,
        RATHER,
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "end this conversation",
        r"^(?:please |pls |just |kindly )*(?:end|cancel)(?: (?:this|these|the|all|your|my|sms|text))*"
        rf" (?:{TEXTS}|chat|conversation|texting|subscription|it|this)$",
    ),
    Wording(Wish.OPT_OUT, "en", "Enough with the offers", r"\benough (?:already|with) (?:the|these|this|your|you)\b"),
    # Don't text me
    Wording(
        Wish.OPT_OUT,
        "en",
        "don't text me again",
        rf"\b(?:{DO_NOT}|never|not|no longer)"
        r"(?: (?:ever|you|dare|want|wish|need|like|to|be|please|anyone|u|try|even|keep|get|receive))*"
        rf" (?:{TO_TEXT}|{TEXTING}|{TEXTED})(?: \w+){{0,6}} (?:again|any ?more|ever)\b",
        unless=r"\bnever (?:\w+ )?(?:\w+ed|back)\b",
        unless_anywhere=RATHER,
    ),
    Wording(Wish.OPT_OUT, "en", "never contact me", rf"\b(?:{DO_NOT} ever|^never(?: ever)?) {TO_TEXT} (?:{ME}|here)\b(?! back)"),
    Wording(
        Wish.OPT_OUT,
        "en",
        "I do not want to be contacted",
        rf"\b(?:{DO_NOT}|not|no longer)(?: (?:you|dare|want|wish|need|like|to|be|please|anyone|u|even|keep))*"
        rf" (?:{TO_TEXT}|{TEXTING}|{TEXTED})(?: (?:to )?(?:{ME}|here|any|anything|more|these|this|those|messages|texts)\b|$)",
        unless=rf"{LATER}|\b(?:i|we|they|he|she) (?:do not|dont) {TO_TEXT}\b|\bnot {TEXTING}\b"
        r"|\b(?:did|does|could|would|have|was|is) not\b|\bwhy\b",
        unless_anywhere=RATHER,
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "Text me one more time and I'll sue",
        rf"(?:^|\bif you (?:ever )?){TO_TEXT} {ME} (?:one more time|again)(?: and\b|$)",
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "Don't send me anything else",
        rf"\b(?:{DO_NOT}|never|stop) send(?:ing)?(?: (?:me|us|my phone|this number|to|any))*"
        rf" (?:any ?more|anything|another|these|this|those|stuff|more|offers?|ads?|{TEXTS})\b",
        LATER,
        RATHER,
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "I no longer want your messages",
        r"\b(?:dont|do not|no longer|not) (?:want|wish|need)(?: \w+){0,4}?"
        rf" (?:(?<!to ){TEXTS}|{TEXTED}|hear(?:ing)? from (?:you|u|anyone|yall)|(?:on|in) (?:your|this|the|any) {LIST})\b",
        LATER,
        RATHER,
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "I'd rather not be contacted",
        rf"\b(?:rather|prefer)(?: you)? (?:to )?not (?:to )?(?:be |get |receive )?(?:{TO_TEXT}|{TEXTED}|{TEXTS})\b",
        LATER,
        RATHER,
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "I never signed up for this",
        r"\b(?:never|didnt|did not) (?:(?:sign|signed) up|ask(?:ed)?|subscribed?|consent(?:ed)?|agreed?|opt(?:ed)? in)"
        r"(?: (?:for|to|you))*(?: \w+)? (?:this|these|those|texts?|messages?|calls?|texted|contacted)\b",
    ),
    # Take me off your list
    Wording(
        Wish.OPT_OUT,
        "en",
        "please remove my number",
        rf"\b(?:remove|delete|erase|scratch|cross|strike) {ME}(?: (?:off|out|from)\b| (?:please|now|immediately|asap|thanks))*$"
        rf"|\b(?:remove|delete|erase|scratch|cross|strike) {ME} (?:off|out|from)\b",
        unless=f"{NEGATED}|{AN_EVENT}",
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "take me off",
        rf"\btake {ME} off\b|\b(?:take|pull|get|drop) {MY_NUMBER} (?:off|out|from|down)\b",
        unless=f"{NEGATED}|{AN_EVENT}|\\boff (?:work|speaker|hold)\\b",
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "get us off of your mailing list",
        rf"(?:\b(?:{ME}|removed|taken|want|out)|^(?:please )?)(?:^| )(?:off|from|out)(?: of)?"
        rf" (?:your|this|ur|the|all|any)(?: \w+){{0,2}} {LIST}\b",
        unless=f"{NEGATED}|{AN_EVENT}",
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "I want to be removed",
        r"\b(?:i|we)(?: (?:ve|have|had))?(?: (?:want|would like|d like|wish|need|ask|asked|demand|request))? to be"
        r" (?:removed|taken off)\b"
        r"|\b(?:me|us|my number) (?:removed|taken off)\b",
        unless=AN_EVENT,
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "lose my number",
        r"\b(?:lose|forget|block) (?:my|this|our) (?:phone number|number|contact)\b",
        NEGATED,
    ),
    Wording(
        Wish.OPT_OUT, "en", "put me on your do not call list", r"\b(?:do not|dont|no) (?:call|contact|text) (?:list|registry)\b"
    ),
    Wording(
        Wish.OPT_OUT, "en", "How do I get off this list?", rf"\bget off (?:of )?(?:your|this|the)(?: \w+)? {LIST}\b", AN_EVENT
    ),
    # The terms of the trade
    Wording(
        Wish.OPT_OUT,
        "en",
        "how do I unsubscribe",
        r"\bun ?su(?:bs?|s)cri?b\w*\b",
        unless=NEGATED
        + r"|\bunsubscribed? (?:rate|link|page|button|feature|list|user|people)s?\b|\b(?:people|users|customers) unsubscribe",
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "I'd like to opt out of these",
        r"\bopt(?:ing|ed)?(?: (?:me|us|my number))? ?out\b"
        r"(?! of (?!(?:these|this|your|all|any|receiving|getting|future|further|more|texts?"
        r"|messages?|sms|the (?:texts?|messages?|list))\b))",
        unless=NEGATED,
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "I hereby revoke my consent",
        r"\b(?:revok|withdraw|rescind)(?:e|ing)?(?: \w+){0,2} (?:consent|permission|authori[sz]ation)\b",
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "You don't have my permission",
        r"\byou (?:dont|do not|no longer) have (?:my |any )?(?:permission|consent)\b|\b(?:i|we) (?:do not|dont) consent\b"
        r"|\b(?:i|we) (?:do not|dont|didnt|did not|never) (?:give|gave)"
        r" (?:you |u |anyone )?(?:my |any )?(?:permission|consent)\b",
    ),
    # Anger
    Wording(
        Wish.OPT_OUT,
        "en",
        "Leave us alone",
        r"\bleave (?:me|us) (?:the (?:hell|fuck) )?(?:alone|be$)\b|\b(?:fuck|piss|screw|bugger|buzz|eff|f) off\b"
        r"|^(?:please |just )?(?:go away|get lost|back off)\b(?! (?:next|this|in|on|for))",
        unless=r"\b(?:dont|do not) leave\b",
    ),
    Wording(
        Wish.OPT_OUT,
        "en",
        "I'm reporting you",
        r"\b(?:i m|im|i am|i ll|i will)(?: (?:be|going to|gonna))? (?:block|report)(?:ing)?"
        r" (?:you|u|your number|this number|(?:this|it) as spam)\b"
        r"|\b(?:this is|its|it s|considered) (?:\w+ )?harassment\b"
        r"|\byou (?:re|are|keep) (?:harassing|spamming)\b|\bcease and desist\b",
    ),
    # Coming back
    Wording(
        Wish.OPT_IN,
        "en",
        "You can text me again",
        r"\b(?:re ?subscribe|subscribe me|opt me (?:back )?in|opt(?:ing)? back in|sign me (?:back up|up again)"
        r"|add me back|put me back on|unblock me|resume (?:the |your )?(?:texts?|texting|messages?|messaging)"
        r"|start (?:texting|messaging|sending)(?: \w+)? (?:me|us|again)|(?:can|may|please|could you|ok to)(?: start)?"
        r" (?:text|message|contact)(?:ing)? me again)\b",
        unless=r"\b(?:dont|do not|never|not|didnt)\b",
    ),
)
