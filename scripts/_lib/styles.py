"""Leave out of a third-party style sheet what no page of ours can use: a browser reads all it is sent."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

_NAMED = re.compile(r"\.((?:[\w-]|\\.)+)|\[([\w-]+)")
_WORD = re.compile(r"[A-Za-z][\w-]*")
_BEGUN = re.compile(r"([\w-]+-)\{[{%]")
_BRACE = re.compile(r"[{}]")
_REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
_ALTERNATIVES = re.compile(r":(?:not|is|where|has)\([^()]*\)")
_INLINE_IMAGE = re.compile(r'url\("data:[^"]*"\)')
_GROUPS = ("@media", "@supports", "@layer", "@container")


def used_alone(sheet: str, sources: Iterable[Path]) -> str:
    """Return a style sheet without the selectors whose classes and attributes are named nowhere in the sources.

    One counts as named when it stands there as a word, or when a template begins it and its rest is a word
    (`btn-{{ kind }}`). What selects neither stays, as do animations, fonts and variables, and the licence.
    Images written into the sheet become `none`: the content policy refuses them, and our own sheet draws what they would.
    """
    text = "\n".join(path.read_text("utf-8") for path in sources)
    words, beginnings = set(_WORD.findall(text)), tuple(set(_BEGUN.findall(text)))

    @cache
    def is_used(name: str) -> bool:
        return name in words or any(
            name.startswith(each) and name[len(each) :] in words for each in beginnings
        )

    def pruned(rules: str) -> Iterator[str]:
        for head, body in _rules(rules):
            if head.startswith(_GROUPS):
                if inner := "".join(pruned(body)):
                    yield f"{head}{{{inner}}}"
            elif head.startswith("@"):
                yield f"{head}{{{body}}}"
            elif kept := ",".join(each for each in _selectors(head) if all(map(is_used, _names(each)))):
                yield f"{kept}{{{body}}}"

    licence = "".join(each for each in _REMARK.findall(sheet) if each.startswith("/*!"))
    return licence + "".join(pruned(_INLINE_IMAGE.sub("none", _REMARK.sub("", sheet))))


def _rules(text: str) -> Iterator[tuple[str, str]]:
    """Take minified rules apart: what stands before the braces, and what between them."""
    place = depth = opened = 0
    for brace in _BRACE.finditer(text):
        if brace[0] == "{":
            opened = opened if depth else brace.start()
            depth += 1
        elif (depth := depth - 1) == 0:
            # Statements without braces, such as @charset, say nothing that UTF-8 files need.
            yield text[place:opened].rpartition(";")[2].strip(), text[opened + 1 : brace.start()]
            place = brace.end()


def _selectors(head: str) -> list[str]:
    return re.split(r",(?![^(]*\))", head)


def _names(selector: str) -> list[str]:
    """Return the classes and attributes that an element must have."""
    found = _NAMED.findall(_ALTERNATIVES.sub("", selector))
    return [name.replace("\\", "") or attribute for name, attribute in found]
