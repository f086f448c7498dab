"""French, as outreach is described in it: phrases and how they are said in the plain English that the rules read.

Patterns are of folded text; `\\1` stands for what a phrase holds. They are put in one after the
other: the longer and more telling ones come first.
"""

from __future__ import annotations

import re

PHRASES: tuple[tuple[str, str], ...] = (
    (
        (
            r"(?:envoy\w+|ecri\w+)(?:-leur|-lui)? (?:un |le |un deuxieme |un autre )?(?:sms|texto|message|"
            r"rappel)(?: aux leads)?"
        ),
        "text them",
    ),
    (r"ecri\w+-(?:leur|lui)", "text them"),
    (r"envoy\w+(?:-leur|-lui)? (?=\ue000q)", "send "),
    (r"la moitie (?:recoit|obtient)", "half get"),
    (r"l'autre moitie(?: (?:recoit|obtient))?", "the other half get"),
    (r"appel\w+(?:-les|-le|-la)?(?! (?:le|ce) webhook)(?: les leads)?", "call them"),
    (r"attend\w+ (?:jusqu'a |au plus )?(.{1,14}?) (?:pour )?(?:une |la |leur )?reponse", r"wait \1 for a reply"),
    (r"attend\w+ (?:une |la |leur )?reponse(?: (?:pendant|jusqu'a|au plus))?", "wait for a reply"),
    (r"attend\w+(?: pendant)?", "wait"),
    (r"(?:si |s'il n'y a )(?:pas de |aucune )reponse|si personne ne repond", "if no reply"),
    (r"(?:s'ils|s'il|si le lead|quand ils) ne reponde?n?t? pas", "if they don't reply"),
    (r"(?:s'ils|s'il|si le lead|quand ils|des qu'ils) reponde?n?t?", "if they reply"),
    (r"(?:s'ils|s'il) ne (?:sont|est) pas interesses?", "if they are not interested"),
    (r"(?:s'ils|s'il) (?:sont|est) interesses?", "if they are interested"),
    (r"si (?:le|leur) score (?:est )?(?:superieur a|au-dessus de|depasse|plus de) ?(\d{1,3})", r"if the score is above \1"),
    (r"si (?:le|leur) score (?:est )?(?:inferieur a|au-dessous de|moins de) (\d{1,3})", r"if the score is below \1"),
    (
        r"si (?:l'entreprise|la societe) (?:a|compte) plus de (\d{1,6}) (?:personnes|employes|salaries)",
        r"if the company has more than \1 employees",
    ),
    (r"ceux qui ne repondent pas", "those who don't reply"),
    (r"ceux qui repondent", "those who reply"),
    (
        (
            r"(?:fais|faites|laisse|laissez) (?:mon |le )?(?:chef|patron|responsable|manager) approuver|"
            r"(?:demand\w+) (?:l'approbation|l'accord)(?: du (?:chef|manager))?"
        ),
        "ask for approval",
    ),
    (r"(?:etiquet\w+|marqu\w+)(?:-les|-le)? (?:comme|avec)", "tag them as"),
    (r"(?:mets|mettez|ajout\w+)(?:-les|-le)? (?:sur|a|dans) la liste", "put them on the list"),
    (
        (
            r"(?:previe\w+|inform\w+|avert\w+|dis-le a|dites-le a) (?:l'equipe|les ventes|le chef)(?: (?:sur|par|"
            r"via) (slack|e-?mail))?"
        ),
        r"tell the team on \1",
    ),
    (r"(?:reserv\w+|prend\w+|fix\w+|organis\w+) (?:un )?(?:rendez-vous|rdv|reunion|appel)", "book a meeting"),
    (r"enrichi\w+(?:-les)?", "enrich them"),
    (r"qualifi\w+(?:-les)?", "qualify them"),
    (
        r"(?:seulement |uniquement )?(?:pendant|aux) (?:les )?(?:heures (?:de bureau|ouvrables|d'ouverture))",
        "only in business hours",
    ),
    (r"(?:envoy\w+|transmett\w+|synchronis\w+)(?:-les|-le)? (?:tout )?(?:au|avec le) crm", "send it to the CRM"),
    (r"appel\w+ (?:le|ce) webhook", "call the webhook"),
    (
        r"(?:repet\w+)(?:-le| cela)?(?: (?:jusqu'a|au plus))? (\d{1,2}|deux|trois|quatre|cinq) fois",
        r"repeat this up to \1 times",
    ),
    (r"(\d{1,2}|deux|trois|quatre|cinq) fois", r"\1 times"),
    (r"(?:sinon|dans le cas contraire|autrement)", "otherwise"),
    (r"si|quand", "if"),
    (r"(?:puis|ensuite|apres cela|alors)", "then"),
    (r"et", "and"),
    (r"ou", "or"),
    (r"mais", "but"),
    (r"(?:un|une)(?= (?:jour|heure|semaine|mois|minute))", "one"),
    (r"deux", "two"),
    (r"trois", "three"),
    (r"quatre", "four"),
    (r"cinq", "five"),
    (r"sept", "seven"),
    (r"dix", "ten"),
    (r"jours?", "days"),
    (r"heures?", "hours"),
    (r"semaines?", "weeks"),
    (r"mois", "months"),
    (r"plus tard", "later"),
)
MARKS = re.compile(
    r"\b(?:les|leur|puis|ensuite|attend\w*|appel\w*|envoy\w*|ecri\w*|jours?|qui|ne|pas|si|et|un|une|le|la|"
    r"sinon|repond\w*)\b"
)
