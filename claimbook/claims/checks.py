"""Every rule about claims, with its code. A rule is a function; its docstring is the rule in one sentence."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime

from ..citations.library import Library
from ..citations.problems import Problem
from . import checks_evidence as evidence
from . import checks_fields as fields
from . import checks_text as text
from .checks_fields import Context
from .fields import Found
from .records import Claim, Ledger

Check = Callable[[Claim, Context], Iterator[Found]]

#: Rules that need no field, and so are asked even where the fields can't be read.
BODY_CHECKS: Mapping[str, Check] = {
    "R01": fields.check_readable,
    "R24": fields.check_headings,
    "R25": text.check_facts_cited,
    "R26": text.check_marks_placed,
    "R27": text.check_body_quotations,
}
FIELD_CHECKS: Mapping[str, Check] = {
    "R02": fields.check_known_fields,
    "R03": fields.check_needed_fields,
    "R04": fields.check_shapes,
    "R05": fields.check_vocabulary,
    "R06": fields.check_file_name,
    "R07": fields.check_id_used_once,
    "R08": fields.check_numbered,
    "R09": evidence.check_sources_known,
    "R10": evidence.check_sources_read,
    "R11": evidence.check_locators,
    "R12": evidence.check_evidence_there,
    "R13": evidence.check_quotations_short,
    "R14": fields.check_reasons,
    "R15": evidence.check_caveat,
    "R16": evidence.check_mended_there,
    "R17": evidence.check_mended_marks,
    "R18": evidence.check_standard,
    "R19": evidence.check_both_sides,
    "R20": evidence.check_other_side,
    "R21": evidence.check_one_measurer,
    "R22": evidence.check_authority,
    "R23": evidence.check_origins_alike,
    "R28": fields.check_dates,
    "R29": fields.check_next_check,
    "R30": fields.check_history,
    "R31": fields.check_related,
    "R32": fields.check_ended,
    "R33": fields.check_statement,
    "R34": fields.check_title,
    "R35": evidence.check_both_parts,
    "R37": fields.check_language,
    "R39": evidence.check_accounts_named,
    "R40": text.check_own_words,
}
MENTION_CODE, WORD_CODE = "R36", "R38"
VOCABULARY = "docs/method/vocabulary.yml"
#: Every code with its rule.
RULES: Mapping[str, str] = {
    code: (rule.__doc__ or "").strip()
    for code, rule in sorted(
        {
            **BODY_CHECKS,
            **FIELD_CHECKS,
            MENTION_CODE: text.check_mentions,
            WORD_CODE: text.check_words_whole,
        }.items()
    )
}


def check(ledger: Ledger, library: Library, today: date) -> Iterator[Problem]:
    """Yield everything to mend in the claims, the pages that name them and the vocabulary, in no order."""
    context = Context(ledger, library, today)
    for claim in ledger.claims:
        rules = {**BODY_CHECKS, **FIELD_CHECKS} if claim.fields else BODY_CHECKS
        for code, rule in rules.items():
            for line, message in rule(claim, context):
                yield Problem(claim.path, line, code, message)
    for mention in ledger.mentions:
        for line, message in text.check_mentions(mention, context):
            yield Problem(mention.path, line, MENTION_CODE, message)
    for word in (word for words in ledger.vocabulary.values() for word in words.values()):
        for line, message in text.check_words_whole(word, context):
            yield Problem(VOCABULARY, line, WORD_CODE, message)


def this_day() -> date:
    """Return the day that no date may pass: today, or that of the sources where the clock is behind it."""
    return max(datetime.now(UTC).date(), build_day())


def build_day() -> date:
    """Return the day that pages are built for: SOURCE_DATE_EPOCH where set, so that builds repeat."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(seconds), UTC).date() if seconds.isdigit() else datetime.now(UTC).date()
