"""Files of leads on their way in: read, mapped, normalised, merged and written, row by row accounted for."""
