"""The datasets that `datasets/*.toml` declares, as far as tests of each of them need to know them.

What the five datasets' files hold is written out in support/ledger.py.
"""

from __future__ import annotations

from pathlib import Path

import tomlkit

FOLDER = Path(__file__).resolve().parents[2] / "datasets"
DECLARED = {
    path.stem: tomlkit.parse(path.read_text(encoding="utf-8")).unwrap() for path in sorted(FOLDER.glob("*.toml"))
}

# The datasets of the operator API, in the order of lists.
DATASETS = sorted(
    (slug for slug, declared in DECLARED.items() if "OPERATOR" in declared["roles"]),
    key=lambda slug: DECLARED[slug]["position"],
)
# Those whose records come from the platform: the stack itself makes the others.
IMPORTABLE = [slug for slug in DATASETS if not DECLARED[slug].get("internal")]
TYPES = {slug: declared["type"] for slug, declared in DECLARED.items()}
# The last letter of an export's id.
LETTERS = {slug: declared["letter"] for slug, declared in DECLARED.items()}
# The status of the answer to an accepted request.
ACCEPTED = {slug: DECLARED[slug]["accepted_status"] for slug in DATASETS}
