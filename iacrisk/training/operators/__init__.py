"""Mutation operators: edits of a stack's text that a person or an assistant might make.

An operator finds the sites where it applies and the splices that it makes there. It never says
what comes of it; the probes do. `registry` lists all operators, `draw` makes cases of them, and
`mutation` is what the lab calls.
"""
