"""Spanish, as outreach is described in it: phrases and how they are said in the plain English that the rules read.

Patterns are of folded text; `\\1` stands for what a phrase holds. They are put in one after the
other: the longer and more telling ones come first.
"""

from __future__ import annotations

import re

PHRASES: tuple[tuple[str, str], ...] = (
    (
        (
            r"(?:envi\w+|mand\w+|escrib\w+)(?:l?es|les|le)? (?:un |otro |un segundo |el )?(?:sms|texto|mensaje|"
            r"recordatorio)(?: a (?:los leads|ellos|todos))?"
        ),
        "text them",
    ),
    (r"escrib\w+(?:les|le)(?: (?:otra vez|de nuevo))?", "text them"),
    (r"(?:envi\w+|mand\w+)(?:les|le)? (?=\ue000q)", "send "),
    (r"la mitad (?:recibe|obtiene)", "half get"),
    (r"la otra mitad(?: (?:recibe|obtiene))?", "the other half get"),
    (r"el resto (?:recibe|obtiene)", "the rest get"),
    (r"(?:el )?(\d{1,3}) ?(?:%|por ciento) (?:recibe|obtiene)", r"\1% get"),
    (
        (
            r"llam\w+(?:los|las|les|lo|la|le)?(?: por telefono)?(?! (?:al|a este|este) webhook)(?: a (?:ellos|"
            r"los leads))?(?: (?:otra vez|de nuevo))?"
        ),
        "call them",
    ),
    (
        (
            r"esper\w+ (?:hasta |como maximo )?(.{1,14}?) (?:a )?(?:por )?(?:una |la |su )?(?:respuesta|que respondan|"
            r"que contesten)"
        ),
        r"wait \1 for a reply",
    ),
    (r"esper\w+ (?:una |la |su )?respuesta(?: (?:hasta|durante|como maximo))?", "wait for a reply"),
    (r"esper\w+", "wait"),
    (r"si no (?:hay|llega) respuesta|si nadie (?:responde|contesta)", "if no reply"),
    (r"(?:si|cuando) no (?:responden?|contestan?)", "if they don't reply"),
    (r"(?:si|cuando|en cuanto) (?:ellos )?(?:responden?|contestan?)", "if they reply"),
    (r"si (?:nadie|no) (?:coge|descuelga|atiende)n?(?: el telefono)?", "if nobody picks up"),
    (r"si no (?:estan?|muestran?) (?:interesad[oa]s?|interes)|si no (?:les|le) interesa", "if they are not interested"),
    (r"si (?:estan?|muestran?|tienen?) (?:interesad[oa]s?|interes)|si (?:les|le) interesa", "if they are interested"),
    (
        (
            r"si (?:la|su|el) (?:puntuacion|puntaje|score) (?:es |esta )?(?:superior a|mayor que|mayor a|"
            r"por encima de|mas de|supera) ?(\d{1,3})"
        ),
        r"if the score is above \1",
    ),
    (
        (
            r"si (?:la|su|el) (?:puntuacion|puntaje|score) (?:es |esta )?(?:inferior a|menor que|menor a|"
            r"por debajo de|menos de) (\d{1,3})"
        ),
        r"if the score is below \1",
    ),
    (
        r"si la empresa tiene mas de (\d{1,6}) (?:personas|empleados|trabajadores)",
        r"if the company has more than \1 employees",
    ),
    (
        r"si la empresa tiene menos de (\d{1,6}) (?:personas|empleados|trabajadores)",
        r"if the company has less than \1 employees",
    ),
    (
        r"(?:a )?(?:los|las|quienes|los leads) (?:que )?no (?:respondan?|responden|contesten|contestan)",
        "those who don't reply",
    ),
    (r"(?:a )?(?:los|las|quienes|los leads) (?:que )?(?:respondan?|responden|contesten|contestan)", "those who reply"),
    (r"(?:para|deten\w*|termina|acaba)(?: todo)?,? if they reply", "stop if they reply"),
    (
        (
            r"(?:deja|dej\w+|pide|haz) que (?:mi |el |la )?(?:jefe|jefa|gerente|director|"
            r"directora) (?:lo )?(?:apruebe|autorice)(?: antes)?"
        ),
        "let my manager approve",
    ),
    (r"(?:pide|pedir|solicita) (?:la )?(?:aprobacion|autorizacion)", "ask for approval"),
    (r"(?:etiquet\w+|marc\w+)(?:los|las|lo|la)?(?: a (?:ellos|los leads))? (?:como|con)", "tag them as"),
    (r"(?:pon\w*|anad\w+|agreg\w+)(?:los|las|lo|la)? (?:en|a) la lista", "put them on the list"),
    (
        (
            r"(?:avis\w+|inform\w+|notific\w+|di(?:le|selo)?)(?:lo|les|le)? (?:a |al )(?:el |nuestro )?(?:equipo|"
            r"ventas|jefe)(?: (?:por|en|via) (slack|e-?mail|correo))?"
        ),
        r"tell the team on \1",
    ),
    (r"(?:reserv\w+|agend\w+|program\w+|concert\w+) (?:una )?(?:reunion|cita|llamada)", "book a meeting"),
    (r"enriquec\w+(?: (?:los datos|los leads))?", "enrich them"),
    (r"(?:calific\w+|cualific\w+)(?:los|las)?", "qualify them"),
    (r"(?:solo |solamente )?(?:en|durante) (?:el )?horario (?:laboral|comercial|de oficina)", "only in business hours"),
    (r"a las (\d{1,2}(?::\d{2})?)(?: (?:en|los) dias (?:laborables|habiles))", r"at \1 on weekdays"),
    (r"(?:envi\w+|mand\w+|pas\w+|sincroniz\w+)(?:lo|los|la)? (?:todo )?(?:al|con el) crm", "send it to the CRM"),
    (r"llam\w+ (?:al|a este|este) webhook", "call the webhook"),
    (
        r"(?:repit\w+|repet\w+)(?:lo)?(?: (?:hasta|como maximo))? (\d{1,2}|dos|tres|cuatro|cinco) veces",
        r"repeat this up to \1 times",
    ),
    (r"(\d{1,2}|dos|tres|cuatro|cinco) veces", r"\1 times"),
    (
        (
            r"(?:de lo contrario|si no|en caso contrario|en otro caso)(?=\s*[,:]|\s+(?:call|text|wait|tag|put|tell|"
            r"book|send|then)\b)"
        ),
        "otherwise",
    ),
    (r"(?:si|cuando)", "if"),
    (r"(?:luego|despues|entonces|a continuacion)", "then"),
    (r"y", "and"),
    (r"o", "or"),
    (r"pero", "but"),
    (r"(?:un|una)(?= (?:dia|hora|semana|mes|minuto))", "one"),
    (r"dos", "two"),
    (r"tres", "three"),
    (r"cuatro", "four"),
    (r"cinco", "five"),
    (r"seis", "six"),
    (r"siete", "seven"),
    (r"diez", "ten"),
    (r"dias?", "days"),
    (r"horas?", "hours"),
    (r"semanas?", "weeks"),
    (r"minutos?", "minutes"),
    (r"mes(?:es)?", "months"),
    (r"mas tarde", "later"),
)
MARKS = re.compile(
    r"\b(?:los|las|les|si|luego|despues|espera\w*|llama\w*|envia\w*|escribe\w*|un|una|dias?|que|no|el|y|de|en|"
    r"responden?|manda\w*|semana)\b"
)
