"""Reads what abidw wrote of the library and prints, in the order of their names, the functions that it exports and the types that these use.

abidw tells of each function where it was compiled: in which part of the crate (the compiler cuts it anew whenever something changes), and
in which module. Neither is seen by a program, so a difference would be a false alarm, and would bury the true ones in the kept file.
"""

import sys
import xml.etree.ElementTree as ET


def declarations(element):
    """All that is declared in a unit, whatever module it stands in."""
    for child in element:
        if child.tag == "namespace-decl":
            yield from declarations(child)
        else:
            yield child


def used_by(element):
    return {part.get("type-id") for part in element.iter() if part.get("type-id")}


corpus = ET.parse(sys.argv[1]).getroot()
functions = {}
types = {}
for unit in corpus.findall("abi-instr"):
    corpus.remove(unit)
    for element in declarations(unit):
        if element.get("elf-symbol-id"):
            functions[element.get("elf-symbol-id")] = element
        elif element.get("id"):
            types.setdefault(element.get("id"), element)
if not functions:
    sys.exit("no types were read: the library has no debug information")

# Handles are numbers behind pointers to types without a size: what those types hold for the compiler's sake is private. A private member
# of a type that has a size, such as dictdb_buffer, would change that size, so it cannot hide here.
for element in types.values():
    for member in element.findall("data-member[@access='private']"):
        element.remove(member)
    if len(element) == 0:
        element.text = None

used = set()
ahead = set().union(*(used_by(function) for function in functions.values()))
while ahead:
    used |= ahead
    ahead = set().union(*(used_by(types[name]) for name in ahead if name in types)) - used

unit = ET.SubElement(corpus, "abi-instr", {"address-size": "64", "language": "LANG_C11"})
unit.extend(sorted((types[name] for name in used & types.keys()), key=lambda e: (e.tag, e.get("name", ""), e.get("id"))))
unit.extend(functions[name] for name in sorted(functions))
ET.indent(corpus, " ")
ET.ElementTree(corpus).write(sys.stdout, encoding="unicode")
print()
