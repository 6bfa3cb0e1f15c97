"""The tools of a cited archive: records, checks, citations, exports. See HACKING.md for the way in."""

__version__ = "0.1.0"
