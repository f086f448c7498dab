"""A description made ready for reading: what stands in quotes, addresses and the like become marks that no rule reads.

Everything keeps its place, so that what was not understood can be repeated word for word.
"""

from __future__ import annotations

import re
import unicodedata

QUOTE = "\ue000q\\d+\ue001"
LINK = "\ue000u\\d+\ue001"
ADDRESS = "\ue000e\\d+\ue001"
VERBS = (
    r"text|sms|message|call|phone|ring|wait|pause|tag|label|mark|notify|tell|alert|inform|let|ask|send|book|schedule|put|add|"
    r"move|remove|enrich|qualify|stop|end|write|nudge|remind|follow|then|otherwise|else|and|get|gets|receive|"
    r"receives|update|set|post|"
    r"sync|push|go|do|give|ping|repeat|start|begin|try"
)
NAME = rf"(?:{QUOTE}|[\w#&'.+-]+(?: (?!(?:{VERBS})\b)[\w#&'+-]+){{0,4}}?(?=\s*(?:[,;:]|$| (?:{VERBS})\b))|[\w#&'+-]+)"
"""Of a tag, a list, a person: in quotes, or a few words."""
LONGEST_NAME = 60
_MARKED = re.compile(
    '(?P<q>"[^"\n]{1,2000}"|“[^”\n]{1,2000}”|„[^“”\n]{1,2000}[“”]|«[^»\n]{1,2000}»|'
    "(?<!\\w)‘[^’\n]{2,2000}’(?!\\w)|(?<!\\w)'[^'\n]{2,200}'(?!\\w))"
    '|(?P<u>https?://[^\\s<>"“”]{1,1900})'
    "|(?P<e>[\\w.+-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,4})"
)
_NUMBERED, _NUMBERING = re.compile(r"\s*1[.)]\s"), re.compile(r"(?<!\S)\d{1,2}[.)](?=\s+[^\W\d])")
_MARK = re.compile("\ue000([que])(\\d+)\ue001")
_PLAIN = str.maketrans({"’": "'", "\u00a0": " ", "\t": " ", "–": "-", "—": ";"})
_PLACEHOLDER = re.compile(r"\{\{\s*(.*?)\s*\}\}|\{\s*(\w[\w ]*?)\s*\}|\[\s*(\w[\w ]*?)\s*\]|<\s*(\w[\w ]*?)\s*>", re.S)
_KNOWN = {
    "first_name": ("lead.first_name", "there"),
    "firstname": ("lead.first_name", "there"),
    "first": ("lead.first_name", "there"),
    "vorname": ("lead.first_name", "there"),
    "nombre": ("lead.first_name", "there"),
    "prenom": ("lead.first_name", "there"),
    "name": ("lead.name", "there"),
    "full_name": ("lead.name", "there"),
    "company": ("lead.company", "your company"),
    "company_name": ("lead.company", "your company"),
    "firma": ("lead.company", "your company"),
    "empresa": ("lead.company", "your company"),
    "title": ("lead.title", "your role"),
    "industry": ("lead.industry", "your industry"),
    "city": ("lead.city", "your city"),
    "sender": ("campaign.sender_name", "us"),
    "sender_name": ("campaign.sender_name", "us"),
    "campaign": ("campaign.name", "us"),
    "campaign_name": ("campaign.name", "us"),
}
_EXPRESSION = re.compile(
    r"(?:lead\.(?:first_name|name|company|title|email|phone|industry|company_size|city|language|score|tier)|"
    r"campaign\.(?:name|description|sender_name)"
    r"|conversation\.last_text)(?:\s*\|\s*[\w .,'!?-]{0,80})?"
)


class Phrases:
    """One description and what its marks stand for."""

    def __init__(self, text: str) -> None:
        kept = "".join(
            character if character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs", "Cn") else " "
            for character in unicodedata.normalize("NFC", text)
        )
        self._marked: dict[str, str] = {}
        if _NUMBERED.match(kept):
            kept = _NUMBERING.sub(lambda match: ";" * len(match[0]), kept)
        self.text = _MARKED.sub(self._mark, kept).translate(_PLAIN)

    def _mark(self, match: re.Match[str]) -> str:
        kind = match.lastgroup or "q"
        found, rest = match[0], ""
        if kind == "u":
            found, rest = match[0].rstrip(".,;:!?)"), match[0][len(match[0].rstrip(".,;:!?)")) :]
        name = f"{kind}{len(self._marked)}"
        self._marked[name] = found
        return f"\ue000{name}\ue001{rest}"

    def shown(self, text: str) -> str:
        """As the person wrote it."""
        return _MARK.sub(lambda match: self._marked[match[1] + match[2]], text).strip(" ,;:")

    def first(self, kind: str, text: str) -> str | None:
        """What the first mark of a kind stands for: `q` what is quoted, `u` a web address, `e` an e-mail address."""
        found = re.search(f"\ue000{kind}\\d+\ue001", text)
        if found is None:
            return None
        whole = self._marked[found[0].strip("\ue000\ue001")]
        return whole[1:-1].strip() if kind == "q" else whole

    def name(self, text: str | None) -> str:
        """A name, out of its quotation marks and without what expressions are recognised by; empty if it is too long for one."""
        if not text:
            return ""
        found = self.first("q", text) or self.shown(text)
        name = plain(found).strip(" .'\"“”")
        return name if len(name) <= LONGEST_NAME else ""


def plain(text: str) -> str:
    """Without braces in pairs: data, not an expression."""
    return re.sub(r"\{\{+", "{", re.sub(r"\}\}+", "}", text))


def template(text: str) -> tuple[str, list[str]]:
    """A quoted text with its placeholders as expressions, and the placeholders that mean nothing here."""
    strange: list[str] = []

    def translated(match: re.Match[str]) -> str:
        named = next(filter(None, match.groups()), "")
        key = re.sub(r"\W+", "_", named.strip().lower())
        if key in _KNOWN:
            value, fallback = _KNOWN[key]
            return f"{{{{ {value} | {fallback} }}}}"
        if match[1] is not None and _EXPRESSION.fullmatch(named):
            return match[0]
        if match[1] is not None:
            strange.append(match[0])
        return plain(match[0])

    found = _PLACEHOLDER.sub(translated, text)
    # What is left of unbalanced braces is no expression either.
    if found.count("{{") != found.count("}}"):
        return plain(text), [*strange, "{{"]
    return found, strange
