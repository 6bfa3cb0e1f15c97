"""What can come of asking for an address: a closed list, each with what it means for the link."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """A kind of answer: its word in the state file, what it weighs, and what it says to a reader of the report.

    Weights: `fine`, the page is there; `gone`, a failure that counts towards dead; `doubt`, nothing is known of the
    page: it is never called dead for it. `passing` ones are asked about a second time at once.
    """

    FINE = ("fine", "fine", "it opens", False)
    FINE_ELSEWHERE = ("fine-for-lychee", "fine", "it opened for lychee only, so the text wasn't compared", False)

    NOT_FOUND = ("404", "gone", "the server says there is no such page (404)", False)
    GONE = ("410", "gone", "the server says that the page was taken away (410)", False)
    SOFT_404 = ("soft-404", "gone", "the page says that there is no such page, though its status is 200", False)
    PARKED = ("parked", "gone", "a page of a name for sale, or of a server without a site, stands in its place", False)
    SENT_HOME = ("sent-home", "gone", "it leads to the site's first page", False)
    NO_HOST = ("no-host", "gone", "no such host is known", False)
    NO_SERVER = ("no-server", "gone", "the host is there, but no web server answers (connection refused)", True)
    SERVER_ERROR = ("server-error", "gone", "the server fails (5xx)", True)

    REFUSED = ("refuses-robots", "doubt", "the server refuses robots", False)
    TOO_MANY = ("too-many", "doubt", "the server says that it was asked too often (429)", True)
    LAW = ("451", "doubt", "the server says that the law forbids to show it (451)", False)
    BUSY = ("busy", "doubt", "the server says that it is busy, or shut for a while", True)
    LOGIN = ("login", "doubt", "it asks for a login", False)
    WALL = ("wall", "doubt", "a gate asks whether a person is there, or for scripts or cookies", False)
    SENT_AWAY = ("sent-away", "doubt", "it leads to the first page of another site", False)
    SLOW = ("slow", "doubt", "it wasn't reached: no whole answer came in time", False)
    CUT = ("cut-off", "doubt", "it wasn't reached: the connection was cut off", False)
    UNREACHED = ("not-reached", "doubt", "it wasn't reached: the network has no way to it", False)
    BAD_TLS = ("bad-certificate", "doubt", "its certificate or encryption isn't one that can be trusted", False)
    LOOP = ("loop", "doubt", "it redirects without end", False)
    GARBAGE = ("garbage", "doubt", "the answer is no HTTP that can be read", False)
    EMPTY = ("empty", "doubt", "the answer is empty", True)
    ODD_STATUS = ("odd-status", "doubt", "the server answers with an unusual status", False)
    BAD_ADDRESS = ("bad-address", "doubt", "the address can't be asked for", False)

    def __init__(self, word: str, weight: str, meaning: str, passing: bool):
        self.word, self.weight, self.meaning, self.passing = word, weight, meaning, passing


BY_WORD = {kind.word: kind for kind in Kind}


@dataclass(frozen=True)
class Answer:
    """What came of asking. `kind` says it in a word; the rest is known as far as the kind allows."""

    kind: Kind
    status: int = 0
    final: str = ""
    """The address at the end of all redirects."""
    moved: str = ""
    """Where lasting redirects (301, 308) from the address asked for lead, if anywhere else."""
    title: str = ""
    text: str = ""
    """The mark of the page's text (see `pages.mark`), or the media type of what isn't a page."""
    shows: bool = False
    """Whether the page shows the title of a source that is cited with this address."""
