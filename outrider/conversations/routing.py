"""Which sender a lead hears from."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b

HASH_BYTES = 8
HASH_RANGE = float(1 << (8 * HASH_BYTES))


@dataclass(frozen=True, slots=True)
class SenderRate:
    sender_id: int
    segments_per_second: float


def choose_sender(lead_id: int, senders: Sequence[SenderRate], allowed: Collection[int] = ()) -> int | None:
    """The sender for a lead without one: always the same for the same lead, in proportion to the senders' rates.

    Weighted rendezvous hashing (Thaler and Ravishankar 1998; weights after Schindelhauer and Schomaker 2005): taking a
    sender away moves only its own leads.

    Args:
        allowed: ids it may be; empty means any.

    Returns:
        The id, or None if none of `senders` is allowed.
    """
    candidates = [sender for sender in senders if not allowed or sender.sender_id in allowed]
    best = max(candidates, key=lambda sender: _score(lead_id, sender), default=None)
    return best.sender_id if best else None


def _score(lead_id: int, sender: SenderRate) -> float:
    digest = blake2b(f"{lead_id}:{sender.sender_id}".encode(), digest_size=HASH_BYTES).digest()
    share = (int.from_bytes(digest) + 0.5) / HASH_RANGE
    return -sender.segments_per_second / math.log(share)
