"""Asks a provider which arguments force a replacement, and writes the catalog's table of them.

    python -m iacrisk.training.replacing

It needs the provider's binary and no cloud: planning a change compares values. See `wire` for the
protocol, `schema` for what a type accepts, `values` for what is tried, `asking` for the questions,
`facts` for what the answers mean.
"""
