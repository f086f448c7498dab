"""People and companies to reach: their data, consent, lists, import and export."""
