"""A school year as schools publish it: pasted lines, CSV and calendar files, read into rows.

Begins in `reading.py`; nothing here writes anything.
"""
