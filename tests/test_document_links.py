"""The check of links in documents: what it takes and what it finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from stack.document_links import broken_links, documents
from stack.settings import ROOT

GUIDE = """# A guide: `make up`, & more

## The same

## The same

<a id="by-hand"></a>
"""


def found(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "guide.md").write_text(GUIDE)
    (tmp_path / "picture.png").touch()
    readme = tmp_path / "README.md"
    readme.write_text(f"# Read me\n\n{text}\n")
    return [str(link) for link in broken_links(tmp_path, [readme, tmp_path / "docs" / "guide.md"])]


@pytest.mark.parametrize(
    "text",
    [
        "[a](docs/guide.md) [b](docs/) [c](#read-me) ![d](picture.png)",
        "[a](docs/guide.md#a-guide-make-up--more) [b](docs/guide.md#the-same-1) [c](docs/guide.md#by-hand)",
        "[other servers](https://nobody.example/nothing) are not asked: <mailto:a@example.com>",
        "`[in code](nothing.md)`",
    ],
)
def test_a_good_link_is_taken(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[a](docs/gone.md)", "README.md:3: docs/gone.md: there is no such file"),
        ("![a](gone.png)", "README.md:3: gone.png: there is no such file"),
        ("[a](../outside.md)", "README.md:3: ../outside.md: there is no such file"),
        ("[a](#nothing)", "README.md:3: #nothing: the file has no such heading"),
        ("[a](docs/guide.md#the-same-2)", "README.md:3: docs/guide.md#the-same-2: the file has no such heading"),
        ("[over two\nlines](docs/gone.md)", "README.md:3: docs/gone.md: there is no such file"),
        ("| a |\n| - |\n| [a](gone.md) |", "README.md:5: gone.md: there is no such file"),
        ("[a][name]\n\n[name]: gone.md", "README.md:3: gone.md: there is no such file"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(tmp_path: Path, text: str, problem: str) -> None:
    assert found(tmp_path, text) == [problem]


def test_all_documents_are_looked_at() -> None:
    names = {str(file.relative_to(ROOT)) for file in documents(ROOT)}
    assert {"README.md", "ARCHITECTURE.md", "docs/runbook.md", "infra/localstack/README.md"} <= names
