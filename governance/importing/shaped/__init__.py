"""Files that say something about their shape: Word documents, web pages, PDFs.

Their readers make blocks (`blocks`); here these become parts with the lines of a source text
(`emitting`), the title and the headings are told (`titling`, `headings`), lists nested (`lists`),
and everything written as Markdown (`finishing`).
"""
