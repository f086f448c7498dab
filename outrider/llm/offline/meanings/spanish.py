"""What leads mean in Spanish."""

from __future__ import annotations

from outrider.llm.offline.language import pattern
from outrider.llm.offline.meanings.base import Meanings

SPANISH = Meanings(
    meeting=pattern(
        r"(?:podemos|podriamos|queremos|quiero|quisiera|me gustaria) (?:\w+ ){0,2}(?:hablar|una llamada|reunirnos|vernos"
        r"|agendar)",
        r"(?:agend\w+|program\w+|reserv\w+|hac\w+|fij\w+|concert\w+) (?:\w+ ){0,2}(?:llamada|cita|reunion)|llam[ea](?:me|nos)"
        r"|hablemos",
        r"cuando (?:podemos|pueden|puede) (?:hablar|llamar)|que horas? (?:tiene|hay)|una llamada (?:corta|estaria|me)",
    ),
    moves=pattern(
        r"(?:mover|cambiar|aplazar|posponer|reprogramar|retrasar)\b.{0,20}\b(?:cita|llamada|reunion|hora|la)",
        r"no (?:voy a )?(?:puedo|poder) (?:ir|llegar|asistir)|me ha surgido algo|otr[oa] (?:hora|dia)",
    ),
    cancels=pattern(r"(?:cancel|anul)\w+\b.{0,20}\b(?:cita|llamada|reunion|la|hora)|cancel[ae]la|anul[ae]la"),
    who_decides=pattern(
        r"(?:preguntar\w*|consultar\w*|hablar\w*|comentar\w*|ver\w*)\b.{0,20}\b(?:con |a )?(?:mi|mis|nuestr[oa]|el|la) "
        r"(?:jefe|jefa|soci[oa]s?|mujer|marido|equipo|director\w?|gerente|companer[oa]s?|duen[oa])",
        r"no (?:lo )?decido|no es mi decision|no depende de mi",
    ),
    objections=(
        (
            "bad_experience",
            pattern(
                r"(?:ya )?(?:lo )?(?:probamos|intentamos|probe|intente)\b.{0,40}|mala experiencia"
                r"|no (?:nos )?funciono"
            ),
        ),
        ("trust", pattern(r"estafa\w*|fraude|timo|es (?:esto )?(?:real|de verdad)|no me fio|demasiado bueno|como se que")),
        (
            "no_need",
            pattern(
                r"no (?:se|estoy segur[oa]|estamos segur[oa]s)\b.{0,12}\b(?:si|de que|que) lo neces\w+"
                r"|no (?:le )?veo (?:el )?sentido|para que"
            ),
        ),
        ("competitor", pattern(r"(?:trabaj\w+|estamos) (?:ya )?con (?:otr[oa]|alguien|una empresa)|ya trabajamos con")),
        ("contract", pattern(r"permanencia|firmar nada|atad[oa]s?")),
    ),
    facts=(
        (
            "need",
            0.9,
            "Has been looking for this",
            pattern(
                r"(?:estamos|estaba|estabamos|estoy) buscando\b.{0,30}"
                r"|justo lo que|necesitamos (?!pensar|hablar).{3,40}"
            ),
        ),
        (
            "need",
            0.6,
            "Says that they are interested",
            pattern(
                r"(?<!no )(?:me|nos) interesa\w*|(?<!no estoy )interesad[oa]s?"
                r"|suena bien|me gustaria saber"
            ),
        ),
        ("need", -0.9, "Sees no need", pattern(r"no (?:lo |la )?neces\w+|no (?:me|nos) interesa\w*|no hace falta")),
        (
            "need",
            -0.4,
            "Has somebody or something for it already",
            pattern(
                r"ya (?:tenemos|tengo|trabajamos|trabajo"
                r"|usamos)\b.{0,25}"
            ),
        ),
        (
            "timeline",
            0.9,
            "Wants it soon",
            pattern(
                r"lo antes posible|cuanto antes|urgente|esta semana|este mes"
                r"|antes de (?:fin|que)\b.{0,20}|ya mismo"
            ),
        ),
        (
            "timeline",
            0.6,
            "Wants to talk soon",
            pattern(
                r"(?:hablar|hablamos|llam\w+)\b.{0,15}\b(?:hoy|manana|esta semana"
                r"|semana que viene)"
            ),
        ),
        ("timeline", -0.4, "Not before long", pattern(r"ahora no|este ano no|en un mes|el ano que viene|sin prisa|mas adelante")),
        (
            "authority",
            1.0,
            "Decides",
            pattern(
                r"soy (?:el |la )?(?:duen[oa]|propietari[oa]|jef[ea]|ceo|gerente)|yo decido"
                r"|mi (?:propia )?empresa|decido yo"
            ),
        ),
        (
            "authority",
            -0.4,
            "Somebody else decides",
            pattern(
                r"(?:preguntar\w*|consultar\w*|hablar\w*)\b.{0,15}\bmi (?:jefe"
                r"|jefa|soci[oa]|mujer|marido)|no (?:lo )?decido|no es mi decision"
            ),
        ),
        (
            "budget",
            0.8,
            "There is money for it",
            pattern(
                r"(?:tenemos|tengo|hay) (?:un )?presupuesto"
                r"|presupuesto (?:es )?de \d|el dinero no es problema"
            ),
        ),
        (
            "budget",
            -0.9,
            "There is no money for it",
            pattern(
                r"(?:no (?:hay|tengo|tenemos)|sin) (?:\w+ ){0,2}(?:presupuesto"
                r"|dinero)|no (?:me|nos) (?:lo )?pod\w+ permitir"
            ),
        ),
        ("budget", -0.5, "Finds it expensive", pattern(r"(?:muy|demasiado|tan|bastante) (?:car[oa]s?|costos[oa])")),
        (
            "metrics",
            0.5,
            "Would judge it by a figure",
            pattern(
                r"cuanto (?:ahorr\w+|nos ahorr\w+)|ahorro|retorno"
                r"|\d+ (?:personas|empleados|vehiculos|metros)"
            ),
        ),
        (
            "decision_criteria",
            0.3,
            "Names what matters in choosing",
            pattern(
                r"referencias?|prueba gratis|garantia"
                r"|hay contrato|lo mas importante"
            ),
        ),
    ),
)
