"""Writes the tables that prompts are cleaned by, from ftfy 6.3.1 (Robyn Speer, Apache-2.0) and Python's html module.

Usage: make_cleaning_tables.py; needs `pip install ftfy==6.3.1`. ftfy's expressions are written as Java's: without the
white space and comments of verbose ones, and with Python's meaning of \\s and \\w spelled out.
"""

import html
import html.entities
import json
import pathlib
import re

import ftfy
from ftfy import badness, chardata

TARGET = pathlib.Path(__file__).parent.parent / "resources" / "dev" / "galatea" / "text" / "cleaning"
SPACES = r"[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
WORDS = r"[\p{L}\p{N}_]"


def expression(pattern: "re.Pattern[str]") -> str:
    """A Python expression as Java's."""
    verbose = bool(pattern.flags & re.VERBOSE)
    out: list[str] = []
    inside = False  # a character class
    position = 0
    source = pattern.pattern
    while position < len(source):
        character = source[position]
        position += 1
        if character == "\\":
            escape = source[position]
            position += 1
            assert not (inside and escape in "sw"), source[:position]
            out.append({"s": SPACES, "w": WORDS}.get(escape, character + escape))
        elif inside:
            assert character != "[" and source[position - 1 : position + 1] != "&&", source[:position]
            inside = character != "]"
            out.append(character)
        elif verbose and character == "#":
            position = source.index("\n", position)
        elif not (verbose and character.isspace()):
            inside = character == "["
            out.append(character)
    return "".join(out)


def byte_expression(pattern: "re.Pattern[bytes]") -> str:
    """An expression of bytes as one of the Latin-1 characters of the same numbers."""
    return pattern.pattern.decode("latin-1")


def encoding(name: str) -> dict[str, object]:
    return {"name": name, "characters": bytes(range(256)).decode(name)}


def main() -> None:
    assert ftfy.__version__ == "6.3.1", ftfy.__version__
    capitals = {name[1:]: text for name, text in chardata.HTML_ENTITIES.items() if name[1:] not in html.entities.html5}
    tables = {
        "source": "ftfy 6.3.1 by Robyn Speer, Apache-2.0; html.entities of Python",
        "bad": expression(badness.BADNESS_RE),
        "utf8Detector": expression(chardata.UTF8_DETECTOR_RE),
        "alteredUtf8": byte_expression(chardata.ALTERED_UTF8_RE),
        "lossyUtf8": byte_expression(chardata.LOSSY_UTF8_RE),
        "aGraveWord": byte_expression(ftfy.fixes.A_GRAVE_WORD_RE),
        "encodings": [encoding(name) for name in chardata.CHARMAP_ENCODINGS],
        "ligatures": {chr(code): text for code, text in chardata.LIGATURES.items()},
        "widths": {chr(code): text for code, text in chardata.WIDTH_MAP.items()},
        "entities": dict(sorted(html.entities.html5.items())),
        "capitalEntities": dict(sorted(capitals.items())),
        "invalidReferences": {str(code): text for code, text in html._invalid_charrefs.items()},
        "invalidCodePoints": sorted(html._invalid_codepoints),
    }
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / "tables.json").write_text(json.dumps(tables, ensure_ascii=True, indent=0) + "\n")


if __name__ == "__main__":
    main()
