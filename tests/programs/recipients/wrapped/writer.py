"""Writes the test vectors of crates/key-wrapping, one file a case. crates/key-wrapping/tests/README.md explains a file.

Each case states what must come out. The opener of this program must agree before the file is written.
"""

from pathlib import Path

from strict_json import Refused
from wrapped import key
from wrapped.cases_read import READ
from wrapped.cases_refused import REFUSED
from wrapped.draft import Case, Draft, Pair

KEYS = Path(__file__).parents[4] / "crates/envelope/tests/keys"


def write(folder: Path) -> None:
    """Writes all vectors into the folder, in place of those in it."""
    for path in folder.glob("*.vector"):
        path.unlink()
    pairs = {name: Pair(KEYS, name) for name in "ab"}
    assert not READ.keys() & REFUSED.keys()
    for name, case in {**READ, **REFUSED}.items():
        draft = case.draft(pairs, name)
        text = case.text(draft)
        (folder / f"{name}.vector").write_text(_vector(name, case, draft, text), encoding="utf-8", newline="\n")


def _vector(name: str, case: Case, draft: Draft, text: str) -> str:
    outcome = _outcome(draft, text if case.length is None else text.ljust(case.length))
    assert outcome == case.outcome, f"{name}: {outcome}"
    lines = [
        f"case: {case.title}",
        f"cluster: {draft.reader_cluster}",
        f"certificate: {draft.reader_pair}",
        f"identity: {age_identity(draft)}",
    ]
    if case.length is not None:
        lines.append(f"length: {case.length}")
    if outcome.startswith("opens"):
        lines += [f"data key: {draft.data_key.hex()}", f"associated data: {draft.associated_data().hex()}"]
    return "\n".join([*lines, f"outcome: {outcome}", "", text, ""])


def age_identity(draft: Draft) -> str:
    return key.age.identity_of(draft.identity.key.private_bytes_raw())


def _outcome(draft: Draft, text: str) -> str:
    try:
        read = key.read(text)
    except Refused:
        return "refused"
    certificate = draft.pairs[draft.reader_pair].certificate
    opened = key.open_with(read, certificate, draft.reader_cluster, draft.identity)
    return opened.how + (", slots changed" if opened.is_changed else "")
