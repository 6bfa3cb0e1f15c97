"""What a page carries for programs: its policy, its head, its weight; and the feed and list of the whole site.

Nothing here knows MkDocs; plugin.py hands pages in.
"""
