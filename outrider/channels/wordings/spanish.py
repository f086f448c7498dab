"""Spanish wordings, as written in the United States and Latin America; usted, ustedes and tú."""

from __future__ import annotations

from outrider.channels.wordings.rules import Phrases, Wish, Wording, listed

COURTESY = frozenset("por favor gracias ya hola no senor senora ahora mismo inmediatamente".split())  # noqa: SIM905

PHRASES = (
    Phrases(
        Wish.OPT_OUT,
        "es",
        listed("""
            baja, alto, parar, pare, paren, para ya, detener, detente, detenganse, basta, ya basta, cancelar, cancelen
            no mas, ya no, fin, salir, eliminar, borrar, quitar, desuscribir, desuscribirme, dejame, dejenme
        """),
    ),
    Phrases(Wish.OPT_IN, "es", listed("alta, darme de alta, suscribirme, reanudar")),
    Phrases(Wish.HELP, "es", listed("ayuda")),
)

TO_TEXT = r"(?:escrib|mand|env|contact|llam|molest|texte|busqu|mensaje|spame|hostig)\w*"
TEXTS = r"(?:mensajes?|textos|llamadas|sms)"
PAST = r"\b\w+(?:aron|ieron)\b"
LATER = r"\b(?:ahora|hoy|manana|antes|despues|hasta|mientras|por la|mejor|todavia|los (?:lunes|martes|fines|sabados|domingos))\b"
RATHER = r"\b(?:escrib[ae]\w*me|(?:mand|envi)[ae]n?me|mejor|prefiero|por (?:mensaje|texto|whatsapp|correo))\b"

WORDINGS = (
    Wording(
        Wish.OPT_OUT,
        "es",
        "quiero darme de baja",
        r"\b(?:dar\w*|dame|dan|denme|deme|den|dale|causar|pedir|solicito|quiero|pido|deseo) (?:de baja|(?:la|mi) baja$)",
        unless=r"\bno (?:quiero|me den?|me doy)\b",
    ),
    Wording(
        Wish.OPT_OUT,
        "es",
        "ya no me escriban más",
        rf"\b(?:no|ya no|nunca) (?:me|nos) (?:vuelvan? a |sigan? )?{TO_TEXT}"
        r"(?: \w+){0,3}? (?:mas|nunca|jamas|otra vez|de nuevo)\b",
        unless=PAST,
    ),
    Wording(
        Wish.OPT_OUT,
        "es",
        "no vuelvan a llamarme",
        rf"\b(?:no|ya no|nunca) (?:(?:me|nos) )?(?:vuelvan?|vuelvas|volver|sigan?|sigas) (?:a )?{TO_TEXT}"
        r"|\bno (?:escribir|mandar|enviar|contactar|llamar|molestar|textear)(?:me|nos)(?: \w+)? (?:mas|nunca|jamas)\b",
    ),
    Wording(
        Wish.OPT_OUT,
        "es",
        "no me contacten",
        r"\b(?:no|ya no|nunca) (?:me|nos) (?:escriban?|escribas|manden?|mandes|envien?|envies|contacten?|contactes|llamen?|llames"
        r"|molesten?|molestes|texteen?|textees|busquen?|spame\w+)\b",
        LATER,
        RATHER,
    ),
    Wording(
        Wish.OPT_OUT,
        "es",
        "dejen de mandarme mensajes",
        r"\b(?:dejen?|dejes|dejad|deja|paren?|parad|cesen?|basta|alto) (?:ya )?(?:de|a|con)"
        rf" (?:{TO_TEXT}|(?:los |sus |tantos )?{TEXTS})",
        unless=r"\bno (?:dejen?|dejes|paren?)\b",
    ),
    Wording(
        Wish.OPT_OUT,
        "es",
        "no quiero que me llamen",
        r"\b(?:no|ya no) (?:quiero|queremos|deseo|necesito)(?: \w+){0,3}"
        rf" (?:{TEXTS}|(?:molest|escrib|mand|llam|contact)(?:e|a)n?)\b",
        LATER,
        RATHER,
    ),
    Wording(
        Wish.OPT_OUT,
        "es",
        "déjenme en paz",
        rf"\bno mas {TEXTS}\b|\b(?:dejen?|deja)(?:me|nos)? (?:en paz|tranquil[oa]|sol[oa])\b",
    ),
    Wording(
        Wish.OPT_OUT,
        "es",
        "quiten mi número de su lista",
        r"\b(?:quit|borr|elimin|saqu|sac|remuev|retir|suprim)(?:e|a|en|an|ar|es)?(?:me|nos)?(?: \w+)?"
        r" (?:mi (?:numero|nombre|telefono|celular|contacto|informacion)|mis datos|este numero"
        r"|de (?:la|su|sus|esta|tu|tus) (?:lista|listas|base|contactos|sistema))\b",
        unless=r"\bno (?:quit|borr|elimin|saqu)",
    ),
    Wording(
        Wish.OPT_OUT,
        "es",
        "quiero cancelar la suscripción",
        rf"\bdes?suscri\w+\b|\b(?:cancel|anul)\w+ (?:la |mi |esta |los |sus )?(?:suscripcion|{TEXTS})\b",
        unless=r"\bno (?:quiero|me) (?:\w+ )?(?:des?suscri|cancel|anul)",
    ),
    Wording(
        Wish.OPT_IN,
        "es",
        "quiero volver a recibir sus mensajes",
        r"\b(?:dar(?:me|nos)|dame|denme) de alta\b|\b(?:volver a |quiero )(?:re)?suscrib\w+\b"
        r"|\breanud\w+ (?:los |sus )?mensajes\b"
        r"|\bquiero (?:volver a )?recibir (?:sus |los )?mensajes\b",
        unless=r"\bno\b",
    ),
)
