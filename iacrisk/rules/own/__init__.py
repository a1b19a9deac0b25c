"""Rules that a team declares in iacrisk.toml. Imported only where there are some."""

from iacrisk.rules.own.declared import DOES_SOMETHING, declare
from iacrisk.rules.own.expression import BadExpression, Expression, parse_expression

__all__ = ["DOES_SOMETHING", "BadExpression", "Expression", "declare", "parse_expression"]
