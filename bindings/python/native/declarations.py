"""Makes of dictdb.h what cffi reads: its declarations, without comments and directives."""

import re


def declarations(header: str) -> str:
    """The types, functions and integer constants of the header's text."""
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", header, flags=re.DOTALL)
    constants = re.findall(r"^#define (DICTDB_[A-Z0-9_]+) -?\d+$", code, flags=re.MULTILINE)
    code = re.sub(r'^extern "C" \{$|^\}\s*$(?=\s*#endif)', "", code, flags=re.MULTILINE)
    code = re.sub(r"^#(?:[^\n]*\\\n)*[^\n]*$", "", code, flags=re.MULTILINE)
    return "\n".join([f"#define {name} ..." for name in constants]) + code
