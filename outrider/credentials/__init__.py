"""Named secrets that calls of other systems carry: kept sealed, sent to their own hosts only, never shown again."""
