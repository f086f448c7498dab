"""Sentences of the offline model for the conversation team, beside those of each language's `replies`."""

from __future__ import annotations

QUESTIONS = {
    "en": {
        "need": "what made you look into it now?",
        "timeline": "by when would you like to have this settled?",
        "authority": "is there anybody else who has a say in this?",
        "budget": "what would it have to bring you to be worth it?",
    },
    "es": {
        "need": "¿qué le ha llevado a interesarse ahora?",
        "timeline": "¿para cuándo le gustaría tenerlo resuelto?",
        "authority": "¿hay alguien más que tenga que opinar?",
        "budget": "¿qué tendría que aportarle para que valga la pena?",
    },
    "fr": {
        "need": "qu'est-ce qui vous amène à y penser maintenant ?",
        "timeline": "pour quand aimeriez-vous que ce soit réglé ?",
        "authority": "quelqu'un d'autre a-t-il son mot à dire ?",
        "budget": "que faudrait-il que cela vous apporte pour que cela en vaille la peine ?",
    },
}
"""By factor; each stands after a few words that take up what was said."""

TAKEN_UP = {
    "en": {
        "interested": "Glad to hear it{name}! So that a call is worth your time: {question}",
        "tells": "Thanks{name}, that helps me understand. One more thing: {question}",
        "enough": "Thanks{name}, that helps. Shall we go through it on a short call?",
    },
    "es": {
        "interested": "¡Me alegro{name}! Para que la llamada le sea útil: {question}",
        "tells": "Gracias{name}, eso me ayuda a entenderlo. Una cosa más: {question}",
        "enough": "Gracias{name}, eso ayuda. ¿Lo vemos en una llamada corta?",
    },
    "fr": {
        "interested": "Ravi de l'apprendre{name} ! Pour que l'appel vous soit utile : {question}",
        "tells": "Merci{name}, cela m'aide à comprendre. Encore une chose : {question}",
        "enough": "Merci{name}, cela m'aide. On en parle lors d'un court appel ?",
    },
}

ANSWERS = {
    "en": {
        "fact": "{fact}",
        "fact_and_call": "{fact} Would you like to go through it on a short call?",
        "price_on_call": "I don't want to guess a figure{name}. A short call looks at your own case. Shall we fix one?",
        "not_known": "I don't know that for sure{name}, and I won't guess. A short call would settle it. Shall we fix one?",
        "in_person": "A colleague can tell you that best{name}, on a short call. Shall we fix one?",
        "in_person_again": "That too is best looked at on the call{name}. When would it suit you?",
        "in_person_reminded": "A colleague can tell you that best{name}, on the call.",
        "price_on_call_reminded": "I don't want to guess a figure{name}: the call is there to look at your own case.",
        "not_known_reminded": "I don't know that for sure{name}, and I won't guess. It can be settled on the call.",
    },
    "es": {
        "fact": "{fact}",
        "fact_and_call": "{fact} ¿Quiere que lo veamos en una llamada corta?",
        "price_on_call": "No quiero darle una cifra al azar{name}. Para eso es la llamada corta: se mira su caso. ¿Fijamos una?",
        "not_known": "Eso no lo sé con certeza{name} y no quiero adivinar. Se aclara en una llamada corta. ¿Fijamos una?",
        "in_person": "Eso se lo cuenta mejor un compañero{name}, en una llamada corta. ¿Fijamos una?",
        "in_person_again": "Eso también se ve mejor en la llamada{name}. ¿Cuándo le vendría bien?",
        "in_person_reminded": "Eso se lo cuenta mejor un compañero{name}, en la llamada.",
        "price_on_call_reminded": "No quiero darle una cifra al azar{name}: en la llamada se mira su caso.",
        "not_known_reminded": "Eso no lo sé con certeza{name} y no quiero adivinar. Se aclara en la llamada.",
    },
    "fr": {
        "fact": "{fact}",
        "fact_and_call": "{fact} Souhaitez-vous en parler lors d'un court appel ?",
        "price_on_call": "Je préfère ne pas deviner un chiffre{name}. Un court appel regarde votre cas. On en fixe un ?",
        "not_known": "Je n'en suis pas sûr{name} et préfère ne pas deviner. Un court appel l'éclaircit. On en fixe un ?",
        "in_person": "Un collègue vous le dira mieux que moi{name}, lors d'un court appel. On en fixe un ?",
        "in_person_again": "Cela aussi se voit mieux lors de l'appel{name}. Quand cela vous irait-il ?",
        "in_person_reminded": "Un collègue vous le dira mieux que moi{name}, lors de l'appel.",
        "price_on_call_reminded": "Je préfère ne pas deviner un chiffre{name} : l'appel sert à regarder votre cas.",
        "not_known_reminded": "Je n'en suis pas sûr{name} et préfère ne pas deviner. L'appel l'éclaircira.",
    },
}

OBJECTIONS = {
    "en": {
        "other": "I understand{name}, that's worth taking seriously. What would have to be different for it to make sense?",
        "again": "That's fair{name}, and I won't press. If it ever changes, just text back here.",
    },
    "es": {
        "price": "Es razonable{name}: tiene que valer la pena. ¿Qué tendría que aportarle para que así fuera?",
        "timing": "Está bien{name}, sin ninguna prisa. ¿Cuándo sería mejor momento para retomarlo?",
        "competitor": "Tiene sentido{name}, no hay que cambiar lo que funciona. ¿Hay algo que le gustaría mejorar?",
        "already_have_one": "Me alegra que lo tenga resuelto{name}. Por curiosidad: ¿está contento con ello?",
        "trust": "Es normal preguntarlo{name}. Por mensaje no se firma nada. ¿Qué querría ver antes de confiar?",
        "bad_experience": "Gracias por contármelo{name}. ¿Qué salió mal aquella vez?",
        "no_need": "Puede que no lo necesite{name}. ¿Cómo lo resuelve hoy?",
        "not_the_right_person": "Por supuesto{name}. ¿Lo más sencillo sería una llamada corta con los dos?",
        "no_time": "Seré breve{name}. ¿Le iría mejor una llamada corta un día más tranquilo?",
        "send_information": "Con gusto{name}. ¿Qué es lo que más le interesa saber, para enviarle lo adecuado?",
        "contract": "Se entiende{name}. Por mensaje no se firma nada; un compañero puede explicarle las condiciones.",
        "other": "Le entiendo{name}, hay que tomarlo en serio. ¿Qué tendría que ser distinto para que tuviera sentido?",
        "again": "Es razonable{name} y no insistiré. Si cambia algo, escríbame aquí.",
    },
    "fr": {
        "price": "C'est légitime{name} : il faut que cela en vaille la peine. Que faudrait-il que cela vous apporte ?",
        "timing": "Pas de souci{name}, rien ne presse. Quand serait un meilleur moment pour y revenir ?",
        "competitor": "C'est logique{name}, inutile de changer ce qui marche. Y a-t-il un point que vous aimeriez améliorer ?",
        "already_have_one": "Tant mieux si c'est réglé{name}. Par curiosité : en êtes-vous content ?",
        "trust": "La question est normale{name}. Rien ne se signe par message. Que voudriez-vous voir d'abord ?",
        "bad_experience": "Merci pour votre franchise{name}. Qu'est-ce qui n'a pas marché cette fois-là ?",
        "no_need": "C'est bien possible{name}. Comment faites-vous aujourd'hui ?",
        "not_the_right_person": "Bien sûr{name}. Un court appel à plusieurs serait-il le plus simple ?",
        "no_time": "Je serai bref{name}. Un court appel un jour plus calme vous irait-il mieux ?",
        "send_information": "Avec plaisir{name}. Qu'aimeriez-vous savoir avant tout, pour que j'envoie la bonne chose ?",
        "contract": "Je comprends{name}. Rien ne se signe par message ; un collègue peut vous préciser les conditions.",
        "other": "Je comprends{name}, c'est à prendre au sérieux. Que faudrait-il changer pour que cela ait du sens ?",
        "again": "C'est légitime{name} et je n'insiste pas. Si cela change, écrivez-moi ici.",
    },
}
"""By the objection's key. English says the library's own words."""
