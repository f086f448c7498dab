"""Learning from a labelled table: encoding, leak check, models, calibration, metrics. Knows no database.

NumPy and scikit-learn are imported by these modules only, and these modules only by a process that learns or scores: the API
and the worker neither start later nor grow because of them.
"""
