"""What leads mean in French."""

from __future__ import annotations

from outrider.llm.offline.language import pattern
from outrider.llm.offline.meanings.base import Meanings

FRENCH = Meanings(
    meeting=pattern(
        r"(?:on peut|peut-on|pouvons-nous|pourrions-nous|on pourrait|je voudrais|j'aimerais|nous aimerions) (?:\w+ ){0,3}"
        r"(?:parler|discuter|appeler|appel|voir|rendez-vous|rdv)",
        r"(?:fix\w+|prend\w+|prev\w+|plan\w+|organis\w+|reserv\w+|cal\w+) (?:\w+ ){0,2}(?:appel|rendez-vous|rdv|creneau|reunion)",
        r"r?appelez[- ](?:moi|nous)|quand (?:peut-on|pouvons-nous|etes-vous)|un (?:court |petit )?appel (?:me|nous|serait|oui"
        r"|d'accord)",
    ),
    moves=pattern(
        r"(?:deplac|decal|report|repouss|chang)\w+\b.{0,20}\b(?:rendez-vous|rdv|appel|heure|le|creneau)",
        r"je ne (?:pourrai|peux) pas (?:venir|y etre|etre la)|(?:un )?(?:autre|nouveau) (?:creneau|jour|horaire)|empechement",
    ),
    cancels=pattern(r"annul\w+\b.{0,20}\b(?:rendez-vous|rdv|appel|le|tout)|annulez|annule[rz]?[- ]le"),
    who_decides=pattern(
        r"(?:demander|parler|discuter|voir|consulter)\b.{0,20}\b(?:a|avec)?\s?(?:mon|ma|mes|notre|le|la) "
        r"(?:patron\w?|chef|associe\w{0,2}|femme|mari|equipe|direct\w+|gerant\w?|collegues?|proprietaire)",
        r"(?:ce n'est|c'est) pas (?:a )?moi qui (?:decide|choisi)\w*|pas ma decision|je ne decide pas",
    ),
    objections=(
        (
            "bad_experience",
            pattern(
                r"(?:deja )?(?:essaye|teste|tente)\b.{0,40}|mauvaise experience|(?:n'a"
                r"|pas) (?:pas )?(?:marche|fonctionne)"
            ),
        ),
        ("trust", pattern(r"arnaque\w*|fraude|trop beau|c'est (?:serieux|vrai)|pas confiance|comment savoir|escroc\w*")),
        (
            "no_need",
            pattern(
                r"pas (?:sur|sure|certain\w?) (?:d'en|d'|que)\b.{0,15}\bbesoin|(?:je ne )?vois pas l'interet"
                r"|pour quoi faire"
            ),
        ),
        (
            "competitor",
            pattern(
                r"(?:travaill\w+|sommes|suis) (?:deja )?avec (?:un autre|quelqu'un|une autre|une societe)"
                r"|deja un (?:prestataire|fournisseur)"
            ),
        ),
        ("contract", pattern(r"engagement|signer quoi|rien signer|bloque[es]?")),
    ),
    facts=(
        (
            "need",
            0.9,
            "Has been looking for this",
            pattern(
                r"(?:nous |on |je )?(?:cherch(?:ons|e|ait|ions|ais)) (?!pas"
                r"|rien)\b.{3,30}|exactement ce (?:que|qu'il)|(?:avons|a|ai) besoin (?:de|d')\b.{3,30}"
            ),
        ),
        (
            "need",
            0.6,
            "Says that they are interested",
            pattern(
                r"(?<!pas )(?:ca |cela )?(?:m'"
                r"|nous )interess?e(?:rait)?(?! pas)|(?<!pas )interess(?:e|ee|es|ant)(?! pas)|volontiers"
            ),
        ),
        ("need", -0.9, "Sees no need", pattern(r"(?:pas|aucun) (?:de )?besoin|pas interess\w+|ne m'interesse pas")),
        (
            "need",
            -0.4,
            "Has somebody or something for it already",
            pattern(
                r"(?:avons|ai|a) deja\b.{0,25}"
                r"|travaill\w+ deja\b.{0,20}|deja (?:un|une|equip\w+)\b.{0,20}"
            ),
        ),
        (
            "timeline",
            0.9,
            "Wants it soon",
            pattern(
                r"des que possible|au plus vite|rapidement|urgent\w?|cette semaine|ce mois"
                r"|avant (?:l'hiver|l'ete|la fin)\b.{0,15}"
            ),
        ),
        (
            "timeline",
            0.6,
            "Wants to talk soon",
            pattern(
                r"(?:parler|appel\w*|discuter)\b.{0,15}\b(?:aujourd'hui|demain"
                r"|cette semaine|la semaine prochaine)"
            ),
        ),
        (
            "timeline",
            -0.4,
            "Not before long",
            pattern(
                r"pas (?:maintenant|cette annee|pour l'instant|ce trimestre)"
                r"|dans un mois|l'annee prochaine|rien ne presse"
            ),
        ),
        (
            "authority",
            1.0,
            "Decides",
            pattern(
                r"je suis (?:le |la )?(?:patron\w{0,2}|gerant\w?|proprietaire|dirigeant\w?"
                r"|directeur|directrice)|c'est moi qui decide|je decide|ma (?:propre )?(?:societe|entreprise|boite)"
            ),
        ),
        (
            "authority",
            -0.4,
            "Somebody else decides",
            pattern(
                r"(?:demander|parler|voir)\b.{0,15}\b(?:mon|ma"
                r"|notre) (?:patron\w?|chef|associe\w{0,2}|femme|mari)|pas moi qui decide|pas ma decision"
            ),
        ),
        (
            "budget",
            0.8,
            "There is money for it",
            pattern(
                r"(?:nous avons|j'ai|on a) (?:un |le )?budget|budget (?:est )?de \d"
                r"|l'argent n'est pas un probleme"
            ),
        ),
        ("budget", -0.9, "There is no money for it", pattern(r"(?:pas (?:de|le)|aucun|sans) (?:budget|argent)|pas les moyens")),
        ("budget", -0.5, "Finds it expensive", pattern(r"(?:trop|tres|assez|si) (?:cher\w{0,2}|couteux)")),
        (
            "metrics",
            0.5,
            "Would judge it by a figure",
            pattern(
                r"combien (?:\w+ ){0,3}econom\w+|economies?|rentab\w+"
                r"|retour sur|\d+ (?:personnes|salaries|employes|vehicules|metres)"
            ),
        ),
        (
            "decision_criteria",
            0.3,
            "Names what matters in choosing",
            pattern(
                r"references?|essai gratuit|garantie|un contrat"
                r"|le plus important"
            ),
        ),
    ),
)
