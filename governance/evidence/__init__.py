"""Evidence packs: gathering what is known, writing it into one archive, and checking it (D18).

`people.py` and `documents.py` ask the database, `summary.py` says it to people, `archive.py`
writes files, `manifest.py` seals them, `packing.py` puts them together. `verify_pack.py` stands
alone: it goes into every pack and imports nothing of the portal. The format is described in
`docs/evidence-pack.md`.
"""
