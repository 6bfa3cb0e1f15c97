"""Where records are asked for, and how patiently: read from the environment, so that tests ask this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .errors import SourceError


@dataclass(frozen=True)
class Services:
    """The services, in the order of the variables that change them (HACKING.md lists these).

    `doi` resolves DOIs and hands requests for records on to the agency that registered each (Crossref, DataCite and
    others): https://citation.doi.org/docs.html. `isbn` answers as Open Library's Books API does. `seconds` is how long
    one question may take in all. `contact` is an address that the services may write to; none is given unasked.
    """

    doi: str = "https://doi.org"
    isbn: str = "https://openlibrary.org"
    seconds: float = 20
    contact: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Services:
        """Return the services that the environment names. Raises SourceError for a time that is no number."""
        seconds = environment.get("CLAIMBOOK_TIMEOUT", str(cls.seconds))
        try:
            patience = float(seconds)
        except ValueError:
            patience = 0
        if not 0 < patience <= 600:
            raise SourceError(f'CLAIMBOOK_TIMEOUT should be a number of seconds, up to 600, not "{seconds}".')
        return cls(
            environment.get("CLAIMBOOK_DOI_SERVICE", cls.doi).rstrip("/"),
            environment.get("CLAIMBOOK_ISBN_SERVICE", cls.isbn).rstrip("/"),
            patience,
            environment.get("CLAIMBOOK_CONTACT", ""),
        )
