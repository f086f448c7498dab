"""English, for the offline model."""

from __future__ import annotations

import re

from outrider.llm.offline.language import Intent, Language, Openings, pattern, words

_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|tues|wed|thu|thurs|fri"
_MONTH = r"january|february|march|april|june|july|august|september|october|november|december"
_REACH = r"(?:text|message|call|contact|email|ring)"
_NOT_WHO = r"interest|look|sure|avail|free|in |a |the |able|really|going|ready|buy|that|too|so |very|happy"

TIME = pattern(
    rf"(?:(?:on|this|next) )?(?:{_DAY})|(?:on )?the \d{{1,2}}(?:st|nd|rd|th)|(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?",
    r"today|tonight|tomorrow|next week|this week|this (?:morning|afternoon|evening)",
    r"(?<!good )(?:in the )?(?:morning|afternoon|evening)",
    r"(?:at |around |by |after )?(?:1[0-2]|0?[1-9])(?:[:.][0-5]\d)? ?(?:am|pm|a\.m\.?|p\.m\.?|o'clock)|(?:at )?noon|after lunch",
    r"(?:at |around |after )?(?:[01]?\d|2[0-3]):[0-5]\d|(?:at|around|after) (?:1[0-2]|[1-9])",
    r"in (?:an|one|two|half an|\d+) (?:hours?|min\w*)|in (?:a (?:few|couple(?: of)?)|\d+|two|three|six) (?:days|weeks|months)",
    r"in an? (?:week|month)",
    rf"next (?:month|quarter|year|spring|summer|fall|autumn)|in (?:{_MONTH})",
    r"after (?:the )?(?:holidays?|vacation|summer|new year|christmas|easter)",
)

PATTERNS = {
    Intent.OPT_OUT: pattern(
        r"quit (?:texting|messaging|calling|contacting|bothering)(?: \w+)?|stop bothering",
        r"(?<!is this )(?<!is it )spam(?!\W*\?)|report(?:ed|ing) (?:you|this)|harass\w*|cease and desist",
        rf"stop(?: please)?[.! ]*$|stop (?:{_REACH}|texting|messaging|calling|contacting|sending|spamming|it|this)",
        r"unsubscribe|opt[ -]?(?:me )?out|remove (?:me|my number|this number|us)|take (?:me|us|my number) off|off your list",
        rf"(?:do not|don'?t|never) (?:ever )?{_REACH} (?:me|us|this number)(?!.*(?:instead|text me|email me|until|before|"
        rf"after|now))",
        r"leave me alone|no more (?:texts|messages|calls)|(?:lose|delete) (?:my|this) (?:number|data|info)",
        r"(?:fuck|piss|bugger) off",
    ),
    Intent.WRONG_NUMBER: pattern(
        r"(?:not|isn'?t) the (?:right|correct) (?:person|contact|number|department)|wrong (?:contact|department)",
        r"wrong (?:number|person|guy|phone)|you have the wrong|mistaken (?:number|identity)",
        r"(?:no one|nobody)\b.{0,20}(?:that|this) name",
        r"(?:this|it)(?: is|'s)?(?: not|n'?t) (?:his|her|their|\w+'s) (?:number|phone)|this isn'?t \w+'s (?:number|phone)",
        r"(?:doesn'?t|don'?t|no longer|does not) works? (?:here|there|for them|at)(?: any ?more)?",
        rf"(?:this is|i'?m|i am) not (?!{_NOT_WHO})\w+[.! ]*$|this isn'?t (?!{_NOT_WHO})\w+[.! ]*$",
    ),
    Intent.ASKED_IF_BOT: pattern(
        r"(?:are|r) (?:you|u) (?:a |an )?(?:real|human|bot|robot|ai|chatbot|machine|computer|automated|even real|chatgpt)",
        r"is (?:this|that|it) (?:a |an )?(?:real|human|bot|robot|ai|chatbot|automated|machine|computer|chatgpt)",
        r"(?:talking|speaking|texting|chatting) (?:to|with) (?:a |an )?(?:real |actual )?(?:bot|robot|ai|human|person|"
        r"machine)\W*\?",
    ),
    Intent.ASKED_SOURCE: pattern(
        r"(?:how|where)\W*(?:d|did)?\b.{0,12}\b(?:get|got|find)\b.{0,8}\b(?:my|this) #",
        r"never gave (?:you|u|anyone) (?:my|this|permission)",
        r"(?:how|where)\b.{0,20}\b(?:get|got|find|found|have|obtain|come by)\b.{0,10}\b(?:my|this|our) "
        r"(?:\w+ )?(?:number|phone|info|information|contacts?|details|name|data)",
        r"who gave (?:you|u)|why do (?:you|u) have my|(?:did|when did) i (?:ever )?(?:sign up|give you|ask for|subscribe)",
    ),
    Intent.ASKED_WHO: pattern(
        r"who am i (?:talking|speaking|texting|chatting)|(?:what|whose) number is this",
        r"who do (?:you|u) (?:work|write|represent|speak) ?(?:for)?|who(?:'s| is| are you) (?:with|writing|texting|calling)",
        r"who(?:'s| is| are| r|se)? (?:this|that|dis|you|u|number is this|it|texting)|(?:what|which) (?:company|business|firm)",
        r"do i know (?:you|u)|where are (?:you|u) (?:calling|texting|writing) from|remind me who",
    ),
    Intent.LATER: pattern(
        r"can'?t (?:talk |chat |speak )?(?:right now|now|at the moment)|think (?:about|on) it|think it over|sleep on it",
        r"not (?:right )?now|not (?:at|for) (?:the|this) (?:moment|time|point)|not today",
        r"not (?:a|the) (?:good|right|best) time|bad time",
        r"(?:maybe|perhaps|possibly) (?:later|next|in |tomorrow|another|some|after)|later|(?:an|some )other (?:time|day)",
        r"in (?:a (?:few|couple(?: of)?)|\d+|two|three|six) (?:days|weeks|months)",
        r"next (?:month|quarter|year|spring|summer|fall|autumn)",
        rf"after (?:the )?(?:holidays?|vacation|summer|new year|christmas|easter)|in (?:{_MONTH})|until (?:{_MONTH}|next)",
        r"(?:check|circle|get|come) back (?:to me )?(?:in|next)|busy (?:right now|at the moment|today|this week)",
        r"(?:driving|in a meeting|at work|on vacation|on holiday)|(?:try|ask) (?:me )?again",
    ),
    Intent.NOT_INTERESTED: pattern(
        r"(?:lol|haha|um+|uh|oh|hell)[, ]+no+|i don'?t think so",
        r"(?:not|no longer|isn'?t|aren'?t|never) (?:\w+ )?interested|no interest|uninterested|not for (?:me|us)",
        r"(?:i|we|i'?ll|we'?ll) pass",
        r"^\W*(?:no+|nope|nah)\W*$|(?:no|nope|nah)[, .]+(?:thanks?|thank you|thx|ty|sorry|not|i'?m good)|hard pass|waste of time",
        r"not (?:\w+ )?(?:looking|buying|in the market|needed)",
        r"(?:don'?t|do not|doesn'?t|won'?t) (?:really |even )?(?:need|want|care)",
        r"no need|(?:we'?re|i'?m|we are|i am) (?:all )?(?:good|fine|set)(?! with| for| to | on )|all set|not a (?:good )?fit",
    ),
    Intent.TOO_EXPENSIVE: pattern(
        r"too rich",
        r"money is (?:\w+ )?tight|tight on (?:money|cash)|that'?s a lot",
        r"(?:don'?t|do not) have (?:the |any |that kind of )?(?:budget|money|funds)",
        r"(?:too|so|very|really|pretty|a bit|quite) (?:expensive|pricey|costly|steep)|too much|expensive(?!\W*\?)",
        r"can'?t afford|cannot afford",
        r"(?:out of|over|beyond|above|in|no|tight|the|our|my)(?: our| my| the)? (?:budget|price range)|cheaper",
        r"costs? a lot|lot of money",
    ),
    Intent.HAS_SOLUTION: pattern(
        r"went with (?:some|an)\w*",
        r"(?:have|got|has) (?:some(?:body|one)|people|a guy)(?: \w+)? (?:already|for|who|that)",
        r"just (?:bought|signed|switched|renewed|hired)",
        r"already (?:have|has|got|us(?:e|ing)|work(?:ing)?|with|covered|signed|do|doing|in place|bought|found|went|taken care)",
        r"(?:have|got|use|using|work(?:ing)? with) (?:an?|our|another|some) ?(?:own )?(?:\w+ )?"
        r"(?:provider|vendor|supplier|guy|solution|agency|tool|system|partner|broker|one else|body else)",
        r"(?:happy|satisfied|fine|good|stick(?:ing)?) with (?:our|my|the|what|who)|under contract|locked in|in[ -]house",
        r"ourselves",
    ),
    Intent.NO_TIME: pattern(
        r"(?:no|not enough|don'?t have (?:the |any |much )?|haven'?t (?:got )?(?:the |any )?|have no|short on|out of) ?time",
        r"(?:too |super |so |really |very )?busy|swamped|slammed|snowed under",
    ),
    Intent.WANTS_EMAIL: re.compile(
        r"[\w.+-]+@[\w-]+\.\w+|\ban e-?mail\b|\be-?mail (?:me|us|it|that|them|the|would|is|works)\b|\b(?:via|by|over) "
        r"e-?mail\b|\bin "
        r"writing\b|\bwebsite\b"
        r"|\b(?:send|shoot|drop|forward)\b.{0,25}\b(?:e-?mail|info\w*|details|brochure|pdf|deck|link|something|over|proposal)\b"
    ),
    Intent.ASKED_PRICE: re.compile(
        r"\bhow much\b(?! time)|\b(?:run|set) (?:me|us)(?: back)?\b|\b(?:pric(?:e|es|ing)|costs?|rates?|fees?|quote|"
        r"charges?|monthly|discount|expensive|"
        r"free of charge|is it free)\b"
    ),
    Intent.GREETING: re.compile(
        r"^\W*(?:hi|hello|hey|hola|heya|hiya|howdy|yo|good (?:morning|afternoon|evening|day)|morning)"
        r"(?:,? \w+)?\W*(?:how are you\b.*|how'?s it going\W*)?$"
    ),
    Intent.AGREED_TIME: pattern(
        r"works?|work for me|ok|okay|good|great|perfect|sounds|let'?s|sure|yes|yeah|yep|fine|free|available|can do",
        r"could do|do it|book|schedule",
        r"would be|best|better|prefer|see you|talk (?:then|to you)|call me|ring me|speak|how about|what about",
        r"(?:can|could) (?:we|you|i)|are you",
        r"i'?m in|meet|until|set",
    ),
    Intent.WANTS_PERSON: pattern(
        r"(?:call|phone|ring) (?:me|us)|give (?:me|us) a (?:call|ring|buzz)",
        r"(?:speak|talk|chat|connect me) (?:to|with) (?:an?|some ?one|your|the)",
        r"(?:real|actual) person|human|manager|representative|(?<!when )can (?:we|you|i) (?:talk|call|speak)",
    ),
    Intent.ASKED_WHAT: pattern(
        r"what'?s in it for|what (?:exactly )?are (?:you|u) (?:\w+ )?(?:selling|offering|pitching)",
        r"what (?:do|would) (?:i|we) get",
        r"what(?:'?s| is| are)? (?:this|it|that|the offer|you|all this|the deal)",
        r"what do (?:you|u|y'all) (?:do|offer|sell|want|mean|have)",
        r"tell me (?:more|about)|(?:more|some|any) (?:info|information|details)|(?:know|hear|learn|see) more",
        r"how (?:does|do|would) (?:it|this|that)",
        r"explain|what kind|elaborate|(?:about|regarding|for) what|what (?:about|for|offer)",
    ),
    Intent.THANKS: re.compile(
        r"^\W*(?:(?:ok|okay|k|great|perfect|cool|awesome|nice|got it|alright|will do|good)\W+)*(?:many |much )?"
        r"(?:thanks?|thank you|thx|ty|cheers|much appreciated|appreciate it)\b(?!\W+(?:but|yes|sounds|i'd|i would|"
        r"let'?s|sure|when)).{0,30}$"
    ),
    Intent.INTERESTED: pattern(
        r"works",
        r"works for (?:me|us)|(?:i|we) want (?:a|the) (?:demo|trial|call|meeting)",
        r"when can (?:we|you|i) (?:talk|speak|start|meet)",
        r"interested|intrigued|keen|curious|tempted|interesting",
        r"sounds? (?:\w+ )?(?:good|great|nice|perfect|amazing|like a plan)|yes+|yeah|yea",
        r"yep|yup|ya|sure|ok|okay|k|(?:i'?d|we'?d|would) (?:love|like|be happy|be open)|sign (?:me|us) up",
        r"let'?s (?:do|talk|chat|go|set|meet)",
        r"count me in|absolutely|definitely|of course|go ahead|why not|please do|great|perfect|cool|awesome|fine",
        r"happy to|i'?m in|open to",
        r"want (?:it|in|one|to (?:try|know|see|hear|learn))",
    ),
    Intent.ASKED_OTHER: re.compile(
        r"\?|^\W*(?:what|who|where|when|why|how|which|can|could|do|does|did|is|are|will|would|should)\b"
    ),
}

REPLIES = {
    "opt_out": ["Understood. You won't get any more texts from us."],
    "wrong_number": ["Sorry for the mix-up, and thanks for telling me. I'll pass that on so that it doesn't happen again."],
    "asked_if_bot": [
        "I'm an automated assistant{for_us}. If you'd rather talk to a person, say so and a colleague will contact you."
    ],
    "asked_source": ["I can't see that from here. A colleague will check and tell you. To hear no more from us, reply STOP."],
    "asked_source:known": ["We have your number from this source: {source}. To hear no more from us, reply STOP."],
    "asked_who": ["This is {sender_of_us}. Sorry for not being clearer. May I tell you in a line what it's about?"],
    "asked_who:known": ["This is {sender_of_us}. It's about {topic}. Is that of any interest to you?"],
    "later": [
        "No problem{name}. When would be a better time to get back to you?",
        "That's fine{name}. Which day should we come back to you?",
    ],
    "later:known": ["No problem{name}, I've noted {time}. Until then!"],
    "not_interested": [
        "Understood{name}, thanks for telling me. If that ever changes, just text back.",
        "Thanks for being straight with me{name}. I won't press. You can always text back here.",
    ],
    "too_expensive": [
        "I hear you{name}, it has to be worth the money. Would it help if a colleague went through what you'd actually need?",
        "Fair point{name}. Shall a colleague look at what would fit your budget? If nothing does, we'll say so.",
    ],
    "has_solution": [
        "Makes sense{name}, no need to change what works. Is there anything you wish it did better?",
        "Good to know{name}. Just so I understand: is there something you'd improve about it?",
    ],
    "no_time": [
        "I'll be brief{name}: would you rather have this in writing, or a short call on a calmer day?",
        "Understood{name}. Should we put it in writing, or is there a better day?",
    ],
    "wants_email": ["Happy to{name}. Which e-mail address should it go to?"],
    "wants_email:known": ["Thanks{name}. A colleague will send it to that address."],
    "asked_price": [
        "Good question{name}. I don't want to guess a figure, so a colleague will send you the exact price.",
        "I can't quote a price from here{name}. A colleague will get you the exact figure.",
    ],
    "asked_price:known": ["Here's the price{name}: {price}. Would you like to go through it on a short call?"],
    "agreed_time": ["Thanks{name}. A colleague will confirm the time with you here."],
    "agreed_time:known": ["Thanks{name}, noted: {time}. A colleague will confirm it with you here."],
    "wants_person": ["Of course{name}. A colleague will call you. What time suits you best?"],
    "asked_what": ["Fair question{name}. A colleague will send you the details, so that you get them right."],
    "asked_what:known": ["It's about {topic}{name}. Would you like to hear more on a short call?"],
    "asked_what:sentence": ["In short{name}: {topic}. Would you like to hear more on a short call?"],
    "thanks": ["You're welcome{name}! Just text if anything comes up.", "My pleasure{name}. I'm here if you need anything."],
    "interested": [
        "Glad to hear it{name}! What day and time would suit you for a short call?",
        "That's good to hear{name}. When could you spare ten minutes for a call?",
    ],
    "interested:known": ["Glad to hear it{name}! You can pick a time that suits you here: {booking_url}"],
    "greeting": ["Hello{name}! {sender_of_us} here. Is now a good moment for a quick question?"],
    "greeting:known": ["Hello{name}! {sender_of_us} here, about {topic}. Is that of interest to you?"],
    "asked_other": ["I don't have the answer to that here{name}. A colleague will get back to you with it."],
    "asked_other:known": ["{fact}"],
    "unclear": ["Thanks for your message{name}. To get this right, I'll have a colleague read it and answer you."],
}

OPENINGS = Openings(
    hello=["Hi {first},", "Hello {first},", "Hey {first},"],
    hello_stranger=["Hi,", "Hello,"],
    from_person=["it's {sender} from {us}.", "this is {sender} at {us}.", "{sender} from {us} here."],
    from_person_alone=["it's {sender}.", "this is {sender}.", "{sender} here."],
    from_company=["this is {us}.", "it's the team at {us}."],
    about=["I'm writing about {topic}.", "I'm reaching out about {topic}.", "A quick note about {topic}."],
    again=["I wanted to follow up on {topic}.", "Just following up about {topic}."],
    no_topic=["I have a quick question for you. Do you have a minute?", "May I ask you something brief?"],
    hooks={
        frozenset({"title", "company"}): [
            "Is that something you look after as {title} at {company}?",
            "As {title} at {company}, would that be useful to you?",
            "Could that help you as {title} of {company}?",
        ],
        frozenset({"company", "industry"}): [
            "Could that be useful to {company} in {industry}?",
            "In {industry}, would that matter to {company}?",
        ],
        frozenset({"company"}): [
            "Could that be useful at {company}?",
            "Is that on the agenda at {company}?",
            "Would that be worth a short call for {company}?",
        ],
        frozenset({"title"}): ["As {title}, is that something you look after?", "Is that of use to you as {title}?"],
        frozenset({"industry"}): ["Is that of interest to you in {industry}?", "Would that help in {industry}?"],
        frozenset(): ["Is that of interest to you?", "Worth a short call?", "Would you like to hear more?"],
    },
    opt_out="Reply STOP to opt out.",
)

ENGLISH = Language(
    code="en",
    words=words(
        "the a an and or but i you we they it is are was am do does did don't not no yes what who how why when where "
        "which my your our "
        "this that to of for in on at with from have has had can could would will please thanks thank hi hello hey "
        "sure interested "
        "call me send much about time number not now later price cost good great want need already too busy "
        "tomorrow today sorry "
        "wrong more info tell sounds let's it's i'm i'd maybe next week get got just never email any"
    ),
    marks=re.compile(r"(?!)"),
    patterns=PATTERNS,
    time=TIME,
    replies=REPLIES,
    sender_of_us="{sender} from {us}",
    the_team="the team",
    for_us=" for {us}",
    openings=OPENINGS,
    fallbacks={
        "first_name": "there",
        "name": "there",
        "company": "your company",
        "title": "your role",
        "industry": "your industry",
        "city": "your area",
    },
)
