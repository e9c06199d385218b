"""Writes the test vectors of crates/recipients, one file a case. crates/recipients/tests/README.md explains a file.

Each case states what must come out. The opener of this program must agree before the file is written.
"""

from pathlib import Path

import document
import sealed_secret
from vectors.cases_read import READ
from vectors.cases_refused import REFUSED
from vectors.draft import Case, Draft, Keys

REPOSITORY = Path(__file__).parents[4]
CLUSTERS = REPOSITORY / "crates/envelope/tests/keys"
IDENTITY = REPOSITORY / "crates/recipients/tests/keys/age.txt"


def write(folder: Path) -> None:
    """Writes all vectors into the folder, in place of those in it."""
    for path in folder.glob("*.vector"):
        path.unlink()
    keys = Keys(CLUSTERS, IDENTITY)
    for name, case in {**READ, **REFUSED}.items():
        draft = case.draft(keys, name)
        text = case.text(draft)
        (folder / f"{name}.vector").write_text(_vector(name, case, draft, text), encoding="utf-8", newline="\n")


def _vector(name: str, case: Case, draft: Draft, text: str) -> str:
    lines = [f"case: {case.title}", f"label: {case.label}".rstrip(), f"annotation: {case.annotation}"]
    padded = text
    if case.length is not None:
        lines.append(f"length: {case.length}")
        padded = text.ljust(case.length)
    envelopes = {item: sealed.to_bytes() for item, sealed in draft.envelopes.items()}
    for reader, expected in case.expected.items():
        outcome, opened = sealed_secret.open_envelopes(padded, envelopes, draft.label, [draft.keys.readers[reader]])
        assert outcome.split(":")[0] == case.annotation, f"{name}: the annotation is {outcome}"
        for item, (by, value) in opened.items():
            how = "none" if value is None else by
            wanted = expected if isinstance(expected, str) else expected[item]
            assert how == wanted, f"{name}: {reader} opens {item} by {how} ({by}), not by {wanted}"
            lines.append(f"{reader} {item}: {how}" + ("" if value is None else f" {document.encode(value)}"))
    sealed = [f"{item}: {document.encode(data)}" for item, data in envelopes.items()]
    return "\n".join([*lines, "", text, "", *sealed, ""])
