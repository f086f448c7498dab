"""French, for the offline model. Patterns are without accents, as `fold` leaves the text."""

from __future__ import annotations

import re

from outrider.llm.offline.language import Intent, Language, Openings, pattern, words

_DAY = r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
_MONTH = r"janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"

TIME = pattern(
    rf"(?:(?:ce|le) )?(?:{_DAY})(?: prochain)?(?: (?:matin|apres-midi|soir))?|(?:le )?\d{{1,2}} (?:{_MONTH})",
    r"aujourd'hui|ce (?:matin|soir|midi)|cet apres-midi|cette semaine|apres-demain|demain(?: (?:matin|midi|soir|apres-midi))?",
    r"la semaine prochaine|(?:a |vers |apres )?\d{1,2} ?(?:h|heures?)(?: ?[0-5]\d)?",
    r"(?:a |vers )?(?:[01]?\d|2[0-3]):[0-5]\d|a midi",
    r"dans (?:une|\d+|deux) (?:heures?|minutes)|dans l'apres-midi|en (?:matinee|soiree|fin de journee)",
    rf"le mois prochain|l'annee prochaine|dans (?:quelques|deux|trois|\d+) (?:jours|semaines|mois)|en (?:{_MONTH})",
    r"apres les (?:vacances|fetes)|a la rentree",
)

PATTERNS = {
    Intent.OPT_OUT: pattern(
        r"foutez[- ]moi la paix|(?:casse|barre)[- ]toi",
        r"stop (?:sms|pub|mail|aux? \w+)",
        r"stop[.! ]*$",
        r"arretez?(?: de)?(?: me| de m'| de nous)? ?(?:ecrire|contacter|appeler|envoyer|harceler|ca|vos messages|les "
        r"messages)|arretez?[.! ]*$",
        r"ne (?:me|m'|nous) ?(?:contactez|ecrivez|appelez|envoyez|derangez)\b.{0,15}(?:plus|pas|jamais)|desinscri\w+",
        r"desabonn\w+|(?:supprimez|effacez|retirez)\b.{0,15}(?:numero|moi|donnees|liste)",
        r"(?:retirez|enlevez)[- ]moi|plus de messages|laissez[- ]moi tranquille|fichez[- ]moi la paix|me desinscrire",
    ),
    Intent.WRONG_NUMBER: pattern(
        r"(?:il y a|c'est une|doit etre une) erreur",
        r"(?:mauvais|faux) numero|mauvaise personne|vous (?:vous )?(?:etes tromp|trompez|faites erreur)\w*",
        r"erreur de (?:numero|destinataire)|vous avez tort",
        r"(?:je ne suis pas|ce n'est pas|c'est pas|je suis pas) (?!interess|un |une |le |la |dispo|sur|libre|en |"
        r"possible|le bon moment|tres|trop|pour|mon|necessaire",
        r"grave)\w+[.! ]*$|ne travaille plus|pas son numero|personne (?:de|a) ce nom",
    ),
    Intent.ASKED_IF_BOT: pattern(
        r"(?:etes[- ]vous|vous etes|es[- ]tu|t'es|c'est|est[- ]ce)(?: un| une)? (?:bot|robot|machine|ia|humain|vrai\w*|"
        r"personne|automatique|message automatique)",
        r"(?:parle|discute|ecris) (?:a|avec) (?:un |une )?(?:bot|robot|machine|ia|humain|personne|vraie personne)",
    ),
    Intent.ASKED_SOURCE: pattern(
        r"(?:avez|as) (?:eu|trouve|pris|obtenu) mon (?:numero|contact|nom)",
        r"(?:comment|d'ou|ou|pourquoi)\b.{0,25}\b(?:avez|as|eu|obtenu|trouve|tenez|recupere)\b.{0,25}\b(?:mon|ce|mes) "
        r"(?:numero|telephone|contact|coordonnees|portable|nom|donnees)",
        r"qui vous a (?:donne|transmis|communique)|je me suis (?:jamais )?inscrit",
    ),
    Intent.ASKED_WHO: pattern(
        r"qui (?:est[- ]ce|etes[- ]vous|es[- ]tu|est la|m'ecrit|me parle|parle|c'est)|(?:c'est|vous etes|t'es|tu es) qui",
        r"a qui (?:ai[- ]je|je)|(?:quelle|de quelle) (?:entreprise|societe|boite)|on se connait|de la part de qui",
        r"vous appelez d'ou",
    ),
    Intent.LATER: pattern(
        r"reflechir|(?:au|en plein) (?:boulot|travail)",
        r"pas (?:dispo\w*|libre)",
        r"pas (?:maintenant|pour le moment|tout de suite|aujourd'hui|en ce moment|pour l'instant|encore|cette semaine)",
        r"plus tard|une autre fois|un autre (?:jour|moment)|le mois prochain|l'annee prochaine",
        rf"dans (?:quelques|deux|trois|\d+) (?:jours|semaines|mois)|en (?:{_MONTH})|(?:pas le bon|mauvais) moment",
        r"apres les (?:vacances|fetes)|a la rentree",
        r"je (?:conduis|suis (?:en reunion|au travail|au volant|en vacances|occupee? (?:la|en ce moment)))",
        r"(?:recontactez|rappelez|revenez)\b.{0,20}(?:plus tard|dans|en)|peut-etre (?:plus tard|une autre)",
    ),
    Intent.NOT_INTERESTED: pattern(
        r"(?:ca |cela )?(?:ne )?me (?:dit|parle) rien|(?:ca |cela )?(?:ne )?me tente pas",
        r"(?:pas|plus|aucunement|jamais) (?:du tout |vraiment |trop )?interess\w+|(?:ne )?m'interesse pas",
        r"(?:ne )?nous interesse pas|(?:pas|aucun) (?:d'|l')?interet|sans interet",
        r"^\W*(?:non+|nan)\W*$|non[, ]+(?:merci|desolee?|sans facon)|merci[, ]+(?:mais )?non|sans facon",
        r"(?:pas|aucun) (?:de )?besoin|(?:n'ai|n'avons|ai) pas besoin|je (?:n'en )?(?:ne )?veux pas",
        r"je passe(?: mon tour)?|ca ira|pas pour (?:moi|nous)|ne cherch\w+ (?:rien|pas)",
    ),
    Intent.TOO_EXPENSIVE: pattern(
        r"(?:trop|tres|assez|bien|un peu|si) (?:chere?s?|couteux|onereux)",
        r"(?:hors|pas (?:le|de)|aucun|au-dessus de|notre|mon|depasse)(?: mon| notre| le)? budget|moins cher",
        r"(?:pas|n'ai pas|n'avons pas) les moyens|beaucoup d'argent|chere?s?(?!\W*\?)",
    ),
    Intent.HAS_SOLUTION: pattern(
        r"(?:deja|avons|ai) (?:un |une |notre |mon |quelqu'un|ce qu'il|tout ce qu'il)(?:\w+ )?(?:prestataire|"
        r"fournisseur|solution|agence|outil|partenaire|systeme|contrat|faut|pour)?|deja (?:equip|servi|en place|pourvu",
        r"sous contrat|avec|quelqu'un|pris|client)\w*",
        r"(?:avons|ai|utilis\w+|travaill\w+|on a|j'ai|avec) deja|(?:content|satisfait|heureux|ravi)\w* (?:de|d'|avec)",
        r"sous contrat|en interne",
    ),
    Intent.NO_TIME: pattern(
        r"(?:pas|plus|peu|manque|manquons) (?:le |de |beaucoup de |assez de )?temps",
        r"(?:tres |trop |super )?(?:occupee?s?|debordee?s?|charges?|surcharges?)|la tete sous l'eau",
    ),
    Intent.WANTS_EMAIL: re.compile(
        r"[\w.+-]+@[\w-]+\.\w+|\b(?:par|un|mon) (?:e-?mail|mail|courriel|ecrit)\b"
        r"|\b(?:envoy|transmett|adress)\w*\b.{0,25}\b(?:e-?mail|mail|courriel|infos?|informations?|details|brochure|pdf|"
        r"lien|documentation|doc|proposition|quelque chose)\b|\bsite (?:web|internet)\b"
    ),
    Intent.ASKED_PRICE: re.compile(
        r"\bcombien\b(?! de temps)|\b(?:prix|tarifs?|cout|coute|couterait|devis|mensuel|mensualite|gratuit|remise|"
        r"reduction|chere?|c'est payant)\b"
    ),
    Intent.GREETING: re.compile(
        r"^\W*(?:bonjour|bonsoir|salut|coucou|hello|bjr)"
        r"(?:,? \w+)?\W*(?:comment (?:allez-vous|ca va)\W*|ca va\W*)?$"
    ),
    Intent.AGREED_TIME: pattern(
        r"(?:me |nous )?(?:convient|va(?: bien)?|irait|marche)|parfait|ok|d'accord|oui|super|tres bien|volontiers",
        r"je (?:peux|suis (?:dispo|libre)\w*)|dispo\w*",
        r"libre|appelez|rappelez|on (?:s'appelle|se parle|dit)|rendez-vous|rdv|entendu|ca marche|pouvez|possible|plutot",
        r"disons|c'est bon|bien",
    ),
    Intent.WANTS_PERSON: pattern(
        r"(?:r?appelez|appelle|telephonez|contactez)[- ](?:moi|nous)|(?:m'appeler|me rappeler|nous rappeler|m'appelez)",
        r"parler (?:a|avec) (?:un|une|quelqu'un|votre|le)|vraie personne|responsable|un conseiller|un humain",
    ),
    Intent.ASKED_WHAT: pattern(
        r"dites[- ]moi[- ]en|dites[- ](?:moi|nous) (?:plus|tout)",
        r"(?:de quoi|c'est quoi|c'est a quel sujet|a quel (?:sujet|propos)|quel sujet|pour quoi|c'est pour quoi|"
        r"qu'est[- ]ce que (?:c'est|vous))|que (?:proposez|vendez|faites|voulez)|vous (?:proposez|vendez|faites) quoi",
        r"(?:plus|davantage) (?:d'infos?|d'informations?|de details|de precisions)|en (?:savoir|dire) (?:plus|davantage)",
        r"comment ca (?:marche|fonctionne)|expliquez|precisez|dites[- ]m'en|quelle offre|en quoi",
    ),
    Intent.THANKS: re.compile(
        r"^\W*(?:(?:ok|d'accord|parfait|super|tres bien|bien recu|entendu|note|genial)\W+)*(?:un grand |mille "
        r")?(?:merci|remerci\w+|je vous remercie)\b(?!\W+(?:mais|oui|je|ca)).{0,30}$"
    ),
    Intent.INTERESTED: pattern(
        r"(?:ca |cela |vraiment |tres )?(?:m'|nous )interesse\w*|interesse\w*|interessant\w*|pourquoi pas|oui+|ouais|ok",
        r"d'accord|volontiers|bien sur|avec plaisir|carrement|tout a fait|absolument",
        r"(?:je|on|nous) (?:veux|veut|voudrais|voulons|aimerais|serais|souhaite)\w*|parfait|super|genial|tres bien",
        r"allez[- ]y|ca marche|je suis (?:partant|preneur|curieux)\w*|tente",
    ),
    Intent.ASKED_OTHER: re.compile(
        r"\?|^\W*(?:qui|que|quoi|comment|quand|ou|quel\w*|pourquoi|est-ce|pouvez-vous|avez-vous|y a-t-il)\b"
    ),
}

REPLIES = {
    "opt_out": ["C'est noté. Vous ne recevrez plus de messages de notre part."],
    "wrong_number": ["Désolé pour la confusion, et merci de me l'avoir dit. Je transmets pour que cela ne se reproduise pas."],
    "asked_if_bot": [
        "Je suis un assistant automatique{for_us}. Si vous préférez une personne, dites-le et un collègue vous contactera."
    ],
    "asked_source": [
        "Je ne peux pas le voir d'ici. Un collègue va vérifier et vous le dira. Pour ne plus rien recevoir, répondez STOP."
    ],
    "asked_source:known": ["Nous avons votre numéro de cette source : {source}. Pour ne plus rien recevoir, répondez STOP."],
    "asked_who": ["Ici {sender_of_us}. Désolé de ne pas avoir été plus clair. Je vous dis en une ligne de quoi il s'agit ?"],
    "asked_who:known": ["Ici {sender_of_us}. Je vous écris à ce sujet : {topic}. Cela vous intéresse ?"],
    "later": [
        "Pas de souci{name}. Quand serait-il préférable de revenir vers vous ?",
        "D'accord{name}. Quel jour vous conviendrait mieux ?",
    ],
    "later:known": ["Pas de souci{name}, c'est noté : {time}. À bientôt !"],
    "not_interested": [
        "C'est noté{name}, merci de me l'avoir dit. Si cela change, écrivez-nous ici.",
        "Merci pour votre franchise{name}. Je n'insiste pas. Vous pouvez nous écrire quand vous voulez.",
    ],
    "too_expensive": [
        "Je comprends{name}, il faut que cela vaille le coût. Un collègue peut-il regarder ce dont vous avez vraiment besoin ?",
        "C'est légitime{name}. Un collègue peut-il voir ce qui tient dans votre budget ? Si rien ne convient, nous le dirons.",
    ],
    "has_solution": [
        "C'est logique{name}, inutile de changer ce qui marche. Y a-t-il un point que vous aimeriez améliorer ?",
        "Merci de me le dire{name}. Qu'aimeriez-vous améliorer dans ce que vous avez ?",
    ],
    "no_time": [
        "Je serai bref{name} : préférez-vous l'information par écrit, ou un court appel un autre jour ?",
        "Je comprends{name}. On vous l'envoie par écrit, ou un autre jour vous convient mieux ?",
    ],
    "wants_email": ["Avec plaisir{name}. À quelle adresse e-mail faut-il l'envoyer ?"],
    "wants_email:known": ["Merci{name}. Un collègue vous l'enverra à cette adresse."],
    "asked_price": [
        "Bonne question{name}. Je préfère ne pas deviner : un collègue vous enverra le prix exact.",
        "Je ne peux pas donner de prix d'ici{name}. Un collègue vous donnera le chiffre exact.",
    ],
    "asked_price:known": ["Voici le prix{name} : {price}. Souhaitez-vous en parler lors d'un court appel ?"],
    "agreed_time": ["Merci{name}. Un collègue vous confirmera l'heure ici."],
    "agreed_time:known": ["Merci{name}, c'est noté : {time}. Un collègue vous le confirmera ici."],
    "wants_person": ["Bien sûr{name}. Un collègue va vous appeler. Quelle heure vous convient ?"],
    "asked_what": ["Bonne question{name}. Un collègue vous enverra les détails, pour qu'ils soient exacts."],
    "asked_what:known": ["Voici de quoi il s'agit{name} : {topic}. Souhaitez-vous en savoir plus lors d'un court appel ?"],
    "thanks": ["Je vous en prie{name} ! Écrivez-moi si besoin.", "Avec plaisir{name}. Je reste disponible."],
    "interested": [
        "Ravi de l'apprendre{name} ! Quel jour et quelle heure vous conviennent pour un court appel ?",
        "Très bien{name} ! Quand auriez-vous dix minutes pour un appel ?",
    ],
    "interested:known": ["Ravi de l'apprendre{name} ! Vous pouvez choisir une heure ici : {booking_url}"],
    "greeting": ["Bonjour{name} ! Ici {sender_of_us}. Est-ce un bon moment pour une courte question ?"],
    "greeting:known": ["Bonjour{name} ! Ici {sender_of_us}, à ce sujet : {topic}. Cela vous intéresse ?"],
    "asked_other": ["Je n'ai pas la réponse ici{name}. Un collègue vous la donnera."],
    "asked_other:known": ["{fact}"],
    "unclear": ["Merci pour votre message{name}. Pour ne pas me tromper, je laisse un collègue le lire et vous répondre."],
}

OPENINGS = Openings(
    hello=["Bonjour {first},"],
    hello_stranger=["Bonjour,"],
    from_person=["ici {sender} de {us}.", "c'est {sender} de {us}."],
    from_person_alone=["ici {sender}.", "c'est {sender}."],
    from_company=["ici {us}."],
    about=["Je vous écris au sujet de : {topic}.", "Un mot à propos de : {topic}."],
    again=["Je reviens vers vous au sujet de : {topic}."],
    no_topic=["J'ai une courte question. Auriez-vous une minute ?"],
    hooks={
        frozenset({"title", "company"}): [
            "Est-ce utile pour vous, {title} chez {company} ?",
            "Cela vous parle-t-il, {title} chez {company} ?",
        ],
        frozenset({"company", "industry"}): ["Est-ce utile pour {company} ({industry}) ?"],
        frozenset({"company"}): ["Est-ce utile pour {company} ?", "Un sujet pour {company} ?"],
        frozenset({"title"}): ["Est-ce utile pour vous, {title} ?"],
        frozenset({"industry"}): ["Est-ce utile dans votre secteur ({industry}) ?"],
        frozenset(): ["Cela vous intéresse ?", "Un court appel vous irait ?"],
    },
    opt_out="STOP pour ne plus recevoir.",
)

FRENCH = Language(
    code="fr",
    words=words(
        "je tu vous nous il elle on le la les des du de un une est et pas ne plus oui non merci bonjour bonsoir salut "
        "combien coute prix qui "
        "quoi comment avez etes mon ma mes votre numero suis interesse interessee demain tard deja trop cher moi c'est "
        "ca cela pour avec sur y quelles quels a-t-il y-a-t-il "
        "rappelez envoyez envoyer mail temps d'accord quel quelle j'ai n'ai qu'est-ce que quand ou mais bien tres "
        "aujourd'hui personne "
        "besoin maintenant matin soir semaine prochaine au aux ce cette svp par peut-etre a volontiers parfait plait appelez rien"
    ),
    marks=re.compile(r"[çœ]|\b(?:j|c|qu|d|l|n|s|m)['’][a-zàâéèêëîïôûù]|est-ce"),
    patterns=PATTERNS,
    time=TIME,
    replies=REPLIES,
    sender_of_us="{sender} de {us}",
    the_team="l'équipe",
    for_us=" de {us}",
    openings=OPENINGS,
    fallbacks={
        "first_name": "",
        "name": "",
        "company": "votre entreprise",
        "title": "votre poste",
        "industry": "votre secteur",
        "city": "votre région",
    },
)
