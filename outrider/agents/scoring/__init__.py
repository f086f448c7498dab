"""A scorer that learns from the installation's own outcomes which leads are worth contacting first."""
