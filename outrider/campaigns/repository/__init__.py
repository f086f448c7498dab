"""Every query of the campaigns, by what it is about."""
