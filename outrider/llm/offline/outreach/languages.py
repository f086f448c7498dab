"""Descriptions in German, Spanish and French: their phrases are put into the plain English that the rules read.

Each character of the result knows where it came from, so that what is not understood can be repeated in the person's own words.
A language is a list of phrases, the longer and more telling ones first; what stands in none of them stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from outrider.llm.offline.language import fold


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence to be read, and the one that was written."""

    text: str
    written: str
    places: tuple[tuple[int, int], ...] = ()
    """Of each character of `text`: from where to where it stands in `written`. Empty if both are the same."""

    def original(self, start: int, end: int) -> str:
        """What `text[start:end]` was read from."""
        if not self.places:
            return self.written[start:end]
        found = self.places[start:end]
        return self.written[min(place[0] for place in found) : max(place[1] for place in found)] if found else ""


@dataclass(frozen=True, slots=True)
class SpokenLanguage:
    """How its phrases are said in English; `\\1` stands for what a phrase holds. English has none."""

    phrases: Sequence[tuple[re.Pattern[str], str]] = ()
    marks: re.Pattern[str] = re.compile(r"(?!)")
    """Words that tell the language, in folded text."""

    def read(self, sentence: str) -> Spoken:
        text, places = sentence, [(place, place + 1) for place in range(len(sentence))]
        for pattern, english in self.phrases:
            text, places = _replaced(text, places, pattern, english)
        return Spoken(text, sentence, tuple(places)) if self.phrases else Spoken(sentence, sentence)


def _replaced(
    text: str, places: list[tuple[int, int]], pattern: re.Pattern[str], english: str
) -> tuple[str, list[tuple[int, int]]]:
    parts: list[str] = []
    kept: list[list[tuple[int, int]]] = []
    done = 0
    for match in pattern.finditer(_folded(text)):
        if match.end() == match.start():
            continue
        around = (places[match.start()][0], places[match.end() - 1][1])
        parts.append(text[done : match.start()])
        kept.append(places[done : match.start()])
        for piece in re.split(r"(\\\d)", english):
            if piece[:1] == "\\" and len(piece) == 2:
                # What the phrase holds keeps its own words and places.
                start, end = match.span(int(piece[1]))
                parts.append(text[start:end] if start >= 0 else "")
                kept.append(places[start:end] if start >= 0 else [])
            else:
                parts.append(piece)
                kept.append([around] * len(piece))
        done = match.end()
    if not parts:
        return text, places
    return "".join([*parts, text[done:]]), [*chain.from_iterable(kept), *places[done:]]


def _folded(text: str) -> str:
    """Small letters without accents, of the same length."""
    folded = fold(text)
    return folded if len(folded) == len(text) else text


def _phrases(*pairs: tuple[str, str]) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(rf"(?<![\w]){pattern}(?![\w])"), english) for pattern, english in pairs]


_GERMAN = SpokenLanguage(
    _phrases(
        (r"(?:schick\w*|sende\w*|schreib\w*) (?:ihnen|ihm|ihr|den leads|allen|jedem(?: lead)?) (?:noch ?mals? |nochmal |dann |wieder |erneut )?(?:eine |noch eine |die |eine zweite |eine weitere )?(?:sms|text(?:nachricht)?|nachricht|erinnerung)", "text them"),
        (r"(?:schreib\w*|texte\w*|simse\w*) (?:sie|ihn|ihnen|ihm|den leads?|dem lead|neuen leads|allen)(?: (?:noch ?mals?|nochmal|wieder|erneut))? an", "text them"),
        (r"(?:schreib\w*|texte\w*|simse\w*) (?:sie|ihn|ihnen|ihm|den leads?|dem lead|neuen leads|allen)", "text them"),
        (r"(?:schick\w*|sende\w*|schreib\w*)(?: dann| danach)? (?:eine|noch eine|die|eine zweite|eine weitere)?\s?(?:sms|text(?:nachricht)?|nachricht|erinnerung)", "text them"),
        (r"(?:schick\w*|sende\w*)(?: (?:ihnen|ihm|ihr))? (?=\ue000q)", "send "),
        (r"(?:die )?(?:haelfte|halfte|hälfte)(?: (?:der leads|von ihnen|davon))? (?:bekommt|erhaelt|erhalt|kriegt)", "half get"),
        (r"die andere (?:haelfte|halfte)(?: (?:bekommt|erhaelt|erhalt|kriegt))?", "the other half get"),
        (r"(?:der rest|die anderen|die uebrigen|die ubrigen) (?:bekommt|bekommen|erhaelt|erhalt|erhalten)", "the rest get"),
        (r"(\d{1,3}) ?(?:%|prozent) (?:bekommen|erhalten|kriegen)", r"\1% get"),
        (r"(?:ruf\w*) (?:sie|ihn|den lead|die leads|dann|diese)?\s?(?:noch ?mals? |nochmal |wieder |erneut |dann )?an", "call them"),
        (r"(?:telefonier\w*)(?: mit ihnen| mit ihm)?", "call them"),
        (r"wart\w* (?:bis zu |hoechstens |hochstens |maximal )?(.{1,14}?) (?:lang )?auf (?:eine |ihre |die )?(?:antwort|reaktion|rueckmeldung|ruckmeldung)", r"wait \1 for a reply"),
        (r"wart\w* (?:bis zu |hoechstens |hochstens |maximal )?auf (?:eine |ihre )?(?:antwort|reaktion)(?: (?:bis zu|hoechstens|hochstens|maximal|fuer|fur))?", "wait for a reply"),
        (r"wart\w*(?: dann| danach)?", "wait"),
        (r"(?:wenn|falls|sobald|sofern) (?:sie|er|der lead|jemand|die leads) (?:nicht |nichts )(?:antworte\w*|reagier\w*|zurueckschreib\w*|zuruckschreib\w*)", "if they don't reply"),
        (r"(?:wenn|falls|sofern) (?:niemand|keiner) (?:antwortet|reagiert)", "if nobody replies"),
        (r"(?:wenn|falls|sofern) (?:es )?(?:keine antwort|keine reaktion)(?: (?:kommt|gibt|da ist))?", "if no reply"),
        (r"(?:wenn|falls|sobald) (?:sie|er|der lead|jemand|die leads|einer) (?:antworte\w*|reagier\w*|zurueckschreib\w*|zuruckschreib\w*)", "if they reply"),
        (r"(?:wenn|falls) (?:niemand|keiner) (?:abnimmt|rangeht|erreicht wird|ans telefon geht)", "if nobody picks up"),
        (r"(?:wenn|falls) (?:sie|er|der lead) (?:nicht )(?:abnimmt|abnehmen|rangehen|rangeht|erreichbar (?:ist|sind))", "if they don't pick up"),
        (r"(?:wenn|falls|sofern) (?:sie|er|der lead|die leads) (?:kein interesse (?:hat|haben)|nicht interessiert (?:ist|sind))", "if they are not interested"),
        (r"(?:wenn|falls|sofern) (?:sie|er|der lead|die leads) (?:interessiert (?:ist|sind)|interesse (?:hat|haben|zeigt|zeigen))", "if they are interested"),
        (r"(?:wenn|falls|sofern) (?:der|ihr|die) (?:score|punktzahl|punktestand|bewertung) (?:ueber|uber|groesser als|grosser als|mehr als) (\d{1,3})(?: (?:ist|liegt))?", r"if the score is above \1"),
        (r"(?:wenn|falls|sofern) (?:der|ihr|die) (?:score|punktzahl|punktestand|bewertung) (?:unter|kleiner als|weniger als) (\d{1,3})(?: (?:ist|liegt))?", r"if the score is below \1"),
        (r"(?:wenn|falls|sofern) (?:der|ihr|die) (?:score|punktzahl|punktestand|bewertung) mindestens (\d{1,3})(?: (?:ist|betraegt|betragt))?", r"if the score is at least \1"),
        (r"(?:wenn|falls|sofern) (?:die|das) (?:firma|unternehmen) (?:mehr als|ueber|uber) (\d{1,6}) (?:leute|mitarbeiter\w*|personen|angestellte)(?: (?:hat|beschaeftigt|beschaftigt))?", r"if the company has more than \1 employees"),
        (r"(?:wenn|falls|sofern) (?:die|das) (?:firma|unternehmen) (?:weniger als|unter) (\d{1,6}) (?:leute|mitarbeiter\w*|personen|angestellte)(?: (?:hat|beschaeftigt|beschaftigt))?", r"if the company has less than \1 employees"),
        (r"(?:wer|die|diejenigen, die|alle, die|jeder, der) nicht (?:antwortet|antworten|reagiert|reagieren),? (?:bekommt|bekommen|erhaelt|erhalt|erhalten) (?:einen anruf)", "those who don't reply get a call"),
        (r"(?:wer|die|diejenigen, die|alle, die|jeder, der) nicht (?:antwortet|antworten|reagiert|reagieren),? (?:bekommt|bekommen|erhaelt|erhalt|erhalten) (?:eine (?:zweite |weitere )?(?:sms|nachricht|erinnerung))", "those who don't reply get a second text"),
        (r"(?:wer|die|diejenigen, die|alle, die|jeder, der) nicht (?:antwortet|antworten|reagiert|reagieren)", "those who don't reply"),
        (r"(?:wer|diejenigen, die|alle, die|jeder, der) (?:antwortet|antworten|reagiert|reagieren)", "those who reply"),
        (r"(?:hoer\w*|hor\w*|stopp\w*|beende\w*)(?: alles| es)?(?: auf)?,? if they reply", "stop if they reply"),
        (r"(?:lass\w*|lasse) (?:mich|meinen chef|den chef|meine chefin|meinen manager|den manager)(?: es| das| die nachricht)?(?: (?:vorher|zuerst))? (?:freigeben|genehmigen|zustimmen|pruefen|prufen)", "let my manager approve"),
        (r"mein(?:e)? (?:chef|chefin|manager|managerin) (?:muss|soll)(?: (?:es|das|vorher|zuerst))* (?:freigeben|genehmigen|zustimmen)", "my manager must approve"),
        (r"(?:hol\w*) (?:eine|die) (?:freigabe|genehmigung)(?: ein)?", "ask for approval"),
        (r"(?:markier\w*|tagge\w*|kennzeichne\w*|versieh\w*) (?:sie|ihn|den lead|die leads|diese) (?:als|mit)", "tag them as"),
        (r"(?:setz\w*|pack\w*|nimm|fueg\w*|fug\w*) (?:sie|ihn|den lead|die leads) (?:auf|in|zu) (?:die|der) liste (\ue000q\d+\ue001|[\w-]+)(?: hinzu)?", r"put them on the list \1"),
        (r"(?:sag\w*|gib\w*|benachrichtig\w*|informier\w*|melde\w*) (?:es )?(?:dem|das|den|unser\w*) (?:team|vertrieb|verkauf|chef)(?: (?:bescheid|es))?(?: (?:auf|ueber|uber|per|via|in) (slack|e-?mail))?(?: bescheid)?", r"tell the team on \1"),
        (r"(?:vereinbar\w*|buch\w*|mach\w*) (?:einen|ein|den) (?:termin|gespraech|gesprach|meeting)(?: aus)?", "book a meeting"),
        (r"(?:reicher\w*|anreichern)(?: (?:sie|ihn|die daten|die leads))?(?: an)?", "enrich them"),
        (r"(?:qualifizier\w*|bewerte\w*)(?: (?:sie|ihn|die leads))?", "qualify them"),
        (r"(?:nur )?(?:waehrend|wahrend|in|zu|innerhalb) (?:der |den )?(?:geschaeftszeiten|geschaftszeiten|buerozeiten|burozeiten|oeffnungszeiten|offnungszeiten)", "only in business hours"),
        (r"(?:um|ab) (\d{1,2}(?::\d{2})?)(?: uhr)? (?:an werktagen|werktags|unter der woche)", r"at \1 on weekdays"),
        (r"(?:werktags|an werktagen) um (\d{1,2}(?::\d{2})?)(?: uhr)?", r"at \1 on weekdays"),
        (r"(?:schick\w*|uebertrag\w*|ubertrag\w*|schreib\w*|sende\w*|sync\w*) (?:es|alles|sie|den lead|die daten)?\s?(?:in das|ins|an das|ans|zum|in die) crm", "send it to the CRM"),
        (r"(?:ruf\w*) (?:den|diesen) webhook (\ue000u\d+\ue001) auf", r"call the webhook \1"),
        (r"(?:wiederhol\w*)(?: (?:das|es|dies))?(?: (?:bis zu|hoechstens|hochstens|maximal))? (\d{1,2}|zwei|drei|vier|fuenf|funf)[ -]?mal", r"repeat this up to \1 times"),
        (r"(\d{1,2}|zwei|drei|vier|fuenf|funf)[ -]?mal", r"\1 times"),
        (r"nach (einem|einer|\w+) (tag|tagen|stunde|stunden|woche|wochen|minuten)", r"after \1 \2"),
        (r"(?:ansonsten|sonst|andernfalls|anderenfalls)", "otherwise"),
        (r"(?:wenn|falls|sofern|sobald)", "if"),
        (r"(?:dann|danach|anschliessend|und dann)", "then"),
        (r"(?:und)", "and"), (r"(?:oder)", "or"), (r"aber", "but"),
        (r"(?:einen|einem|eine|einer|ein)(?= (?:tag|tage|stunde|woche|monat|minute))", "one"),
        (r"zwei(?= |$)", "two"), (r"drei(?= |$)", "three"), (r"vier(?= |$)", "four"), (r"(?:fuenf|funf)(?= |$)", "five"), (r"sechs(?= |$)", "six"), (r"sieben(?= |$)", "seven"), (r"zehn(?= |$)", "ten"),
        (r"tage?n?(?! them)", "days"), (r"stunden?", "hours"), (r"wochen?", "weeks"), (r"minuten?", "minutes"), (r"monate?n?", "months"),
        (r"spaeter|spater", "later"),
    ),
    re.compile(r"\b(?:und|wenn|falls|dann|danach|nicht|ihnen|eine?n?|schreib\w*|schick\w*|wart\w*|ruf\w*|sonst|tage?n?|sie|auf|antwort\w*|oder|nach)\b"),
)  # fmt: skip

_SPANISH = SpokenLanguage(
    _phrases(
        (r"(?:envi\w+|mand\w+|escrib\w+)(?:l?es|les|le)? (?:un |otro |un segundo |el )?(?:sms|texto|mensaje|recordatorio)(?: a (?:los leads|ellos|todos))?", "text them"),
        (r"escrib\w+(?:les|le)(?: (?:otra vez|de nuevo))?", "text them"),
        (r"(?:envi\w+|mand\w+)(?:les|le)? (?=\ue000q)", "send "),
        (r"la mitad (?:recibe|obtiene)", "half get"), (r"la otra mitad(?: (?:recibe|obtiene))?", "the other half get"),
        (r"el resto (?:recibe|obtiene)", "the rest get"), (r"(?:el )?(\d{1,3}) ?(?:%|por ciento) (?:recibe|obtiene)", r"\1% get"),
        (r"llam\w+(?:los|las|les|lo|la|le)?(?: por telefono)?(?! (?:al|a este|este) webhook)(?: a (?:ellos|los leads))?(?: (?:otra vez|de nuevo))?", "call them"),
        (r"esper\w+ (?:hasta |como maximo )?(.{1,14}?) (?:a )?(?:por )?(?:una |la |su )?(?:respuesta|que respondan|que contesten)", r"wait \1 for a reply"),
        (r"esper\w+ (?:una |la |su )?respuesta(?: (?:hasta|durante|como maximo))?", "wait for a reply"),
        (r"esper\w+", "wait"),
        (r"si no (?:hay|llega) respuesta|si nadie (?:responde|contesta)", "if no reply"),
        (r"(?:si|cuando) no (?:responden?|contestan?)", "if they don't reply"),
        (r"(?:si|cuando|en cuanto) (?:ellos )?(?:responden?|contestan?)", "if they reply"),
        (r"si (?:nadie|no) (?:coge|descuelga|atiende)n?(?: el telefono)?", "if nobody picks up"),
        (r"si no (?:estan?|muestran?) (?:interesad[oa]s?|interes)|si no (?:les|le) interesa", "if they are not interested"),
        (r"si (?:estan?|muestran?|tienen?) (?:interesad[oa]s?|interes)|si (?:les|le) interesa", "if they are interested"),
        (r"si (?:la|su|el) (?:puntuacion|puntaje|score) (?:es |esta )?(?:superior a|mayor que|mayor a|por encima de|mas de|supera) ?(\d{1,3})", r"if the score is above \1"),
        (r"si (?:la|su|el) (?:puntuacion|puntaje|score) (?:es |esta )?(?:inferior a|menor que|menor a|por debajo de|menos de) (\d{1,3})", r"if the score is below \1"),
        (r"si la empresa tiene mas de (\d{1,6}) (?:personas|empleados|trabajadores)", r"if the company has more than \1 employees"),
        (r"si la empresa tiene menos de (\d{1,6}) (?:personas|empleados|trabajadores)", r"if the company has less than \1 employees"),
        (r"(?:a )?(?:los|las|quienes|los leads) (?:que )?no (?:respondan?|responden|contesten|contestan)", "those who don't reply"),
        (r"(?:a )?(?:los|las|quienes|los leads) (?:que )?(?:respondan?|responden|contesten|contestan)", "those who reply"),
        (r"(?:para|deten\w*|termina|acaba)(?: todo)?,? if they reply", "stop if they reply"),
        (r"(?:deja|dej\w+|pide|haz) que (?:mi |el |la )?(?:jefe|jefa|gerente|director|directora) (?:lo )?(?:apruebe|autorice)(?: antes)?", "let my manager approve"),
        (r"(?:pide|pedir|solicita) (?:la )?(?:aprobacion|autorizacion)", "ask for approval"),
        (r"(?:etiquet\w+|marc\w+)(?:los|las|lo|la)?(?: a (?:ellos|los leads))? (?:como|con)", "tag them as"),
        (r"(?:pon\w*|anad\w+|agreg\w+)(?:los|las|lo|la)? (?:en|a) la lista", "put them on the list"),
        (r"(?:avis\w+|inform\w+|notific\w+|di(?:le|selo)?)(?:lo|les|le)? (?:a |al )(?:el |nuestro )?(?:equipo|ventas|jefe)(?: (?:por|en|via) (slack|e-?mail|correo))?", r"tell the team on \1"),
        (r"(?:reserv\w+|agend\w+|program\w+|concert\w+) (?:una )?(?:reunion|cita|llamada)", "book a meeting"),
        (r"enriquec\w+(?: (?:los datos|los leads))?", "enrich them"), (r"(?:calific\w+|cualific\w+)(?:los|las)?", "qualify them"),
        (r"(?:solo |solamente )?(?:en|durante) (?:el )?horario (?:laboral|comercial|de oficina)", "only in business hours"),
        (r"a las (\d{1,2}(?::\d{2})?)(?: (?:en|los) dias (?:laborables|habiles))", r"at \1 on weekdays"),
        (r"(?:envi\w+|mand\w+|pas\w+|sincroniz\w+)(?:lo|los|la)? (?:todo )?(?:al|con el) crm", "send it to the CRM"),
        (r"llam\w+ (?:al|a este|este) webhook", "call the webhook"),
        (r"(?:repit\w+|repet\w+)(?:lo)?(?: (?:hasta|como maximo))? (\d{1,2}|dos|tres|cuatro|cinco) veces", r"repeat this up to \1 times"),
        (r"(\d{1,2}|dos|tres|cuatro|cinco) veces", r"\1 times"),
        (r"(?:de lo contrario|si no|en caso contrario|en otro caso)(?=\s*[,:]|\s+(?:call|text|wait|tag|put|tell|book|send|then)\b)", "otherwise"),
        (r"(?:si|cuando)", "if"), (r"(?:luego|despues|entonces|a continuacion)", "then"), (r"y", "and"), (r"o", "or"), (r"pero", "but"),
        (r"(?:un|una)(?= (?:dia|hora|semana|mes|minuto))", "one"), (r"dos", "two"), (r"tres", "three"), (r"cuatro", "four"), (r"cinco", "five"), (r"seis", "six"), (r"siete", "seven"), (r"diez", "ten"),
        (r"dias?", "days"), (r"horas?", "hours"), (r"semanas?", "weeks"), (r"minutos?", "minutes"), (r"mes(?:es)?", "months"), (r"mas tarde", "later"),
    ),
    re.compile(r"\b(?:los|las|les|si|luego|despues|espera\w*|llama\w*|envia\w*|escribe\w*|un|una|dias?|que|no|el|y|de|en|responden?|manda\w*|semana)\b"),
)  # fmt: skip

_FRENCH = SpokenLanguage(
    _phrases(
        (r"(?:envoy\w+|ecri\w+)(?:-leur|-lui)? (?:un |le |un deuxieme |un autre )?(?:sms|texto|message|rappel)(?: aux leads)?", "text them"),
        (r"ecri\w+-(?:leur|lui)", "text them"), (r"envoy\w+(?:-leur|-lui)? (?=\ue000q)", "send "),
        (r"la moitie (?:recoit|obtient)", "half get"), (r"l'autre moitie(?: (?:recoit|obtient))?", "the other half get"),
        (r"appel\w+(?:-les|-le|-la)?(?! (?:le|ce) webhook)(?: les leads)?", "call them"),
        (r"attend\w+ (?:jusqu'a |au plus )?(.{1,14}?) (?:pour )?(?:une |la |leur )?reponse", r"wait \1 for a reply"),
        (r"attend\w+ (?:une |la |leur )?reponse(?: (?:pendant|jusqu'a|au plus))?", "wait for a reply"), (r"attend\w+(?: pendant)?", "wait"),
        (r"(?:si |s'il n'y a )(?:pas de |aucune )reponse|si personne ne repond", "if no reply"),
        (r"(?:s'ils|s'il|si le lead|quand ils) ne reponde?n?t? pas", "if they don't reply"),
        (r"(?:s'ils|s'il|si le lead|quand ils|des qu'ils) reponde?n?t?", "if they reply"),
        (r"(?:s'ils|s'il) ne (?:sont|est) pas interesses?", "if they are not interested"), (r"(?:s'ils|s'il) (?:sont|est) interesses?", "if they are interested"),
        (r"si (?:le|leur) score (?:est )?(?:superieur a|au-dessus de|depasse|plus de) ?(\d{1,3})", r"if the score is above \1"),
        (r"si (?:le|leur) score (?:est )?(?:inferieur a|au-dessous de|moins de) (\d{1,3})", r"if the score is below \1"),
        (r"si (?:l'entreprise|la societe) (?:a|compte) plus de (\d{1,6}) (?:personnes|employes|salaries)", r"if the company has more than \1 employees"),
        (r"ceux qui ne repondent pas", "those who don't reply"), (r"ceux qui repondent", "those who reply"),
        (r"(?:fais|faites|laisse|laissez) (?:mon |le )?(?:chef|patron|responsable|manager) approuver|(?:demand\w+) (?:l'approbation|l'accord)(?: du (?:chef|manager))?", "ask for approval"),
        (r"(?:etiquet\w+|marqu\w+)(?:-les|-le)? (?:comme|avec)", "tag them as"), (r"(?:mets|mettez|ajout\w+)(?:-les|-le)? (?:sur|a|dans) la liste", "put them on the list"),
        (r"(?:previe\w+|inform\w+|avert\w+|dis-le a|dites-le a) (?:l'equipe|les ventes|le chef)(?: (?:sur|par|via) (slack|e-?mail))?", r"tell the team on \1"),
        (r"(?:reserv\w+|prend\w+|fix\w+|organis\w+) (?:un )?(?:rendez-vous|rdv|reunion|appel)", "book a meeting"),
        (r"enrichi\w+(?:-les)?", "enrich them"), (r"qualifi\w+(?:-les)?", "qualify them"),
        (r"(?:seulement |uniquement )?(?:pendant|aux) (?:les )?(?:heures (?:de bureau|ouvrables|d'ouverture))", "only in business hours"),
        (r"(?:envoy\w+|transmett\w+|synchronis\w+)(?:-les|-le)? (?:tout )?(?:au|avec le) crm", "send it to the CRM"), (r"appel\w+ (?:le|ce) webhook", "call the webhook"),
        (r"(?:repet\w+)(?:-le| cela)?(?: (?:jusqu'a|au plus))? (\d{1,2}|deux|trois|quatre|cinq) fois", r"repeat this up to \1 times"), (r"(\d{1,2}|deux|trois|quatre|cinq) fois", r"\1 times"),
        (r"(?:sinon|dans le cas contraire|autrement)", "otherwise"), (r"si|quand", "if"), (r"(?:puis|ensuite|apres cela|alors)", "then"), (r"et", "and"), (r"ou", "or"), (r"mais", "but"),
        (r"(?:un|une)(?= (?:jour|heure|semaine|mois|minute))", "one"), (r"deux", "two"), (r"trois", "three"), (r"quatre", "four"), (r"cinq", "five"), (r"sept", "seven"), (r"dix", "ten"),
        (r"jours?", "days"), (r"heures?", "hours"), (r"semaines?", "weeks"), (r"mois", "months"), (r"plus tard", "later"),
    ),
    re.compile(r"\b(?:les|leur|puis|ensuite|attend\w*|appel\w*|envoy\w*|ecri\w*|jours?|qui|ne|pas|si|et|un|une|le|la|sinon|repond\w*)\b"),
)  # fmt: skip

_ENGLISH = SpokenLanguage(
    marks=re.compile(
        r"\b(?:the|them|they|then|if|and|wait|days?|text|call|those|who|for|with|to|a|an|answer|reply|otherwise|is|on|in|my|after|send)\b"
    )
)


def spoken(text: str) -> SpokenLanguage:
    """The language in which most of the telling words are; English if none leads."""
    folded = _folded(text)
    return max((_ENGLISH, _GERMAN, _SPANISH, _FRENCH), key=lambda language: len(language.marks.findall(folded)))
