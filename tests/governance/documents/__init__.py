"""Policies in the manner of schools, our own words, in every format the portal reads.

`policies` says what each holds; the writers (`word`, `pdf`, `webpages`, `plain`) make files of it
the way schools make them: with styles and without, with contents lists, page numbers, front pages.
The .txt and .md files beside them were typed by hand.
"""
