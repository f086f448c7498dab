"""Sentences that code says, word for word, because they must be true or must not be argued with: confirmations, apologies,
holding answers. In the languages that the rules read; whoever writes in another one is answered by the model instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from outrider.agents.base import Slot

SENTENCES: dict[str, dict[str, str]] = {
    "en": {
        "person": "Of course{name}. A colleague will get back to you here.",
        "angry": "I'm sorry about that{name}. A colleague will look at this in person and get back to you.",
        "unsure": "Thanks for your message{name}. To get this right, I'll have a colleague read it and answer you.",
        "stuck": "I don't want to keep guessing{name}. A colleague who knows will answer you here.",
        "booked": "Done{name}: {time}. You'll hear from us then. If it doesn't suit you after all, just text me here.",
        "moved": "Done{name}, I've moved it to {time}. If that doesn't suit you after all, just text me here.",
        "cancelled": "No problem{name}, I've cancelled it. If you'd like another time, just text me here.",
        "no_meeting": "There's no meeting of ours to cancel{name}, so nothing will happen. Would you like to fix a time?",
        "offer": "Gladly{name}. For a short call I could offer {times}. Which one suits you?",
        "offer_one": "Gladly{name}. I could offer {times}. Shall I book it?",
        "not_free": "That time isn't free, I'm afraid. I could offer {times}. Which one suits you?",
        "just_taken": "Sorry{name}, that time was taken a moment ago. I still have {times}. Shall I book it?",
        "none_then": "I have nothing free then, I'm afraid. I could offer {times}. Which one suits you?",
        "only_draft": "{time} is free{name}. Shall I book it for you?",
        "none_free": "I don't have a free time then, I'm afraid. Which other day would suit you?",
        "no_calendar": "Thanks{name}. A colleague will confirm the time with you here.",
        "no_calendar_time": "Thanks{name}, noted: {time}. A colleague will confirm it with you here.",
        "which_day": "Gladly{name}. Which day and time would suit you for a short call?",
        "later": "No problem{name}, I've noted {time}. We'll get back to you then!",
        "when_then": "No problem{name}. When would be a better time to get back to you?",
        "wrong_person": "Sorry for the mix-up, and thanks for telling me. I'll pass that on so that it doesn't happen again.",
        "no_texts": "Understood. A colleague will see to it that you are left in peace. You can also reply STOP at any time.",
        "renewed": "Noted{name}, thanks! For the call: would {times} suit you, or is another day better?",
        "renewed_again": "Good to know{name}, I've noted that too. When shall we talk: {times}?",
        "others": "There are other times as well{name}: {times}. Or would another day be better?",
        "another_day": "Which day and time would be best for you{name}? I'll see what is free then.",
        "still_open": "As for the call: does {times} suit you?",
        "still_open_again": "And the call, would {times} do, or is another day better?",
        "still_open_short": "And which of the times for the call suits you?",
        "or": "or",
    },
    "es": {
        "person": "Por supuesto{name}. Un compañero le contestará por aquí.",
        "angry": "Lo siento{name}. Un compañero lo mirará personalmente y le contestará.",
        "unsure": "Gracias por su mensaje{name}. Para no equivocarme, un compañero lo leerá y le responderá.",
        "stuck": "No quiero seguir adivinando{name}. Un compañero que lo sabe le responderá por aquí.",
        "booked": "Hecho{name}: {time}. Entonces hablamos. Si al final no le viene bien, escríbame aquí.",
        "moved": "Hecho{name}, lo he cambiado: {time}. Si al final no le viene bien, escríbame aquí.",
        "cancelled": "Sin problema{name}, queda cancelada. Si quiere otra hora, escríbame aquí.",
        "no_meeting": "No hay ninguna cita que cancelar{name}, así que no pasará nada. ¿Quiere fijar una hora?",
        "offer": "Con gusto{name}. Para una llamada corta puedo ofrecerle {times}. ¿Cuál le viene bien?",
        "offer_one": "Con gusto{name}. Puedo ofrecerle {times}. ¿La reservo?",
        "not_free": "Esa hora no está libre, lo siento. Puedo ofrecerle {times}. ¿Cuál le viene bien?",
        "just_taken": "Disculpe{name}, esa hora se acaba de ocupar. Todavía tengo {times}. ¿La reservo?",
        "none_then": "Entonces no tengo nada libre, lo siento. Puedo ofrecerle {times}. ¿Cuál le viene bien?",
        "only_draft": "Está libre{name}: {time}. ¿Se la reservo?",
        "none_free": "Entonces no tengo ninguna hora libre, lo siento. ¿Qué otro día le vendría bien?",
        "no_calendar": "Gracias{name}. Un compañero le confirmará la hora por aquí.",
        "no_calendar_time": "Gracias{name}, anotado: {time}. Un compañero se lo confirmará por aquí.",
        "which_day": "Con gusto{name}. ¿Qué día y hora le vienen bien para una llamada corta?",
        "later": "Sin problema{name}, queda anotado: {time}. ¡Hablamos entonces!",
        "when_then": "Sin problema{name}. ¿Cuándo sería mejor momento para volver a escribirle?",
        "wrong_person": "Disculpe la confusión y gracias por avisar. Lo comunicaré para que no vuelva a ocurrir.",
        "no_texts": "Entendido. Un compañero se ocupará de que no le molestemos más. También puede responder STOP.",
        "renewed": "¡Anotado{name}, gracias! Para la llamada: ¿le viene bien {times}, o prefiere otro día?",
        "renewed_again": "Bueno saberlo{name}, también lo he anotado. ¿Cuándo hablamos: {times}?",
        "others": "También hay otras horas{name}: {times}. ¿O le viene mejor otro día?",
        "another_day": "¿Qué día y hora le vendrían mejor{name}? Miro qué hay libre.",
        "still_open": "En cuanto a la llamada: ¿le viene bien {times}?",
        "still_open_again": "Y para la llamada, ¿le iría bien {times}, o mejor otro día?",
        "still_open_short": "¿Y cuál de las horas para la llamada le viene bien?",
        "or": "o",
    },
    "fr": {
        "person": "Bien sûr{name}. Un collègue vous répondra ici.",
        "angry": "Je suis désolé{name}. Un collègue va regarder cela personnellement et vous répondre.",
        "unsure": "Merci pour votre message{name}. Pour ne pas me tromper, je laisse un collègue le lire et vous répondre.",
        "stuck": "Je préfère ne pas deviner{name}. Un collègue qui le sait vous répondra ici.",
        "booked": "C'est fait{name} : {time}. À ce moment-là ! Si cela ne vous convient plus, écrivez-moi ici.",
        "moved": "C'est fait{name}, je l'ai déplacé : {time}. Si cela ne vous convient plus, écrivez-moi ici.",
        "cancelled": "Pas de souci{name}, c'est annulé. Si vous voulez une autre heure, écrivez-moi ici.",
        "no_meeting": "Il n'y a pas de rendez-vous à annuler{name}, il ne se passera donc rien. Voulez-vous fixer une heure ?",
        "offer": "Avec plaisir{name}. Pour un court appel, je peux vous proposer {times}. Qu'est-ce qui vous convient ?",
        "offer_one": "Avec plaisir{name}. Je peux vous proposer {times}. Je réserve ?",
        "not_free": "Cette heure n'est pas libre, désolé. Je peux vous proposer {times}. Qu'est-ce qui vous convient ?",
        "just_taken": "Désolé{name}, cette heure vient d'être prise. J'ai encore {times}. Je réserve ?",
        "none_then": "Je n'ai rien de libre à ce moment-là, désolé. Je peux proposer {times}. Qu'est-ce qui vous convient ?",
        "only_draft": "C'est libre{name} : {time}. Je réserve pour vous ?",
        "none_free": "Je n'ai pas d'heure libre à ce moment-là, désolé. Quel autre jour vous conviendrait ?",
        "no_calendar": "Merci{name}. Un collègue vous confirmera l'heure ici.",
        "no_calendar_time": "Merci{name}, c'est noté : {time}. Un collègue vous le confirmera ici.",
        "which_day": "Avec plaisir{name}. Quel jour et quelle heure vous conviendraient pour un court appel ?",
        "later": "Pas de souci{name}, c'est noté : {time}. À ce moment-là !",
        "when_then": "Pas de souci{name}. Quand serait un meilleur moment pour revenir vers vous ?",
        "wrong_person": "Je suis désolé pour l'erreur, merci de l'avoir dit. Je transmets, pour que cela ne se reproduise pas.",
        "no_texts": "C'est noté. Un collègue veillera à ce qu'on vous laisse tranquille. Vous pouvez aussi répondre STOP.",
        "renewed": "C'est noté{name}, merci ! Pour l'appel : {times}, est-ce que cela vous va, ou plutôt un autre jour ?",
        "renewed_again": "Bon à savoir{name}, c'est noté aussi. Quand se parle-t-on : {times} ?",
        "others": "Il y a aussi d'autres heures{name} : {times}. Ou préférez-vous un autre jour ?",
        "another_day": "Quel jour et quelle heure vous iraient le mieux{name} ? Je regarde ce qui est libre.",
        "still_open": "Pour l'appel : {times}, est-ce que cela vous convient ?",
        "still_open_again": "Et pour l'appel, {times} vous irait-il, ou plutôt un autre jour ?",
        "still_open_short": "Et laquelle des heures pour l'appel vous convient ?",
        "or": "ou",
    },
}
"""`{name}` is a comma and the first name, or nothing."""

DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
    "fr": ("lun", "mar", "mer", "jeu", "ven", "sam", "dim"),
}
MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    "fr": ("janv", "févr", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov", "déc"),
}
LONGEST_NAME = 24


def speaks(language: str) -> bool:
    """Whether code has sentences in this language."""
    return language in SENTENCES


def say(language: str, key: str, *, name: str = "", **values: str) -> str:
    """The sentence of this key, in English for a language that code does not speak."""
    spoken = SENTENCES.get(language, SENTENCES["en"])
    first = first_name(name)
    return spoken[key].format(name=f", {first}" if first else "", **values)


def first_name(name: str) -> str:
    """The first of a lead's names, if it looks like one."""
    word = (name.split() or [""])[0].strip(",.")
    return word if word.replace("-", "").replace("'", "").isalpha() and len(word) <= LONGEST_NAME else ""


def time_label(slot: Slot, zone: ZoneInfo, language: str) -> str:
    """A slot as it is written to a lead, in their zone: `Tue, Nov 24 at 10:00 am`."""
    return moment_label(slot.starts_at, zone, language)


def moment_label(moment: datetime, zone: ZoneInfo, language: str) -> str:
    here = moment.astimezone(zone)
    spoken = language if language in DAYS else "en"
    day, month = DAYS[spoken][here.weekday()], MONTHS[spoken][here.month - 1]
    match spoken:
        case "es":
            return f"{day} {here.day} {month} a las {here.hour}:{here.minute:02}"
        case "fr":
            return f"{day} {here.day} {month} à {here.hour}h{here.minute:02}"
    hour = here.hour % 12 or 12
    return f"{day}, {month} {here.day} at {hour}:{here.minute:02} {'am' if here.hour < 12 else 'pm'}"


def day_label(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """A day without its hour: `Mon, Nov 30`."""
    here = moment.astimezone(zone)
    spoken = language if language in DAYS else "en"
    day, month = DAYS[spoken][here.weekday()], MONTHS[spoken][here.month - 1]
    return f"{day}, {month} {here.day}" if spoken == "en" else f"{day} {here.day} {month}"


def listed(labels: Sequence[str], zone_name: str, language: str) -> str:
    """Several times in one phrase, with the zone that they are in: `A, B or C (CST)`."""
    joined = labels[0] if len(labels) == 1 else f"{'; '.join(labels[:-1])} {say(language, 'or')} {labels[-1]}"
    return f"{joined} ({zone_name})" if zone_name else joined


def listed_slots(slots: Sequence[Slot], zone: ZoneInfo, language: str) -> str:
    """Slots in one phrase, in the lead's zone and with its name."""
    return listed([time_label(slot, zone, language) for slot in slots], zone_label(zone, slots[0].starts_at), language)


def zone_label(zone: ZoneInfo, moment: datetime) -> str:
    """What people call the zone at that time: `CST`; `UTC+05:30` for one without a name."""
    name = moment.astimezone(zone).tzname() or "UTC"
    if name.isalpha():
        return name
    offset = moment.astimezone(zone).strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"
