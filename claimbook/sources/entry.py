"""From a record to an entry as bibliography/ writes them: order of fields, key, and values that mean what they say."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date
from urllib.parse import urlsplit

from ..citations.library import Library
from .record import Name, Record

#: The fields in the order of the archive's entries; `names` stand first.
ORDER = (
    "title", "titleaddon", "booktitle", "journaltitle", "institution", "type", "number", "volume", "pages", "eid",
    "publisher", "location", "date", "doi", "isbn", "url", "langid", "keywords", "verification", "verificationdate",
)  # fmt: skip
#: Fields that BibLaTeX takes as they are, without TeX.
_VERBATIM = frozenset(("doi", "url"))
#: More names than these are “and others”.
AUTHORS = 12
#: What each type should say beyond what the checks ask, and how it is written.
WANTED = {
    "author": "author = {Family, Given}, or author = {{A Body}} for an organisation",
    "date": "date = {2021}, {2021-03} or {2021-03-08}; where it has none, note = {Undated.}",
    "langid": "langid = {english}, {french}, {zh} or another",
    "journaltitle": "journaltitle = {The Journal}",
    "volume": "volume = {24}",
    "pages": "pages = {55--86}",
    "publisher": "publisher = {The Press}",
    "booktitle": "booktitle = {The Book It Is In}",
    "institution": "institution = {The Institute}",
}
_BY_TYPE = {
    "article": ("journaltitle", "volume", "pages"),
    "book": ("publisher",),
    "incollection": ("booktitle", "publisher", "pages"),
    "inproceedings": ("booktitle",),
    "report": ("institution",),
    "thesis": ("institution",),
    "online": ("publisher",),
}


def missing(record: Record) -> list[str]:
    """Return the fields that nobody told us and that a reader would look for, in the order of WANTED."""
    needed = {"author", "date", "langid", *_BY_TYPE.get(record.type, ())}
    given = {name for name in needed if record.get(name)}
    given |= {"author"} if record.authors or record.editors else set()
    given |= {"pages"} if record.get("eid") else set()
    return [name for name in WANTED if name in needed - given]


def write(record: Record, key: str, kind: str, today: date, library: Library) -> str:
    """Return the entry's text. Nobody has read the work yet, so its verification is `record`."""
    ours = {"keywords": kind, "verification": "record", "verificationdate": today.isoformat()}
    values = {name: value if name in _VERBATIM else tex(value) for name, value in {**record.values, **ours}.items()}
    if record.get("langid") in ("english", ""):
        values["title"] = _protected(values["title"], library)
    lines = [("author", _names(record.authors)), ("editor", _names(record.editors))]
    lines += [(name, values.get(name, "")) for name in ORDER]
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in lines if value)
    return f"@{record.type}{{{key},\n{body}}}\n"


#: What means something to TeX, as TeX writes the sign itself.
_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "%&#$_"},
}  # fmt: skip


def tex(text: str) -> str:
    """Return plain text as TeX that prints it."""
    return "".join(_TEX.get(sign, sign) for sign in text)


def _names(names: Iterable[Name]) -> str:
    listed = [_name(name) for name in names]
    shown = [*listed[:AUTHORS], "others"] if len(listed) > AUTHORS else listed
    return " and ".join(shown)


_SPLITS = re.compile(r",|\band\b|^others$", re.I)


def _name(name: Name) -> str:
    family = tex(name.family)
    given = tex(name.given)
    # Braces keep a body's name whole, and a name that holds what BibLaTeX takes for the end of one.
    if name.body or _SPLITS.search(name.family):
        family = f"{{{family}}}"
    if _SPLITS.search(name.given):
        given = f"{{{given}}}"
    return f"{family}, {given}" if given else family


def _protected(title: str, library: Library) -> str:
    """Return an English title with proper names in braces, so that no style writes them small.

    Proper names are the words that titles already in bibliography/ have in braces, and words in capitals.
    """
    titles = (entry.fields.get("title", "") for entry in library.entries.values())
    known = {name for text in titles for name in re.findall(r"(?<!\{)\{([A-Z][^{}\\]{1,40})\}", text)}
    names = "|".join(re.escape(name) for name in sorted(known, key=lambda name: (-len(name), name)))
    pattern = rf"(?<![\w\\{{])(?:{names}|[A-Z]{{2,}}\d*)(?!\w)" if names else r"(?<![\w\\{])[A-Z]{2,}\d*(?!\w)"
    return title if title.isupper() else re.sub(pattern, lambda match: f"{{{match[0]}}}", title)


# ------------------------------------------------------------------ the key


def key(record: Record, library: Library) -> str:
    """Return a key that no entry has: authorYEARword, with nd where no date is known."""
    stem = _who(record) + (record.get("date")[:4] or "nd")
    words = _words(record.get("title"), library) or [*_path_words(record.get("url")), "source"]
    candidates = [*words, *(f"{words[0]}{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")]
    return next((stem + word for word in candidates if stem + word not in library), f"{stem}{words[0]}-new")


def _who(record: Record) -> str:
    first = next(iter(record.authors or record.editors), None)
    body = first is None or first.body
    name = first.family if first else record.get("institution") or record.get("publisher") or record.get("journaltitle")
    words = _plain(name).split()
    if body and (len(words) > 3 or len("".join(words)) > 20):
        words = [
            word[0] for word in words if word not in ("of", "the", "and", "for", "de", "la", "le", "des", "du", "et")
        ]
    host = _plain((urlsplit(record.get("url")).hostname or "").removeprefix("www.").rpartition(".")[0]).replace(" ", "")
    found = "".join(words) or host.lstrip("0123456789") or "anon"
    return found.lstrip("0123456789") or "anon"


def _words(title: str, library: Library) -> list[str]:
    """Return the words of a title that may tell it from others: those rarest in the archive's titles first."""
    used = Counter(word for entry in library.entries.values() for word in set(_plain(entry.get("title")).split()))
    words = [word for word in dict.fromkeys(_plain(title).split()) if len(word) > 3 and word.isalpha()]
    return sorted(words, key=lambda word: used[word])


def _path_words(url: str) -> list[str]:
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2].rpartition(".")[0] or urlsplit(url).path.rpartition("/")[2]
    return [word for word in _plain(last).split() if len(word) > 3 and word.isalpha()]


def _plain(text: str) -> str:
    """Return words in the letters a to z and digits, with spaces between them; of a possessive, the noun."""
    folded = unicodedata.normalize("NFKD", re.sub(r"['’]s\b", "", text)).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", folded))
