"""Expressions in parameters of nodes: `{{ lead.score >= 60 }}`, `Hi {{ lead.first_name | there }}`.

The language is CEL (Common Expression Language, cel.dev): typed, without side effects, without loops that don't end.
"""
