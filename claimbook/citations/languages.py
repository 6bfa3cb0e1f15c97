"""The languages of works: a record names one as BibLaTeX does (`langid`), a page as BCP 47 does (`lang`), a reader in English.

BibLaTeX takes its names from babel and polyglossia (BibLaTeX manual, 3.12.2); archives write codes there as well.
"""

from __future__ import annotations

import re

_NAMES = """
    ar Arabic, bg Bulgarian, ca Catalan, cs Czech, da Danish, de German, el Greek, en English, es Spanish, et Estonian,
    eu Basque, fa Persian, fi Finnish, fr French, gl Galician, he Hebrew, hi Hindi, hr Croatian, hu Hungarian,
    id Indonesian, is Icelandic, it Italian, ja Japanese, ko Korean, la Latin, lt Lithuanian, lv Latvian, nl Dutch,
    no Norwegian, pl Polish, pt Portuguese, ro Romanian, ru Russian, sk Slovak, sl Slovenian, sr Serbian, sv Swedish,
    th Thai, tr Turkish, uk Ukrainian, vi Vietnamese, zh Chinese
"""
#: English names by codes.
NAMES = dict(pair.split() for pair in _NAMES.split(","))
#: Babel's names for what English calls otherwise: varieties, older spellings, a script.
_OTHERS = """
    american en, british en, australian en, canadian en, ukenglish en, usenglish en, newzealand en, francais fr, canadien fr,
    acadian fr, ngerman de, austrian de, naustrian de, swissgerman de, nswissgerman de, brazilian pt, brazil pt, portuges pt,
    magyar hu, bahasa id, farsi fa, polutonikogreek el, norsk no, nynorsk no, bokmal no, slovene sl, pinyin zh
"""
#: Languages written in other letters than Latin ones.
_OWN_SCRIPT = frozenset(["ar", "bg", "el", "fa", "he", "hi", "ja", "ko", "ru", "sr", "th", "uk", "zh"])
_LETTERS = "[\u0370-\u1cff\u2e80-\ua95f\uac00-\ud7ff\uf900-\ufaff\ufe30-\uffef]"
_IN_OWN_SCRIPT = re.compile(rf"[“‘]?{_LETTERS}+(?:[\s\d,:;?!“”‘’·—…-]*{_LETTERS}+)*[”’]?")
#: A title in brackets is a cataloguer's. The sign at the end stays outside, where a style looks for it.
_WHOLE = re.compile(r"\A(?!\[).*?(?=[.?!\s]*\Z)", re.S)
_CODES = {name.lower(): code for code, name in NAMES.items()}
_CODES |= dict(pair.split() for pair in _OTHERS.split(","))


def code_of(langid: str) -> str:
    """Return the code for a `langid`, which may be a code itself; an empty string where none is known."""
    main = langid.lower().partition("-")[0]
    return _CODES.get(main) or (main if main in NAMES else "")


def name_of(langid: str) -> str:
    """Return a language's English name; where it isn't known, the `langid` with a capital letter."""
    return NAMES.get(code_of(langid)) or langid.partition("-")[0].capitalize()


def runs(title: str, language: str, page: str) -> list[tuple[str, str]]:
    """Return the words of a work's title in their order, each run with its language's code, or none if it is the page's.

    `language` is the work's code, `page` the page's. A record may give the title in English, or describe it in brackets:
    so of a language with a script of its own only that is taken for the work's words.
    """
    if language in ("", code_of(page)):
        return [(title, "")]
    found, at = [], 0
    for match in (_IN_OWN_SCRIPT if language in _OWN_SCRIPT else _WHOLE).finditer(title):
        found += [(title[at : match.start()], ""), (match[0], language)]
        at = match.end()
    return [(words, code) for words, code in (*found, (title[at:], "")) if words]
