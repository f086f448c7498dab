"""What we write because the law wants it: confirmations of an opt-out, and help."""

from __future__ import annotations

OPTED_OUT = {
    "en": "You have been unsubscribed{brand} and will get no more texts. Reply START to get them again.",
    "es": "Ha cancelado su suscripción{brand} y no recibirá más mensajes. Responda START para volver a recibirlos.",
    "fr": "Vous êtes désinscrit{brand} et ne recevrez plus de SMS. Répondez START pour en recevoir à nouveau.",
    "de": "Sie sind abgemeldet{brand} und erhalten keine SMS mehr. Antworten Sie START, um wieder SMS zu erhalten.",
    "pt": "A sua subscrição{brand} foi cancelada e não receberá mais mensagens. Responda START para voltar a receber.",
    "it": "La sua iscrizione{brand} è stata annullata e non riceverà altri SMS. Risponda START per riceverli di nuovo.",
}
HELP = {
    "en": "You get texts{brand} because you agreed to. Message and data rates may apply. Reply STOP to get no more.",
    "es": "Recibe mensajes{brand} porque dio su consentimiento. Pueden aplicarse tarifas. Responda STOP para no recibir más.",
    "fr": "Vous recevez des SMS{brand} car vous y avez consenti. Des frais peuvent s'appliquer. Répondez STOP pour arrêter.",
    "de": "Sie erhalten SMS{brand}, weil Sie zugestimmt haben. Es können Gebühren anfallen. Antworten Sie STOP zum Abmelden.",
    "pt": "Recebe mensagens{brand} porque deu o seu consentimento. Podem aplicar-se tarifas. Responda STOP para cancelar.",
    "it": "Riceve SMS{brand} perché ha dato il consenso. Possono applicarsi tariffe. Risponda STOP per non riceverne altri.",
}
OF_BRAND = {"en": " from {}", "es": " de {}", "fr": " de {}", "de": " von {}", "pt": " de {}", "it": " da {}"}


def wording(texts: dict[str, str], languages: tuple[str | None, ...], brand: str) -> str:
    """The text in the first of `languages` that there is one for, else in English.

    Args:
        brand: whom the texts speak for; may be empty.
    """
    language = next((code for one in languages if one and (code := one.lower()[:2]) in texts), "en")
    return texts[language].format(brand=OF_BRAND[language].format(brand) if brand else "")
