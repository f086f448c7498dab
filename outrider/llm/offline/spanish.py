"""Spanish, for the offline model. Patterns are without accents, as `fold` leaves the text."""

from __future__ import annotations

import re

from outrider.llm.offline.language import Intent, Language, Openings, pattern, words

_DAY = r"lunes|martes|miercoles|jueves|viernes|sabado|domingo"
_MONTH = r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"

TIME = pattern(
    rf"(?:(?:el|este|proximo|el proximo) )?(?:{_DAY})(?: que viene| proximo)?|(?:el )?(?:dia )?\d{{1,2}} de (?:{_MONTH})",
    r"hoy|esta (?:tarde|noche|manana|semana)|pasado manana|manana(?: por la (?:manana|tarde|noche))?",
    r"la (?:semana que viene|proxima semana)",
    r"(?:por|en) la (?:manana|tarde|noche)",
    r"(?:a )?las? \d{1,2}(?:[:.][0-5]\d)?(?: y media)?(?: de la (?:manana|tarde|noche))?(?: ?(?:am|pm))?",
    r"\d{1,2}(?:[:.][0-5]\d)? ?(?:am|pm|hrs?|h)|(?:[01]?\d|2[0-3]):[0-5]\d|al mediodia|en (?:una|media|\d+) (?:horas?|minutos)",
    rf"(?:el )?(?:proximo (?:mes|ano)|(?:mes|ano) que viene)|en (?:{_MONTH})|en (?:un[oa]s|dos|tres|\d+) (?:dias|semanas|meses)",
)

PATTERNS = {
    Intent.OPT_OUT: pattern(
        r"stop[.! ]*$",
        r"(?:no|ya no|nunca|dejen? de|deja de|pare[n]? de|para de) (?:me |nos )?(?:mas )?(?:escrib|llam|contact|envi|"
        r"mand|molest)\w*",
        r"(?:dar|darme|dame|deme|denme|me doy) (?:de )?baja|borr\w+ mi (?:numero|datos)",
        r"quit\w+ (?:mi numero|de la lista)|elimin\w+ mi\w*",
        r"cancelar suscripcion|no mas mensajes|dejadme en paz|dejen?me en paz|dejame en paz|sacame de|saquenme de",
    ),
    Intent.WRONG_NUMBER: pattern(
        r"(?:numero|persona|telefono) (?:equivocad[oa]|errone[oa]|incorrect[oa])|se (?:ha )?equivoc\w+|te equivocas\w*",
        r"te has equivocado",
        r"no (?:soy|es) (?!un|una|el |la |buen|mal|necesari|cierto|posible|muy|tan|lo |para)\w+[.! ]*$|ya no trabaj\w+",
        r"aqui no (?:vive|trabaja|hay)",
        r"no es su (?:numero|telefono)|no conozco a",
    ),
    Intent.ASKED_IF_BOT: pattern(
        r"(?:eres|es|sois|es usted|esto es)(?: un| una)? (?:bot|robot|maquina|ia|persona|humano|humana|persona real|"
        r"automatic\w+|real)",
        r"(?:hablo|hablando|escribo) con (?:un |una )?(?:bot|robot|maquina|ia|persona|humano)",
    ),
    Intent.ASKED_SOURCE: pattern(
        r"de donde (?:me|nos) conoc\w+",
        r"(?:como|de donde|donde|por que|quien)\b.{0,25}\b(?:consigui|obtuv|obteni|tien|sac|encontr|dio|"
        r"di)\w*\b.{0,12}\bmi (?:numero|telefono|contacto|movil|celular|nombre)",
        r"(?:como|de donde|por que) (?:tien|sac|consigui|obtuv)\w+ (?:mis (?:datos|contactos)|este numero)",
        r"quien (?:os|le|te|les) (?:ha dado|dio)",
    ),
    Intent.ASKED_WHO: pattern(
        r"quien(?:es)? (?:eres|es|sois|son|habla|me (?:escribe|habla)|escribe)|con quien (?:hablo|tengo)",
        r"(?:que|cual) (?:empresa|compania)",
        r"de (?:que|cual) (?:empresa|compania|parte)|de parte de quien|te conozco|le conozco|nos conocemos",
        r"de donde (?:llam|escrib|me escrib)\w+",
    ),
    Intent.LATER: pattern(
        r"(?:lo|la) (?:voy a )?pens\w+|pensarmelo|pensarlo",
        r"ahora (?:mismo )?no|no (?:en este momento|ahora|por ahora|de momento|todavia|hoy)|en este momento no",
        r"por ahora no|de momento no|hoy no",
        r"mas (?:tarde|adelante)|luego|despues|otro (?:dia|momento)|otra (?:vez|ocasion)|en unos? (?:dias|meses)",
        r"en unas semanas|el (?:proximo mes|mes que viene|ano que viene|proximo ano)",
        rf"en (?:{_MONTH})|mal momento|no es (?:un )?buen momento",
        r"estoy (?:conduciendo|manejando|en una reunion|trabajando|de vacaciones|ocupad[oa] ahora)",
        r"quizas? (?:mas|luego|despues|otro)",
    ),
    Intent.NOT_INTERESTED: pattern(
        r"no (?:me |nos |le )?(?:interesa\w*|apetece|convence|hace falta)|no est(?:oy|amos) interesad\w+|sin interes",
        r"ningun interes",
        r"^\W*(?:no+|nop|nel)\W*$|no[, ]+(?:muchas )?gracias|gracias[, ]+pero no|paso",
        r"no (?:lo |la |los )?(?:necesit|quier|busc)\w+|est(?:oy|amos) bien asi",
    ),
    Intent.TOO_EXPENSIVE: pattern(
        r"es un robo|una locura|un dineral|una fortuna",
        r"(?:muy|demasiado|bastante|tan|un poco) (?:car[oa]s?|costos[oa])|car[oa]s?(?!\W*\?)",
        r"no (?:me |nos )?(?:lo )?(?:alcanza|puedo permitir|podemos permitir|llega)",
        r"(?:fuera de|sin|no (?:hay|tengo|tenemos)|no entra en|mi|nuestro|el) (?:mi |nuestro |el )?presupuesto",
        r"mas barat[oa]|mucho dinero|demasiado dinero",
    ),
    Intent.HAS_SOLUTION: pattern(
        r"(?:bien|comod\w+) con (?:nuestr[oa]|mi|lo que|el|la)\b.{0,30}",
        r"ya (?:lo |la |los |las )?(?:ten(?:go|emos)|us(?:o|amos)|trabaj(?:o|amos)|cont(?:amos|ratamos)|utiliz\w+|"
        r"hacemos|hago|estoy con|estamos con|compr\w+)",
        r"(?:content|satisfech|feliz|felices)\w* con",
        r"ten(?:go|emos) (?:un |una |otro |otra |nuestro )?(?:proveedor|solucion|agencia|contrato|sistema|herramienta)",
        r"(?:bajo|con) contrato",
    ),
    Intent.NO_TIME: pattern(
        r"ni un (?:minuto|segundo)",
        r"no (?:tengo|tenemos|hay) (?:mucho |nada de )?tiempo|sin tiempo",
        r"(?:muy |demasiado |tan )?(?:ocupad[oa]s?|liad[oa]s?|atareados?|atareada)|me falta tiempo|mucho trabajo",
    ),
    Intent.WANTS_EMAIL: re.compile(
        r"[\w.+-]+@[\w-]+\.\w+|\b(?:por|al|un|mi) (?:correo|e-?mail|mail|escrito)\b"
        r"|\b(?:envi|mand|pas)\w*\b.{0,25}\b(?:correo|e-?mail|mail|informacion|info|detalles|folleto|pdf|enlace|link|"
        r"propuesta|algo)\b|\bpagina web\b"
    ),
    Intent.ASKED_PRICE: re.compile(
        r"^\W*cuanto\W*$|\bcuanto (?:cuesta|vale|es|seria|sale|cobr\w+|me (?:cuesta|sale|costaria)|costaria|valdria)\b|"
        r"\ba cuanto\b"
        r"|\b(?:precios?|costos?|costes?|tarifas?|presupuesto|cotizacion|mensual|descuentos?|gratis|car[oa])\b"
    ),
    Intent.GREETING: re.compile(
        r"^\W*(?:hola|buenas|buenos dias|buen dia|buenas (?:tardes|noches)|que tal|saludos|hey)"
        r"(?:,? \w+)?\W*(?:como (?:esta\w*|andas?)\W*|que tal\W*)?$"
    ),
    Intent.AGREED_TIME: pattern(
        r"(?:me |nos )?(?:va|viene|parece|queda) (?:bien|perfecto|genial)|perfecto|vale|ok|bien|de acuerdo|claro|si",
        r"genial|puedo|podemos|podria\w*|puede\w*",
        r"llam\w+|hablamos|nos vemos|quedamos|agend\w+|reserv\w+|que tal|disponible|libre|hecho|listo|mejor|te espero|le espero",
    ),
    Intent.WANTS_PERSON: pattern(
        r"llam[ea](?:me|nos)|(?:me|nos) (?:llam\w+|puede\w* llamar)",
        r"(?:hablar|comunic\w+) con (?:alguien|una persona|un|el|la|su)|persona real|encargado|responsable|un asesor",
    ),
    Intent.ASKED_WHAT: pattern(
        r"(?:de )?que (?:se trata|trata|es|ofrec\w+|vend\w+|hac(?:en|es|eis)|quier\w+|significa|incluye|oferta)",
        r"(?:sobre|acerca de|para) que",
        r"mas (?:informacion|info|detalles|datos)|(?:saber|conocer|cuent\w+) mas|como funciona|expli\w+",
        r"cuent(?:ame|eme|enme)|en que consiste|dime mas|digame",
    ),
    Intent.THANKS: re.compile(
        r"^\W*(?:(?:ok|vale|perfecto|genial|bien|muy bien|de acuerdo|entendido|listo)\W+)*(?:muchas |mil |muchisimas "
        r")?(?:gracias|se agradece|te agradezco|le agradezco)\b(?!\W+(?:pero|si|me)).{0,30}$"
    ),
    Intent.INTERESTED: pattern(
        r"(?:me|nos) (?:interesa\w*|encantaria|gustaria|gusta|parece (?:bien|interesante|genial))|interesad\w+",
        r"interesante|(?:suena|pinta) (?:bien|interesante|genial)",
        r"si+|sip|claro|por supuesto|vale|ok|okey|okay|dale|de acuerdo|adelante|perfecto|genial|bueno|por que no",
        r"me apunto|cuenta conmigo|con gusto|quiero|quisiera|desde luego",
    ),
    Intent.ASKED_OTHER: re.compile(r"[?¿]|^\W*(?:que|quien|como|cuando|cuanto|donde|cual|por que|puede\w*|tienen?|hay)\b"),
}

REPLIES = {
    "opt_out": ["Entendido. No recibirá más mensajes nuestros."],
    "wrong_number": ["Disculpe la confusión y gracias por avisar. Lo comunicaré para que no vuelva a ocurrir."],
    "asked_if_bot": [
        "Soy un asistente automático{for_us}. Si prefiere hablar con una persona, dígalo y un compañero le contactará."
    ],
    "asked_source": [
        "Desde aquí no puedo verlo. Un compañero lo comprobará y se lo dirá. Si no quiere más mensajes, responda STOP."
    ],
    "asked_source:known": ["Tenemos su número de esta fuente: {source}. Si no quiere más mensajes, responda STOP."],
    "asked_who": ["Soy {sender_of_us}. Disculpe que no fuera más claro. ¿Le cuento en una línea de qué se trata?"],
    "asked_who:known": ["Soy {sender_of_us}. Le escribo por este tema: {topic}. ¿Le interesa?"],
    "later": [
        "Sin problema{name}. ¿Cuándo sería mejor momento para volver a escribirle?",
        "De acuerdo{name}. ¿Qué día le viene mejor?",
    ],
    "later:known": ["Sin problema{name}, queda anotado: {time}. ¡Hasta entonces!"],
    "not_interested": [
        "Entendido{name}, gracias por decírmelo. Si algún día cambia de idea, escríbanos aquí.",
        "Gracias por su franqueza{name}. No insistiré. Puede escribirnos cuando quiera.",
    ],
    "too_expensive": [
        "Le entiendo{name}, tiene que valer la pena. ¿Le ayudaría que un compañero vea qué necesita realmente?",
        "Es razonable{name}. ¿Quiere que un compañero mire qué encaja en su presupuesto? Si nada encaja, se lo diremos.",
    ],
    "has_solution": [
        "Tiene sentido{name}, no hay que cambiar lo que funciona. ¿Hay algo que le gustaría mejorar?",
        "Gracias por contármelo{name}. ¿Hay algo que mejoraría de lo que tiene?",
    ],
    "no_time": [
        "Seré breve{name}: ¿prefiere la información por escrito o una llamada corta otro día?",
        "Entendido{name}. ¿Se lo enviamos por escrito o hay un día mejor?",
    ],
    "wants_email": ["Con gusto{name}. ¿A qué correo se lo enviamos?"],
    "wants_email:known": ["Gracias{name}. Un compañero se lo enviará a esa dirección."],
    "asked_price": [
        "Buena pregunta{name}. No quiero darle una cifra al azar: un compañero le enviará el precio exacto.",
        "Desde aquí no puedo darle un precio{name}. Un compañero le dará la cifra exacta.",
    ],
    "asked_price:known": ["Este es el precio{name}: {price}. ¿Quiere que lo veamos en una llamada corta?"],
    "agreed_time": ["Gracias{name}. Un compañero le confirmará la hora por aquí."],
    "agreed_time:known": ["Gracias{name}, anotado: {time}. Un compañero se lo confirmará por aquí."],
    "wants_person": ["Por supuesto{name}. Un compañero le llamará. ¿A qué hora le viene mejor?"],
    "asked_what": ["Buena pregunta{name}. Un compañero le enviará los detalles, para que sean exactos."],
    "asked_what:known": ["Se trata de lo siguiente{name}: {topic}. ¿Quiere saber más en una llamada corta?"],
    "thanks": ["¡De nada{name}! Escríbame si necesita algo.", "Un placer{name}. Aquí estoy si necesita algo."],
    "interested": [
        "¡Me alegro{name}! ¿Qué día y hora le vienen bien para una llamada corta?",
        "¡Qué bien{name}! ¿Cuándo tendría diez minutos para una llamada?",
    ],
    "interested:known": ["¡Me alegro{name}! Puede elegir la hora que le convenga aquí: {booking_url}"],
    "greeting": ["¡Hola{name}! Soy {sender_of_us}. ¿Es buen momento para una pregunta breve?"],
    "greeting:known": ["¡Hola{name}! Soy {sender_of_us}, por este tema: {topic}. ¿Le interesa?"],
    "asked_other": ["Esa respuesta no la tengo aquí{name}. Un compañero se la dará."],
    "asked_other:known": ["{fact}"],
    "unclear": ["Gracias por su mensaje{name}. Para no equivocarme, un compañero lo leerá y le responderá."],
}

OPENINGS = Openings(
    hello=["Hola {first},", "Buenas {first},"],
    hello_stranger=["Hola,"],
    from_person=["soy {sender} de {us}.", "le escribe {sender} de {us}."],
    from_person_alone=["soy {sender}.", "le escribe {sender}."],
    from_company=["le escribimos de {us}.", "somos {us}."],
    about=["Le escribo por {topic}.", "Le contacto por {topic}."],
    again=["Le escribo de nuevo por {topic}."],
    no_topic=["Tengo una pregunta breve. ¿Tiene un minuto?"],
    hooks={
        frozenset({"title", "company"}): ["Como {title} en {company}, ¿le interesa?", "¿Le sirve como {title} de {company}?"],
        frozenset({"company", "industry"}): ["¿Le serviría a {company} en {industry}?"],
        frozenset({"company"}): ["¿Le interesa para {company}?", "¿Sería útil en {company}?"],
        frozenset({"title"}): ["Como {title}, ¿le interesa?"],
        frozenset({"industry"}): ["¿Le interesa en {industry}?"],
        frozenset(): ["¿Le interesa?", "¿Hablamos unos minutos?"],
    },
    opt_out="Responda STOP para no recibir más.",
)

SPANISH = Language(
    code="es",
    words=words(
        "el la los las un una de del que quien como cuanto cuesta no si gracias hola por para con estoy esta este esto "
        "soy es son me mi mis "
        "su sus te le les se numero quiero interesa interesado interesada ahora manana puede puedo podria usted "
        "ustedes tengo tenemos ya pero "
        "muy mas bueno buenos buenas dias tardes vale claro donde favor llame llameme precio eso equivocado correo "
        "tiempo caro demasiado "
        "semana momento luego hoy tarde nada algo perfecto mensajes informacion necesito necesitamos mejor a y o al lo "
        "cual empresa bien"
    ),
    marks=re.compile(r"[¿¡ñ]|ción\b"),
    patterns=PATTERNS,
    time=TIME,
    replies=REPLIES,
    sender_of_us="{sender} de {us}",
    the_team="el equipo",
    for_us=" de {us}",
    openings=OPENINGS,
    fallbacks={
        "first_name": "",
        "name": "",
        "company": "su empresa",
        "title": "su puesto",
        "industry": "su sector",
        "city": "su zona",
    },
)
