"""French wordings, with and without the spoken language's dropped "ne"."""

from __future__ import annotations

from outrider.channels.wordings.rules import Phrases, Wish, Wording, listed

COURTESY = frozenset("s il te vous plait svp merci bonjour bonsoir maintenant immediatement non".split())  # noqa: SIM905

PHRASES = (
    Phrases(
        Wish.OPT_OUT,
        "fr",
        listed("""
            arret, arreter, arretez, arrete, arretez ca, arrete ca
            desabonner, desabonnement, desinscription, desinscrire, stopper, stoppez
            stop sms, stop pub, annuler, plus de sms, plus de message, plus de messages, ca suffit, supprimer
            laissez moi, retirez moi
        """),
    ),
    Phrases(Wish.OPT_IN, "fr", listed("reabonner, reabonnement, me reabonner, reprendre")),
    Phrases(Wish.HELP, "fr", listed("aide, aidez moi")),
)

TO_TEXT = r"(?:envoy|ecri|contact|appel|derang|text|sollicit|recontact|rappel|harcel|spamm|importun|embet|relanc)\w*"
STOP = r"(?:arret(?:ez|e|er|es|ons)|cess(?:ez|e|er|es)|stopp(?:ez|e|er|es))"
TEXTS = r"(?:messages?|sms|textos?|appels?|mails?|pubs?)"
SOMEBODY = r"\b(?:vous|tu|ca|cela|il|elle|ils|elles|on|personne) (?:ne |n )?(?:me|m|nous)\b"
LATER = r"\b(?:maintenant|aujourd hui|demain|avant|apres|ce (?:soir|matin)|cet|cette|jusqu|pendant|plutot|tout de suite|encore)\b"
RATHER = r"\b(?:plutot|prefere|ecrivez moi|envoyez moi|par (?:sms|message|mail|courriel|ecrit))\b"
NEGATED = r"\bn arret\w+ pas\b|\bne (?:cess|stopp)\w+ pas\b"

WORDINGS = (
    Wording(
        Wish.OPT_OUT,
        "fr",
        "arrêtez de m'envoyer des messages",
        rf"\b{STOP}(?: (?:svp|tout de suite))?(?: (?:de|d))?(?: (?:me|m|nous))? {TO_TEXT}",
        unless=NEGATED,
    ),
    Wording(
        Wish.OPT_OUT,
        "fr",
        "stop aux messages",
        rf"\b(?:{STOP}|stop)(?: (?:avec|a|aux|les|vos|ces|tous|tes|l envoi|de|des))+ {TEXTS}\b",
        unless=NEGATED,
    ),
    Wording(
        Wish.OPT_OUT,
        "fr",
        "ne me contactez plus",
        rf"\b(?:me|m|nous) {TO_TEXT} (?:jamais|plus(?! (?:tard|tot|vite|souvent|rapidement|d info\w*|de details)))\b",
        unless=SOMEBODY,
    ),
    Wording(Wish.OPT_OUT, "fr", "merci de ne plus m'écrire", rf"\bne (?:plus|jamais) (?:me|m|nous) {TO_TEXT}"),
    Wording(Wish.OPT_OUT, "fr", "ne m'appelez pas", rf"\b(?:me|m|nous) {TO_TEXT} pas\b", f"{SOMEBODY}|{LATER}", RATHER),
    Wording(
        Wish.OPT_OUT,
        "fr",
        "je ne veux plus recevoir vos sms",
        r"\b(?:veux|souhaite|desire|voudrais|voulons)(?: \w+)? (?:plus|pas)(?: \w+){0,3}"
        rf" (?:{TEXTS}|recevoir|contacte\w*|sollicite\w*|derange\w*|liste)\b",
        LATER,
        RATHER,
    ),
    Wording(Wish.OPT_OUT, "fr", "désabonnez-moi", r"\bdes(?:abonn|inscri)\w+", unless=r"\bpas (?:me |m )?des(?:abonn|inscri)"),
    Wording(
        Wish.OPT_OUT,
        "fr",
        "supprimez mon numéro de votre liste",
        r"\b(?:supprim|effac|enlev|retir|ot|ray|sort)(?:e|ez|er|es|ir)(?: moi| nous| svp)*"
        r"(?: de (?:votre|vos|la|cette|ta|tes) (?:liste|listes|base|fichiers?|contacts?)"
        r"| (?:mon|ce) (?:numero|nom|contact|telephone)| mes (?:donnees|coordonnees|infos|informations))\b",
        unless=r"\bne (?:supprim|effac|enlev|retir)",
    ),
    Wording(
        Wish.OPT_OUT,
        "fr",
        "laissez-moi tranquille",
        r"\b(?:laisse[zs]?|fichez|foutez)(?: (?:moi|nous)) (?:tranquilles?|la paix|en paix)\b|\blachez moi\b",
    ),
    Wording(
        Wish.OPT_IN,
        "fr",
        "réabonnez-moi",
        r"\b(?:re ?abonn|reinscri)\w+\b|\breprendre (?:les |vos )?(?:messages|sms)\b",
        unless=r"\b(?:pas|plus)\b",
    ),
)
