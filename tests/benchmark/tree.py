"""A large configuration of many files, each different, for measuring `iacrisk diff`.

A root with a few dozen files calls local modules of nine files each. The text is written as people
write it: comments of all kinds, heredocs, `for_each`, dynamic blocks, conditions, templates, and
now and then syntax that is rare.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

FILES: Final = 2000
_ROOT_FILES: Final = 29
_WORDS: Final = ("api", "billing", "cart", "desk", "edge", "feed", "hub", "jobs", "keys", "mail")
_SIZES: Final = ("t3.small", "t3.medium", "m6i.large", "c7g.xlarge")


def write_tree(folder: Path, files: int = FILES, seed: int = 1) -> tuple[Path, ...]:
    """Write the tree into a folder that need not exist yet; the files, in a fixed order."""
    dice = random.Random(seed)  # noqa: S311 - nothing secret
    written = []
    for name, text in _files(dice, files):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="")
        written.append(path)
    return tuple(written)


def edit(text: str, number: int) -> str:
    """The text with one change of a value, or with one block more where it has none to change."""
    for old, new in (("= 30\n", "= 60\n"), ("= true\n", "= false\n"), ('"t3.small"', '"t3.large"')):
        if old in text:
            return text.replace(old, new, 1)
    return f'{text}\nresource "aws_sqs_queue" "more_{number}" {{\n  name = "more-{number}"\n}}\n'


def _files(dice: random.Random, files: int) -> Iterator[tuple[str, str]]:
    root = min(_ROOT_FILES, files)
    modules = (files - root) // len(_PARTS)
    rest = files - root - modules * len(_PARTS)
    names = [f"{dice.choice(_WORDS)}_{number}" for number in range(modules)]
    for number in range(root + rest):
        yield f"part_{number:03}.tf", _root_file(dice, number, names[number :: root + rest])
    for name in names:
        for part, write in _PARTS.items():
            yield f"modules/{name}/{part}.tf", write(dice, name)


def _root_file(dice: random.Random, number: int, calls: list[str]) -> str:
    lines = [
        f"# Part {number}, run by the {dice.choice(_WORDS)} team",
        f'resource "aws_sns_topic" "part_{number}" {{',
        f'  name = "part-{number}-{dice.randrange(10**6)}"',
        "}",
        f'locals {{ part_{number} = {{ size = {dice.randrange(9)}, name = "part-{number}" }} }}',
    ]
    for name in calls:
        lines += [
            f'module "{name}" {{',
            f'  source = "./modules/{name}"',
            f'  name   = "{name}-${{terraform.workspace}}"',
            f"  size   = local.part_{number}.size",
            f"  topic  = aws_sns_topic.part_{number}.arn",
            "}",
        ]
    return "\n".join([*lines, ""])


def _main(dice: random.Random, name: str) -> str:
    return f"""\
/*
 * {name}: {dice.randrange(10**6)}
 */
resource "aws_instance" "this" {{
  for_each      = {{ for zone in ["a", "b"] : zone => "subnet-${{zone}}" if zone != var.without }}
  ami           = data.aws_ami.base.id
  instance_type = "{dice.choice(_SIZES)}"
  subnet_id     = each.value
  monitoring    = true
  user_data     = <<-EOT
    #!/bin/sh
    echo "$${{HOSTNAME}} is ${{var.name}}" // not a comment
    %{{ if var.size > {dice.randrange(9)} ~}}
    echo large {{
    %{{ endif ~}}
  EOT

  dynamic "ebs_block_device" {{
    for_each = toset(["b", "c"])
    iterator = disk
    content {{
      device_name = "/dev/sd${{disk.key}}"
      volume_size = {dice.randrange(10, 90)}
    }}
  }}

  lifecycle {{
    ignore_changes = [tags["Owner"], user_data]
  }}
}}
"""


def _queues(dice: random.Random, name: str) -> str:
    return f"""\
resource "aws_sqs_queue" "jobs" {{
  name                       = "{name}-jobs"
  visibility_timeout_seconds = 30
  message_retention_seconds  = {dice.randrange(1, 14)} * 24 * 60 * 60 // days
  redrive_policy = jsonencode({{
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = {dice.randrange(2, 9)},
  }})
  tags = merge(local.tags, {{ "team:cost" = "{dice.choice(_WORDS)}", (var.name) = true }})
}}

resource "aws_sqs_queue" "dead" {{ name = "{name}-dead-{dice.randrange(10**6)}" }}
"""


def _network(dice: random.Random, name: str) -> str:
    port = dice.randrange(1024, 60000)
    return f"""\
resource "aws_security_group" "this" {{
  name        = "{name}"
  description = "of \\"{name}\\" \\u00e9 {dice.randrange(10**6)}"

  ingress {{
    from_port   = {port}
    to_port     = {port}
    protocol    = "tcp"
    cidr_blocks = [
      "10.{dice.randrange(255)}.0.0/16", # office
      "10.{dice.randrange(255)}.0.0/16",
    ]
  }}
  egress {{
    from_port = 0
    to_port   = 0
    protocol  = -1
    self      = true
  }}
}}
"""


def _roles(dice: random.Random, name: str) -> str:
    return f"""\
data "aws_iam_policy_document" "trust" {{
  statement {{
    actions = ["sts:AssumeRole"]
    principals {{
      type        = "Service"
      identifiers = ["{dice.choice(_WORDS)}.amazonaws.com"]
    }}
  }}
}}

resource "aws_iam_role" "this" {{
  name               = substr("{name}-role-{dice.randrange(10**6)}", 0, 64)
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = {{ for k, v in local.tags : upper(k) => lower(v)... if v != null }}
}}
"""


def _alarms(dice: random.Random, name: str) -> str:
    return f"""\
resource "aws_cloudwatch_metric_alarm" "old_message" {{
  count               = var.size >= 1 && !var.quiet ? 1 : 0
  alarm_name          = format("%s-%s", "{name}", "old")
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = {dice.randrange(1, 6)}
  threshold           = {dice.randrange(100, 900)}.5
  alarm_actions       = compact([var.topic, ""])
  dimensions = {{
    QueueName : aws_sqs_queue.jobs.name
    "Stage"   = var.name
  }}
}}
"""


def _data(dice: random.Random, name: str) -> str:
    return f"""\
# {name}
data "aws_ami" "base" {{
  most_recent = true
  owners      = ["{dice.randrange(10**11, 10**12)}"]
  filter {{
    name   = "name"
    values = ["base-{dice.randrange(99)}-*"]
  }}
}}
"""


def _variables(dice: random.Random, name: str) -> str:
    return f"""\
variable "name" {{ type = string }}
variable "topic" {{}}
variable "quiet" {{
  type    = bool
  default = false
}}
variable "without" {{
  description = <<EOF
A zone that {name} leaves out ("{dice.choice(_WORDS)}").
EOF
  type        = string
  default     = null
}}
variable "size" {{
  type    = number
  default = {dice.randrange(9)}
  validation {{
    condition     = var.size < 100 || can(regex("^[0-9]+$", var.size))
    error_message = "Too large: ${{var.size}}."
  }}
}}
"""


def _locals(dice: random.Random, name: str) -> str:
    return f"""\
locals {{
  tags = {{
    Name  = var.name
    Team  = "{dice.choice(_WORDS)}"
    Build = "{dice.randrange(10**6)}"
  }}
  places = flatten([for zone in ["a", "b"] : [for n in range(2) : "${{zone}}-${{n}}"]])
  first  = try(local.places[0], one(local.places[*]), "{name}")
  worked = (
    var.size > 2
    ? "many"
    : "few"
  )
}}
"""


def _outputs(dice: random.Random, name: str) -> str:
    return f"""\
output "queue" {{
  description = "{name} {dice.randrange(10**6)}"
  value       = aws_sqs_queue.jobs.id
}}
output "instances" {{ value = values(aws_instance.this)[*].id }}
"""


_PARTS: Final[dict[str, Callable[[random.Random, str], str]]] = {
    "main": _main,
    "queues": _queues,
    "network": _network,
    "roles": _roles,
    "alarms": _alarms,
    "data": _data,
    "variables": _variables,
    "locals": _locals,
    "outputs": _outputs,
}
