"""Rules that a team declares in iacrisk.toml. Imported only where there are some."""

from iacrisk.rules.own.declared import declare
from iacrisk.rules.own.expression import BadExpression, Expression, parse_expression

__all__ = ["BadExpression", "Expression", "declare", "parse_expression"]
