"""From edits to outcomes to a model: the outcome lab and what is trained on it.

Never imported when a plan is scored. The lab needs the extra `lab`, Terraform and the AWS
provider; reading its committed rows (`rows`) needs none of them.
"""
