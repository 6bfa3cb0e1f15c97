"""A page's content security policy, made from the finished page, so that every script in it is known by its hash.

The policy is a meta element, since a static host may not let an archive set headers (Content Security Policy Level 3,
section 3.3; `frame-ancestors` has no effect there). Styles stand in files alone, so none is allowed in the page.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

#: The theme's icons are data: addresses in its style sheet.
_RULES = (
    "default-src 'self'",
    "script-src 'self'{hashes}",
    "style-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
)
_SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>(?P<code>.*?)</script\s*>", re.S | re.I)
_TYPE = re.compile(r"""\btype\s*=\s*["']?(?P<type>[^"'\s>]*)""", re.I)
_CODE_TYPES = ("", "module", "text/javascript", "application/javascript")
#: What a template writes where the policy goes: what it allows is known when the page is finished.
PLACE = "policy of this page"


def secured(html: str) -> str:
    """Return a page with its policy in the place that its template keeps for it (overrides/main.html)."""
    return html.replace(f'content="{PLACE}"', f'content="{policy(html)}"', 1)


def policy(html: str) -> str:
    """Return the policy of a page: its own host alone, and the scripts that stand in it."""
    hashes = "".join(f" '{name}'" for name in sorted({_hash(code) for code in _scripts(html)}))
    return "; ".join(_RULES).format(hashes=hashes)


def _scripts(html: str) -> list[str]:
    """Return the code of the scripts that stand in a page; data for programs is no script."""
    found = []
    for script in _SCRIPT.finditer(html):
        type_ = _TYPE.search(script["attributes"])
        runs = (type_["type"].lower() if type_ else "") in _CODE_TYPES
        if runs and not re.search(r"\bsrc\s*=", script["attributes"], re.I):
            found.append(script["code"])
    return found


def _hash(code: str) -> str:
    # A browser reads every line's end as \n before it looks at the script.
    text = code.replace("\r\n", "\n").replace("\r", "\n")
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
