"""Links in the documents: whether each leads to a file that is there, and to a heading of it.

Other servers are not asked, because the checks must pass where there is no network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from . import working_tree

PARSER = MarkdownIt("commonmark").enable("table")
HTML_ID = re.compile(r"""\b(?:id|name)=["']([^"']+)["']""")
# What GitHub leaves out of a heading when it makes an anchor.
NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class BrokenLink:
    """A link that leads nowhere."""

    file: Path
    line: int
    target: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.target}: {self.reason}"


def documents(root: Path) -> list[Path]:
    """The Markdown files of a checkout, also those that are new."""
    return working_tree.files(root, "*.md")


def broken_links(root: Path, files: list[Path]) -> Iterator[BrokenLink]:
    """What is wrong with the links of these files; paths in the answer are relative to `root`."""
    anchors = cache(_anchors)
    for file in files:
        for line, target in _links(file):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            found = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            reason = None
            if not found.is_relative_to(root) or not found.exists():
                reason = "there is no such file"
            elif parts.fragment and (found.suffix != ".md" or unquote(parts.fragment) not in anchors(found)):
                reason = "the file has no such heading"
            if reason:
                yield BrokenLink(file.relative_to(root), line, target, reason)


def _links(file: Path) -> Iterator[tuple[int, str]]:
    """The targets of links and images, with the lines on which their paragraphs begin."""
    for block in PARSER.parse(file.read_text()):
        line = block.map[0] + 1 if block.map else 0
        for token in block.children or ():
            target = token.attrGet("href") or token.attrGet("src")
            if target:
                yield line, str(target)


def _anchors(file: Path) -> set[str]:
    """The anchors of a file: those that GitHub makes of its headings, and those that it names itself."""
    blocks = PARSER.parse(file.read_text())
    anchors: set[str] = set()
    for opening, content in zip(blocks, blocks[1:], strict=False):
        if opening.type == "heading_open":
            anchor = _anchor(content)
            repeats = (f"{anchor}-{number}" for number in range(1, len(blocks)))
            anchors.add(anchor if anchor not in anchors else next(name for name in repeats if name not in anchors))
    for block in blocks:
        for token in (block, *(block.children or ())):
            if token.type in ("html_block", "html_inline"):
                anchors.update(HTML_ID.findall(token.content))
    return anchors


def _anchor(heading: Token) -> str:
    texts = (token.content for token in heading.children or () if token.type in ("text", "code_inline"))
    return NOT_IN_ANCHORS.sub("", "".join(texts).strip().lower()).replace(" ", "-")
