"""Sentences of the offline model for the sales team: what a lead gets to read or hear first, in the languages it speaks.

What only our own staff reads (statements, plans, checks) is English, whatever the lead speaks.
"""

from __future__ import annotations

from dataclasses import dataclass

from outrider.llm.offline.intents import language_of


@dataclass(frozen=True)
class Approach:
    """Parts of a draft. Placeholders: {name} {sender} {about} {where} {place} {field}."""

    hello: str
    hello_stranger: str
    our_team: str
    """Who writes when nobody is named."""
    at: str
    """Where the lead works; begins with a space."""
    first: str
    """Follows the greeting and a comma."""
    first_without_topic: str
    """Where the campaign says nothing in this language."""
    again: str
    again_without_topic: str
    call: str
    """Talking points."""
    call_without_topic: str
    because: str
    """Why this lead; begins with a space."""
    subject: str
    question: str
    """Finds out whether something that moved at the company matters."""


ENGLISH = Approach(
    hello="Hi {name}",
    hello_stranger="Hello",
    our_team="our team",
    at=" at {place}",
    first="this is {sender}. We write about this: {about}. Would it be worth a short look{where}?",
    first_without_topic="this is {sender}. May I ask you something short about your work{where}?",
    again="{sender} again, about this: {about}. If it is not for you{where}, a short no is fine.",
    again_without_topic="{sender} again. If it is not for you{where}, a short no is fine.",
    call="Who we are: {sender}. What it is about: {about}. Ask first whether it is a good moment{where}.",
    call_without_topic="Who we are: {sender}. Ask first whether it is a good moment{where}.",
    because=" We thought of you because you work in {field}.",
    subject="A question from {sender}",
    question="What has changed most for you since then?",
)
SPANISH = Approach(
    hello="Hola, {name}",
    hello_stranger="Hola",
    our_team="nuestro equipo",
    at=" en {place}",
    first="le escribe {sender}. Se trata de esto: {about}. ¿Le interesaría verlo un momento{where}?",
    first_without_topic="le escribe {sender}. ¿Puedo hacerle una pregunta corta sobre su trabajo{where}?",
    again="le escribe otra vez {sender}, por esto: {about}. Si no es para ustedes{where}, basta con un no.",
    again_without_topic="le escribe otra vez {sender}. Si no es para ustedes{where}, basta con un no.",
    call="Quiénes somos: {sender}. De qué se trata: {about}. Preguntar primero si es buen momento{where}.",
    call_without_topic="Quiénes somos: {sender}. Preguntar primero si es buen momento{where}.",
    because=" Pensamos en ustedes porque trabajan en {field}.",
    subject="Una pregunta de {sender}",
    question="¿Qué es lo que más ha cambiado para ustedes desde entonces?",
)
FRENCH = Approach(
    hello="Bonjour {name}",
    hello_stranger="Bonjour",
    our_team="notre équipe",
    at=" chez {place}",
    first="ici {sender}. Je vous écris à ce sujet : {about}. Cela vaudrait-il un court échange{where} ?",
    first_without_topic="ici {sender}. Puis-je vous poser une courte question sur votre travail{where} ?",
    again="ici encore {sender}, à ce sujet : {about}. Si ce n'est pas pour vous{where}, un simple non suffit.",
    again_without_topic="ici encore {sender}. Si ce n'est pas pour vous{where}, un simple non suffit.",
    call="Qui nous sommes : {sender}. De quoi il s'agit : {about}. Demander d'abord si le moment est bon{where}.",
    call_without_topic="Qui nous sommes : {sender}. Demander d'abord si le moment est bon{where}.",
    because=" Nous avons pensé à vous, car vous travaillez dans ce domaine : {field}.",
    subject="Une question de {sender}",
    question="Qu'est-ce qui a le plus changé pour vous depuis ?",
)
APPROACHES = {"en": ENGLISH, "es": SPANISH, "fr": FRENCH}


def approach_for(code: str | None) -> Approach:
    """In the language of the code; English for one that is not spoken here."""
    return APPROACHES[language_of(code).code]
