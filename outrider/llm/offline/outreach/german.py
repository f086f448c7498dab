"""German, as outreach is described in it: phrases and how they are said in the plain English that the rules read.

Patterns are of folded text; `\\1` stands for what a phrase holds. They are put in one after the
other: the longer and more telling ones come first.
"""

from __future__ import annotations

import re

PHRASES: tuple[tuple[str, str], ...] = (
    (
        (
            r"(?:schick\w*|sende\w*|schreib\w*) (?:ihnen|ihm|ihr|den leads|allen|jedem(?: lead)?) (?:noch ?mals? |"
            r"nochmal |dann |wieder |erneut )?(?:eine |noch eine |die |eine zweite |eine weitere )?(?:sms|"
            r"text(?:nachricht)?|nachricht|erinnerung)"
        ),
        "text them",
    ),
    (
        (
            r"(?:schreib\w*|texte\w*|simse\w*) (?:sie|ihn|ihnen|ihm|den leads?|dem lead|neuen leads|"
            r"allen)(?: (?:noch ?mals?|nochmal|wieder|erneut))? an"
        ),
        "text them",
    ),
    (r"(?:schreib\w*|texte\w*|simse\w*) (?:sie|ihn|ihnen|ihm|den leads?|dem lead|neuen leads|allen)", "text them"),
    (
        (
            r"(?:schick\w*|sende\w*|schreib\w*)(?: dann| danach)? (?:eine|noch eine|die|eine zweite|"
            r"eine weitere)?\s?(?:sms|text(?:nachricht)?|nachricht|erinnerung)"
        ),
        "text them",
    ),
    (r"(?:schick\w*|sende\w*)(?: (?:ihnen|ihm|ihr))? (?=\ue000q)", "send "),
    (r"(?:die )?(?:haelfte|halfte|hälfte)(?: (?:der leads|von ihnen|davon))? (?:bekommt|erhaelt|erhalt|kriegt)", "half get"),
    (r"die andere (?:haelfte|halfte)(?: (?:bekommt|erhaelt|erhalt|kriegt))?", "the other half get"),
    (r"(?:der rest|die anderen|die uebrigen|die ubrigen) (?:bekommt|bekommen|erhaelt|erhalt|erhalten)", "the rest get"),
    (r"(\d{1,3}) ?(?:%|prozent) (?:bekommen|erhalten|kriegen)", r"\1% get"),
    (
        (
            r"(?:ruf\w*) (?:sie|ihn|den lead|die leads|dann|diese)?\s?(?:noch ?mals? |nochmal |wieder |erneut |"
            r"dann )?an"
        ),
        "call them",
    ),
    (r"(?:telefonier\w*)(?: mit ihnen| mit ihm)?", "call them"),
    (
        (
            r"wart\w* (?:bis zu |hoechstens |hochstens |maximal )?(.{1,14}?) (?:lang )?auf (?:eine |ihre |"
            r"die )?(?:antwort|reaktion|rueckmeldung|ruckmeldung)"
        ),
        r"wait \1 for a reply",
    ),
    (
        (
            r"wart\w* (?:bis zu |hoechstens |hochstens |maximal )?auf (?:eine |ihre )?(?:antwort|"
            r"reaktion)(?: (?:bis zu|hoechstens|hochstens|maximal|fuer|fur))?"
        ),
        "wait for a reply",
    ),
    (r"wart\w*(?: dann| danach)?", "wait"),
    (
        (
            r"(?:wenn|falls|sobald|sofern) (?:sie|er|der lead|jemand|die leads) (?:nicht |nichts )(?:antworte\w*|"
            r"reagier\w*|zurueckschreib\w*|zuruckschreib\w*)"
        ),
        "if they don't reply",
    ),
    (r"(?:wenn|falls|sofern) (?:niemand|keiner) (?:antwortet|reagiert)", "if nobody replies"),
    (r"(?:wenn|falls|sofern) (?:es )?(?:keine antwort|keine reaktion)(?: (?:kommt|gibt|da ist))?", "if no reply"),
    (
        (
            r"(?:wenn|falls|sobald) (?:sie|er|der lead|jemand|die leads|einer) (?:antworte\w*|reagier\w*|"
            r"zurueckschreib\w*|zuruckschreib\w*)"
        ),
        "if they reply",
    ),
    (r"(?:wenn|falls) (?:niemand|keiner) (?:abnimmt|rangeht|erreicht wird|ans telefon geht)", "if nobody picks up"),
    (
        (
            r"(?:wenn|falls) (?:sie|er|der lead) (?:nicht )(?:abnimmt|abnehmen|rangehen|rangeht|erreichbar (?:ist|"
            r"sind))"
        ),
        "if they don't pick up",
    ),
    (
        (
            r"(?:wenn|falls|sofern) (?:sie|er|der lead|die leads) (?:kein interesse (?:hat|haben)|"
            r"nicht interessiert (?:ist|sind))"
        ),
        "if they are not interested",
    ),
    (
        (
            r"(?:wenn|falls|sofern) (?:sie|er|der lead|die leads) (?:interessiert (?:ist|sind)|interesse (?:hat|haben|"
            r"zeigt|zeigen))"
        ),
        "if they are interested",
    ),
    (
        (
            r"(?:wenn|falls|sofern) (?:der|ihr|die) (?:score|punktzahl|punktestand|bewertung) (?:ueber|uber|"
            r"groesser als|grosser als|mehr als) (\d{1,3})(?: (?:ist|liegt))?"
        ),
        r"if the score is above \1",
    ),
    (
        (
            r"(?:wenn|falls|sofern) (?:der|ihr|die) (?:score|punktzahl|punktestand|bewertung) (?:unter|kleiner als|"
            r"weniger als) (\d{1,3})(?: (?:ist|liegt))?"
        ),
        r"if the score is below \1",
    ),
    (
        (
            r"(?:wenn|falls|sofern) (?:der|ihr|die) (?:score|punktzahl|punktestand|"
            r"bewertung) mindestens (\d{1,3})(?: (?:ist|betraegt|betragt))?"
        ),
        r"if the score is at least \1",
    ),
    (
        (
            r"(?:wenn|falls|sofern) (?:die|das) (?:firma|unternehmen) (?:mehr als|ueber|uber) (\d{1,6}) (?:leute|"
            r"mitarbeiter\w*|personen|angestellte)(?: (?:hat|beschaeftigt|beschaftigt))?"
        ),
        r"if the company has more than \1 employees",
    ),
    (
        (
            r"(?:wenn|falls|sofern) (?:die|das) (?:firma|unternehmen) (?:weniger als|unter) (\d{1,6}) (?:leute|"
            r"mitarbeiter\w*|personen|angestellte)(?: (?:hat|beschaeftigt|beschaftigt))?"
        ),
        r"if the company has less than \1 employees",
    ),
    (
        (
            r"(?:wer|die|diejenigen, die|alle, die|jeder, der) nicht (?:antwortet|antworten|reagiert|"
            r"reagieren),? (?:bekommt|bekommen|erhaelt|erhalt|erhalten) (?:einen anruf)"
        ),
        "those who don't reply get a call",
    ),
    (
        (
            r"(?:wer|die|diejenigen, die|alle, die|jeder, der) nicht (?:antwortet|antworten|reagiert|"
            r"reagieren),? (?:bekommt|bekommen|erhaelt|erhalt|erhalten) (?:eine (?:zweite |weitere )?(?:sms|nachricht|"
            r"erinnerung))"
        ),
        "those who don't reply get a second text",
    ),
    (
        r"(?:wer|die|diejenigen, die|alle, die|jeder, der) nicht (?:antwortet|antworten|reagiert|reagieren)",
        "those who don't reply",
    ),
    (r"(?:wer|diejenigen, die|alle, die|jeder, der) (?:antwortet|antworten|reagiert|reagieren)", "those who reply"),
    (r"(?:hoer\w*|hor\w*|stopp\w*|beende\w*)(?: alles| es)?(?: auf)?,? if they reply", "stop if they reply"),
    (
        (
            r"(?:lass\w*|lasse) (?:mich|meinen chef|den chef|meine chefin|meinen manager|den manager)(?: es| das|"
            r" die nachricht)?(?: (?:vorher|zuerst))? (?:freigeben|genehmigen|zustimmen|pruefen|prufen)"
        ),
        "let my manager approve",
    ),
    (
        (
            r"mein(?:e)? (?:chef|chefin|manager|managerin) (?:muss|soll)(?: (?:es|das|vorher|zuerst))* (?:freigeben|"
            r"genehmigen|zustimmen)"
        ),
        "my manager must approve",
    ),
    (r"(?:hol\w*) (?:eine|die) (?:freigabe|genehmigung)(?: ein)?", "ask for approval"),
    (r"(?:markier\w*|tagge\w*|kennzeichne\w*|versieh\w*) (?:sie|ihn|den lead|die leads|diese) (?:als|mit)", "tag them as"),
    (
        (
            r"(?:setz\w*|pack\w*|nimm|fueg\w*|fug\w*) (?:sie|ihn|den lead|die leads) (?:auf|in|zu) (?:die|"
            r"der) liste (\ue000q\d+\ue001|[\w-]+)(?: hinzu)?"
        ),
        r"put them on the list \1",
    ),
    (
        (
            r"(?:sag\w*|gib\w*|benachrichtig\w*|informier\w*|melde\w*) (?:es )?(?:dem|das|den|unser\w*) (?:team|"
            r"vertrieb|verkauf|chef)(?: (?:bescheid|es))?(?: (?:auf|ueber|uber|per|via|in) (slack|"
            r"e-?mail))?(?: bescheid)?"
        ),
        r"tell the team on \1",
    ),
    (r"(?:vereinbar\w*|buch\w*|mach\w*) (?:einen|ein|den) (?:termin|gespraech|gesprach|meeting)(?: aus)?", "book a meeting"),
    (r"(?:reicher\w*|anreichern)(?: (?:sie|ihn|die daten|die leads))?(?: an)?", "enrich them"),
    (r"(?:qualifizier\w*|bewerte\w*)(?: (?:sie|ihn|die leads))?", "qualify them"),
    (
        (
            r"(?:nur )?(?:waehrend|wahrend|in|zu|innerhalb) (?:der |den )?(?:geschaeftszeiten|geschaftszeiten|"
            r"buerozeiten|burozeiten|oeffnungszeiten|offnungszeiten)"
        ),
        "only in business hours",
    ),
    (r"(?:um|ab) (\d{1,2}(?::\d{2})?)(?: uhr)? (?:an werktagen|werktags|unter der woche)", r"at \1 on weekdays"),
    (r"(?:werktags|an werktagen) um (\d{1,2}(?::\d{2})?)(?: uhr)?", r"at \1 on weekdays"),
    (
        (
            r"(?:schick\w*|uebertrag\w*|ubertrag\w*|schreib\w*|sende\w*|sync\w*) (?:es|alles|sie|den lead|"
            r"die daten)?\s?(?:in das|ins|an das|ans|zum|in die) crm"
        ),
        "send it to the CRM",
    ),
    (r"(?:ruf\w*) (?:den|diesen) webhook (\ue000u\d+\ue001) auf", r"call the webhook \1"),
    (
        (
            r"(?:wiederhol\w*)(?: (?:das|es|dies))?(?: (?:bis zu|hoechstens|hochstens|maximal))? (\d{1,2}|zwei|drei|"
            r"vier|fuenf|funf)[ -]?mal"
        ),
        r"repeat this up to \1 times",
    ),
    (r"(\d{1,2}|zwei|drei|vier|fuenf|funf)[ -]?mal", r"\1 times"),
    (r"nach (einem|einer|\w+) (tag|tagen|stunde|stunden|woche|wochen|minuten)", r"after \1 \2"),
    (r"(?:ansonsten|sonst|andernfalls|anderenfalls)", "otherwise"),
    (r"(?:wenn|falls|sofern|sobald)", "if"),
    (r"(?:dann|danach|anschliessend|und dann)", "then"),
    (r"(?:und)", "and"),
    (r"(?:oder)", "or"),
    (r"aber", "but"),
    (r"(?:einen|einem|eine|einer|ein)(?= (?:tag|tage|stunde|woche|monat|minute))", "one"),
    (r"zwei(?= |$)", "two"),
    (r"drei(?= |$)", "three"),
    (r"vier(?= |$)", "four"),
    (r"(?:fuenf|funf)(?= |$)", "five"),
    (r"sechs(?= |$)", "six"),
    (r"sieben(?= |$)", "seven"),
    (r"zehn(?= |$)", "ten"),
    (r"tage?n?(?! them)", "days"),
    (r"stunden?", "hours"),
    (r"wochen?", "weeks"),
    (r"minuten?", "minutes"),
    (r"monate?n?", "months"),
    (r"spaeter|spater", "later"),
)
MARKS = re.compile(
    r"\b(?:und|wenn|falls|dann|danach|nicht|ihnen|eine?n?|schreib\w*|schick\w*|wart\w*|ruf\w*|sonst|tage?n?|"
    r"sie|auf|antwort\w*|oder|nach)\b"
)
