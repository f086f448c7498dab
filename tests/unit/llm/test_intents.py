"""What leads write, and what it means. The texts are the specification of the offline model's rules."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.llm.offline import Intent, classify, detect_language
from outrider.llm.offline.intents import find_time

ENGLISH = {
    Intent.INTERESTED: [
        "Yes",
        "Sure, why not",
        "I'm interested",
        "Sounds good!",
        "ok",
        "Yeah that could be interesting",
        "We'd be open to a chat",
        "Absolutely",
        "go ahead",
        "Count me in 👍",
        "Yes please",
        "Very much interested, let's talk",
    ],
    Intent.ASKED_PRICE: [
        "How much is it?",
        "what does it cost",
        "Whats the price",
        "Can you send me a quote?",
        "What are your rates?",
        "Is it expensive?",
        "Yes but how much",
        "what do you charge per month",
        "Is there any fee?",
    ],
    Intent.ASKED_WHAT: [
        "What is this about?",
        "What do you offer?",
        "tell me more",
        "More info please",
        "How does it work?",
        "Can you explain?",
        "I want to know more",
        "what's this regarding?",
        "What do you guys do? What do you sell?",
    ],
    Intent.ASKED_WHO: [
        "Who is this?",
        "who's this",
        "who are you",
        "What company are you with?",
        "Do I know you?",
        "Sorry, who dis",
        "Where are you calling from?",
    ],
    Intent.ASKED_SOURCE: [
        "How did you get my number?",
        "Where did you get this number from",
        "who gave you my number??",
        "Where'd you find my contact info",
        "Why do you have my number",
    ],
    Intent.ASKED_IF_BOT: [
        "Are you a bot?",
        "is this a real person",
        "Am I talking to a human?",
        "r u a robot",
        "Is this automated?",
        "are you real",
    ],
    Intent.TOO_EXPENSIVE: [
        "That's too expensive for us",
        "we can't afford that",
        "No budget this year",
        "It's not in our budget",
        "Too much money",
        "Do you have anything cheaper",
        "Seems pretty pricey",
    ],
    Intent.HAS_SOLUTION: [
        "We already have a vendor for that",
        "I already use a competitor",
        "We're happy with our current provider",
        "already covered thanks",
        "We do this in-house",
        "We are under contract until 2027",
        "I have a guy for that. Working with another agency",
        "we've already signed with someone",
    ],
    Intent.NO_TIME: ["I don't have time for this", "No time", "Too busy", "I'm swamped", "We are super busy"],
    Intent.NOT_INTERESTED: [
        "Not interested",
        "no",
        "No thanks",
        "nope",
        "I'm not really interested",
        "We don't need this",
        "not for us",
        "I'll pass",
        "we're good",
        "No, thank you.",
        "We are not looking for anything like that",
    ],
    Intent.WANTS_EMAIL: [
        "Send me an email",
        "Can you email me the details?",
        "just send info",
        "send me a brochure",
        "maria@acme.com",
        "Please email it to maria.silva@acme.co.uk",
        "Do you have a website?",
        "can you put it in writing",
    ],
    Intent.LATER: [
        "Not right now",
        "Maybe later",
        "try me again in a few months",
        "Not a good time",
        "Check back in January",
        "Next quarter maybe",
        "I'm driving",
        "Not interested right now, maybe next year",
        "in a meeting, text you later",
        "Busy at the moment",
        "Can you get back to me in two weeks",
    ],
    Intent.AGREED_TIME: [
        "Tomorrow at 3 works",
        "Tuesday 10am is good",
        "How about Thursday afternoon?",
        "Let's do Monday at noon",
        "Call me tomorrow at 9:30",
        "3pm",
        "Yes, Friday",
        "I'm free on Wednesday",
        "Can you do next week?",
        "Sure, in an hour",
    ],
    Intent.WANTS_PERSON: [
        "Call me",
        "Can I speak to someone?",
        "I want to talk to a person",
        "please give me a call",
        "Let me speak with your manager",
        "can you call",
    ],
    Intent.WRONG_NUMBER: [
        "Wrong number",
        "you have the wrong person",
        "This isn't Maria",
        "I'm not John",
        "He no longer works here",
        "Nobody here by that name",
        "This is not her number",
    ],
    Intent.OPT_OUT: [
        "STOP",
        "Stop texting me",
        "Unsubscribe",
        "Please remove me from your list",
        "take me off your list",
        "Don't text me again",
        "leave me alone",
        "opt out",
        "Do not contact me",
        "lose my number",
        "no more texts please",
        "stop!!",
    ],
    Intent.GREETING: ["Hi", "Hello there", "Hey!", "Good morning", "hi Ada"],
    Intent.THANKS: ["Thanks", "Thank you so much!", "ok thanks", "Great, thank you", "Appreciate it", "thx", "Cool, cheers"],
    Intent.ASKED_OTHER: [
        "Do you work with hospitals?",
        "What are your opening hours?",
        "Is there parking?",
        "Which countries are you in?",
        "Does it integrate with Salesforce?",
    ],
    Intent.UNCLEAR: ["asdf", "purple", "", "....", "The weather"],
}

SPANISH = {
    Intent.INTERESTED: ["Sí", "Me interesa", "claro que sí", "Suena bien", "Vale, adelante", "Por qué no", "Me gustaría"],
    Intent.ASKED_PRICE: ["¿Cuánto cuesta?", "Qué precio tiene", "a cuanto sale", "¿Cuáles son sus tarifas?", "¿Es caro?"],
    Intent.ASKED_WHAT: ["¿De qué se trata?", "Más información por favor", "¿Qué ofrecen?", "¿Cómo funciona?", "Cuénteme más"],
    Intent.ASKED_WHO: ["¿Quién eres?", "¿Quién es usted?", "¿De qué empresa?", "¿Con quién hablo?"],
    Intent.ASKED_SOURCE: [
        "¿Cómo consiguió mi número?",
        "¿De dónde sacaron mi teléfono?",
        "¿Quién le dio mi número?",
        "Cómo tienen mis datos",
    ],
    Intent.ASKED_IF_BOT: ["¿Eres un robot?", "¿Es usted una persona real?", "¿Estoy hablando con un bot?"],
    Intent.TOO_EXPENSIVE: ["Es demasiado caro", "No tenemos presupuesto", "Muy caro para nosotros", "¿Hay algo más barato?"],
    Intent.HAS_SOLUTION: ["Ya tenemos proveedor", "Ya trabajamos con otra empresa", "Estamos contentos con lo que tenemos"],
    Intent.NO_TIME: ["No tengo tiempo", "Estoy muy ocupado", "Ando muy liada"],
    Intent.NOT_INTERESTED: ["No me interesa", "No gracias", "no", "No estoy interesada", "No lo necesitamos", "Gracias, pero no"],
    Intent.WANTS_EMAIL: ["Envíeme un correo", "Mándame la información", "Por email mejor", "ana@empresa.es"],
    Intent.LATER: ["Ahora no", "Más tarde", "En este momento no puedo", "Quizás el próximo mes", "Estoy manejando", "Otro día"],
    Intent.AGREED_TIME: ["Mañana a las 3", "El martes me va bien", "Perfecto, el jueves por la tarde", "Llámeme mañana a las 10"],
    Intent.WANTS_PERSON: ["Llámame", "Quiero hablar con una persona", "¿Me puede llamar?"],
    Intent.WRONG_NUMBER: ["Número equivocado", "Se equivocó de persona", "No soy María", "Ya no trabaja aquí"],
    Intent.OPT_OUT: ["No me escriba más", "Deje de molestar", "Dar de baja", "Borren mi número", "Déjeme en paz", "STOP"],
    Intent.GREETING: ["Hola", "Buenos días", "Buenas tardes"],
    Intent.THANKS: ["Gracias", "Muchas gracias!", "Vale, gracias", "Perfecto, muchas gracias"],
    Intent.ASKED_OTHER: ["¿Trabajan con hospitales?", "¿Dónde están ubicados?"],
}

FRENCH = {
    Intent.INTERESTED: ["Oui", "Ça m'intéresse", "Pourquoi pas", "D'accord", "Avec plaisir", "Je veux bien", "Oui, volontiers"],
    Intent.ASKED_PRICE: ["Combien ça coûte ?", "C'est quoi le prix", "Quels sont vos tarifs ?", "C'est combien", "C'est cher ?"],
    Intent.ASKED_WHAT: [
        "C'est à quel sujet ?",
        "De quoi s'agit-il ?",
        "J'aimerais en savoir plus",
        "Comment ça marche ?",
        "C'est quoi ?",
    ],
    Intent.ASKED_WHO: ["Qui êtes-vous ?", "C'est qui ?", "Qui est-ce", "De quelle société ?"],
    Intent.ASKED_SOURCE: [
        "Comment avez-vous eu mon numéro ?",
        "D'où tenez-vous mes coordonnées ?",
        "Qui vous a donné mon numéro",
    ],
    Intent.ASKED_IF_BOT: ["Êtes-vous un robot ?", "C'est un bot ?", "Je parle à une vraie personne ?"],
    Intent.TOO_EXPENSIVE: ["C'est trop cher", "On n'a pas le budget", "Hors budget", "Vous avez moins cher"],
    Intent.HAS_SOLUTION: [
        "Nous avons déjà un prestataire",
        "On a déjà ce qu'il faut",
        "Je suis déjà équipé",
        "Nous sommes sous contrat",
    ],
    Intent.NO_TIME: ["Je n'ai pas le temps", "Pas le temps", "Je suis débordé", "Trop occupée"],
    Intent.NOT_INTERESTED: [
        "Pas intéressé",
        "Non merci",
        "non",
        "Ça ne m'intéresse pas",
        "On n'en a pas besoin",
        "Merci mais non",
    ],
    Intent.WANTS_EMAIL: ["Envoyez-moi un mail", "Pouvez-vous m'envoyer la brochure ?", "Par email svp", "jean@societe.fr"],
    Intent.LATER: [
        "Pas maintenant",
        "Plus tard",
        "Rappelez-moi dans deux semaines",
        "Je suis en réunion",
        "Le mois prochain peut-être",
    ],
    Intent.AGREED_TIME: ["Demain à 15h", "Mardi me convient", "Jeudi matin c'est parfait", "Appelez-moi demain à 10h"],
    Intent.WANTS_PERSON: ["Appelez-moi", "Je veux parler à quelqu'un", "Pouvez-vous me rappeler"],
    Intent.WRONG_NUMBER: ["Mauvais numéro", "Vous vous trompez de personne", "Je ne suis pas Marie", "Faux numéro"],
    Intent.OPT_OUT: ["Arrêtez de m'écrire", "Ne me contactez plus", "Désinscription", "Retirez-moi de votre liste", "STOP"],
    Intent.GREETING: ["Bonjour", "Salut", "Bonsoir"],
    Intent.THANKS: ["Merci", "Merci beaucoup", "D'accord, merci", "Parfait merci !"],
    Intent.ASKED_OTHER: ["Travaillez-vous avec des hôpitaux ?", "Où êtes-vous situés ?"],
}


MORE = [
    ("en", "How'd u get this #?", Intent.ASKED_SOURCE),
    ("en", "Hey who is this lol", Intent.ASKED_WHO),
    ("en", "yes, what would that run me?", Intent.ASKED_PRICE),
    ("en", "Not at this time, thank you", Intent.LATER),
    ("en", "we've got somebody already", Intent.HAS_SOLUTION),
    ("en", "I think you texted the wrong guy", Intent.WRONG_NUMBER),
    ("en", "pls stop", Intent.OPT_OUT),
    ("en", "ok sounds great, when can we talk?", Intent.INTERESTED),
    ("en", "Thursday after 2 would be best", Intent.AGREED_TIME),
    ("en", "sure, give me a ring tomorrow morning", Intent.AGREED_TIME),
    ("en", "is that per user or flat?", Intent.ASKED_OTHER),
    ("en", "can't, money is tight", Intent.TOO_EXPENSIVE),
    ("en", "shoot me something over email", Intent.WANTS_EMAIL),
    ("en", "What's in it for me?", Intent.ASKED_WHAT),
    ("en", "im good thanks", Intent.NOT_INTERESTED),
    ("en", "Who do you work for?", Intent.ASKED_WHO),
    ("en", "I'm on vacation until the 10th", Intent.LATER),
    ("en", "Are you AI?", Intent.ASKED_IF_BOT),
    ("en", "I never gave you my number", Intent.ASKED_SOURCE),
    ("en", "please don't call this number again", Intent.OPT_OUT),
    ("en", "Got any references?", Intent.ASKED_OTHER),
    ("en", "maybe, depends on the price", Intent.ASKED_PRICE),
    ("en", "Hm, what exactly are you selling?", Intent.ASKED_WHAT),
    ("en", "works for me", Intent.INTERESTED),
    ("en", "Hola", Intent.GREETING),
    ("en", "k", Intent.INTERESTED),
    ("en", "no problem, tomorrow works", Intent.AGREED_TIME),
    ("en", "I'm not the right person, talk to Bob", Intent.WRONG_NUMBER),
    ("en", "we just bought something like this", Intent.HAS_SOLUTION),
    ("en", "hit me up next spring", Intent.LATER),
    ("en", "Thanks for reaching out but we're all set", Intent.NOT_INTERESTED),
    ("en", "Too long, didn't read. What do you want?", Intent.ASKED_WHAT),
    ("en", "Monday?", Intent.AGREED_TIME),
    ("en", "I have a question", Intent.UNCLEAR),
    ("en", "could you call me at 5?", Intent.AGREED_TIME),
    ("en", "I stopped using that", Intent.UNCLEAR),
    ("en", "this is spam, reported", Intent.OPT_OUT),
    ("en", "Yes, I want a demo", Intent.INTERESTED),
    ("en", "we don't have budget", Intent.TOO_EXPENSIVE),
    ("en", "What time do you close today?", Intent.ASKED_OTHER),
    ("en", "that's a lot", Intent.TOO_EXPENSIVE),
    ("en", "How long does it take?", Intent.ASKED_OTHER),
    ("es", "¿Qué tal? ¿Quién habla?", Intent.ASKED_WHO),
    ("es", "no tengo ni un minuto", Intent.NO_TIME),
    ("es", "bueno, mándame más info", Intent.WANTS_EMAIL),
    ("es", "sale, el viernes", Intent.AGREED_TIME),
    ("es", "¿y eso cuánto me costaría?", Intent.ASKED_PRICE),
    ("es", "No por ahora, gracias", Intent.LATER),
    ("es", "ya no me manden mensajes", Intent.OPT_OUT),
    ("es", "no soy yo, se equivocan", Intent.WRONG_NUMBER),
    ("es", "Si, cuando hablamos?", Intent.INTERESTED),
    ("es", "eso es un robo", Intent.TOO_EXPENSIVE),
    ("es", "¿de dónde me conoce?", Intent.ASKED_SOURCE),
    ("es", "estamos bien con nuestro proveedor", Intent.HAS_SOLUTION),
    ("es", "perfecto", Intent.INTERESTED),
    ("es", "que vende?", Intent.ASKED_WHAT),
    ("fr", "vous êtes qui ?", Intent.ASKED_WHO),
    ("fr", "désolé ça ne me dit rien", Intent.NOT_INTERESTED),
    ("fr", "je suis pas dispo en ce moment", Intent.LATER),
    ("fr", "ok pour vendredi 14h", Intent.AGREED_TIME),
    ("fr", "c'est combien par mois", Intent.ASKED_PRICE),
    ("fr", "stop sms", Intent.OPT_OUT),
    ("fr", "vous pouvez m'envoyer de la doc ?", Intent.WANTS_EMAIL),
    ("fr", "on travaille déjà avec quelqu'un", Intent.HAS_SOLUTION),
    ("fr", "c'est un robot qui écrit ?", Intent.ASKED_IF_BOT),
    ("fr", "vous avez eu mon numéro où ?", Intent.ASKED_SOURCE),
    ("fr", "carrément !", Intent.INTERESTED),
    ("fr", "trop cher pour moi désolé", Intent.TOO_EXPENSIVE),
    ("fr", "il y a erreur", Intent.WRONG_NUMBER),
    ("fr", "merci, bonne journée", Intent.THANKS),
    ("fr", "dites-moi en plus", Intent.ASKED_WHAT),
    ("fr", "Je passe mon tour", Intent.NOT_INTERESTED),
    ("en", "what's the catch", Intent.ASKED_OTHER),
    ("en", "who am I talking to?", Intent.ASKED_WHO),
    ("en", "already spoke to your colleague", Intent.UNCLEAR),
    ("en", "Sure, tell me more", Intent.ASKED_WHAT),
    ("en", "ur texting the wrong number bro", Intent.WRONG_NUMBER),
    ("en", "Quit texting me", Intent.OPT_OUT),
    ("en", "what's your pricing like for 50 users", Intent.ASKED_PRICE),
    ("en", "Next Tues at 4pm?", Intent.AGREED_TIME),
    ("en", "Our contract ends in March", Intent.LATER),
    ("en", "I can't right now", Intent.LATER),
    ("en", "Let me think about it", Intent.LATER),
    ("en", "what number is this", Intent.ASKED_WHO),
    ("en", "Ok I'll bite, what is it", Intent.ASKED_WHAT),
    ("en", "meh", Intent.UNCLEAR),
    ("en", "lol no", Intent.NOT_INTERESTED),
    ("en", "can someone call me back", Intent.WANTS_PERSON),
    ("en", "That works, see you then", Intent.INTERESTED),
    ("en", "We went with someone else", Intent.HAS_SOLUTION),
    ("en", "I'd rather get an email", Intent.WANTS_EMAIL),
    ("en", "too rich for my blood", Intent.TOO_EXPENSIVE),
    ("en", "hey there!", Intent.GREETING),
    ("en", "I'm good for Friday 2pm", Intent.AGREED_TIME),
    ("en", "Is this legit?", Intent.ASKED_OTHER),
    ("en", "thank u", Intent.THANKS),
    ("en", "swamped this week", Intent.NO_TIME),
    ("en", "sounds like a scam", Intent.UNCLEAR),
    ("en", "Morning!", Intent.GREETING),
    ("en", "yep", Intent.INTERESTED),
    ("en", "Do you guys ship to Canada?", Intent.ASKED_OTHER),
    ("en", "my wife handles this", Intent.UNCLEAR),
    ("en", "how about we do a call on Monday", Intent.AGREED_TIME),
    ("es", "¿me pueden llamar por la tarde?", Intent.AGREED_TIME),
    ("es", "no gracias ya tengo", Intent.NOT_INTERESTED),
    ("es", "¿es una estafa?", Intent.ASKED_OTHER),
    ("es", "quien me escribe", Intent.ASKED_WHO),
    ("es", "cuanto", Intent.ASKED_PRICE),
    ("es", "ok", Intent.INTERESTED),
    ("es", "estoy ocupado", Intent.NO_TIME),
    ("es", "me lo pensaré", Intent.LATER),
    ("es", "a las 5 está bien", Intent.AGREED_TIME),
    ("es", "no moleste", Intent.OPT_OUT),
    ("es", "buen día", Intent.GREETING),
    ("es", "déjeme su página web", Intent.WANTS_EMAIL),
    ("fr", "vous vendez quoi au juste", Intent.ASKED_WHAT),
    ("fr", "je vais réfléchir", Intent.LATER),
    ("fr", "foutez-moi la paix", Intent.OPT_OUT),
    ("fr", "oui mais pas avant lundi", Intent.AGREED_TIME),
    ("fr", "bjr", Intent.GREETING),
    ("fr", "quel est votre tarif", Intent.ASKED_PRICE),
    ("fr", "ce n'est pas moi", Intent.WRONG_NUMBER),
    ("fr", "on a déjà signé ailleurs", Intent.HAS_SOLUTION),
    ("fr", "merci bcp", Intent.THANKS),
    ("fr", "je préfère par mail", Intent.WANTS_EMAIL),
    ("fr", "c'est une arnaque ?", Intent.ASKED_OTHER),
    ("fr", "je suis au boulot", Intent.LATER),
]


def _cases() -> list[tuple[str, str, Intent]]:
    tables = {"en": ENGLISH, "es": SPANISH, "fr": FRENCH}
    listed = [(code, text, intent) for code, table in tables.items() for intent, texts in table.items() for text in texts]
    return listed + MORE


@pytest.mark.parametrize(("language", "text", "intent"), _cases())
def test_classify(language: str, text: str, intent: Intent) -> None:
    assert classify(text, language) is intent


@pytest.mark.parametrize("table", [ENGLISH, SPANISH, FRENCH])
def test_every_intent_is_reachable(table: dict[Intent, list[str]]) -> None:
    assert set(Intent) - set(table) <= {Intent.UNCLEAR}


@pytest.mark.parametrize(("language", "text", "_intent"), [case for case in _cases() if len(case[1].split()) > 3])
def test_detect_language(language: str, text: str, _intent: Intent) -> None:
    assert detect_language(text, language) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How much does it cost?", "en"),
        ("¿Cuánto cuesta?", "es"),
        ("Combien ça coûte ?", "fr"),
        ("no me interesa", "es"),
        ("je ne suis pas intéressé", "fr"),
        ("not interested", "en"),
    ],
)
def test_detect_language_without_a_hint(text: str, language: str) -> None:
    other = {"en": "fr", "es": "en", "fr": "es"}[language]
    assert detect_language(text, other) == language


def test_a_text_of_no_language_keeps_the_one_spoken_so_far() -> None:
    assert detect_language("ok", "fr") == "fr" and detect_language("👍", "es") == "es"


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "ok, tomorrow at 3 pm then", "tomorrow at 3 pm"),
        ("en", "Tuesday 10am is good", "Tuesday 10am"),
        ("en", "I like it", None),
        ("en", "How about the 5th?", "the 5th"),
        ("es", "Perfecto, mañana a las 10", "mañana a las 10"),
        ("fr", "Plutôt jeudi matin vers 10h30", "jeudi matin vers 10h30"),
        ("en", "Maybe next month", "next month"),
        ("en", "Try me in two weeks, or after the holidays", "in two weeks, or after the holidays"),
        ("es", "Mejor el mes que viene", "el mes que viene"),
        ("es", "Quizás en unas semanas", "en unas semanas"),
        ("fr", "Peut-être le mois prochain", "le mois prochain"),
        ("fr", "Rappelez dans trois semaines", "dans trois semaines"),
    ],
)
def test_find_time_quotes_the_lead(language: str, text: str, found: str | None) -> None:
    assert find_time(text, language) == found


@given(st.text(max_size=2_000), st.sampled_from(["en", "es", "fr", "xx", ""]))
def test_any_text_has_an_intent(text: str, language: str) -> None:
    assert classify(text, language) in Intent
    assert detect_language(text) in ("en", "es", "fr")


@pytest.mark.parametrize("text", ["a" * 100_000, "stop " * 20_000, "no " * 50_000, "(" * 5_000, "how " * 5_000 + "my number"])
def test_a_long_text_takes_no_longer(text: str) -> None:
    began = time.perf_counter()
    for language in ("en", "es", "fr"):
        classify(text, language)
    assert time.perf_counter() - began < 0.1
