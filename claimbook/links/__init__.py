"""Outside links: whether each address still leads to what was cited, and a copy of it in a web archive.

`addresses` finds them, `fetch` asks for one, `second` has lychee ask again where the answer is bad, `state` keeps one
row per address from run to run, `check` goes through them all, `report` says what to mend; `snapshot` finds or makes
archived copies through `wayback`, and `entry` writes them into a `.bib` file. Nothing here knows MkDocs.
"""
