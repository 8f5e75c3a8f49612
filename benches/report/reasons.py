"""Why libdictdb stops where it does, for rows in which an aim is not reached or a peer is ahead: what profiles name.

Each is of a row or of several; a line is printed only where it applies.
"""

REASONS: dict[tuple[str, ...], str] = {}
