"""Functions that agents may ask for, and the authority under which they run."""
