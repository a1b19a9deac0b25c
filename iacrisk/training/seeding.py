"""Content for every store, written before the edit so that its loss can be seen."""

from __future__ import annotations

import json
import time

from iacrisk.training.intents import Intents
from iacrisk.training.inventory import Cloud, Inventory, Thing
from iacrisk.training.inventory.storage import SEEDED_LOG_STREAM
from iacrisk.training.probes.scene import Seeds

_IMAGE = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "config": {"digest": "sha256:" + "a" * 64, "size": 1, "mediaType": "x"},
    "layers": [],
}


def seed(cloud: Cloud, inventory: Inventory, intents: Intents) -> Seeds:
    """Write into every store that is not meant to be empty; encrypt under every key."""
    empty = {item.target for item in intents.data if item.worth == "empty"}
    ciphertexts = {}
    for thing in inventory:
        if thing.label in empty:
            continue
        if thing.kind == "key" and thing.facts["enabled"]:
            answer = cloud.ask("kms", "encrypt", KeyId=thing.identity, Plaintext=b"seed")
            if answer is not None:
                ciphertexts[thing.identity] = answer["CiphertextBlob"]
        else:
            _fill(cloud, thing)
    return Seeds(ciphertexts=ciphertexts)


def _fill(cloud: Cloud, thing: Thing) -> None:
    name = thing.name
    match thing.kind:
        case "bucket":
            for number in range(2):
                key = f"seed/{number}.bin"
                cloud.ask("s3", "put_object", Bucket=name, Key=key, Body=b"seed")
        case "table":
            for number in range(2):
                cloud.ask("dynamodb", "put_item", TableName=name, Item=_item(thing, number))
        case "queue":
            group = {"MessageGroupId": "seed", "MessageDeduplicationId": "seed"}
            options = group if name.endswith(".fifo") else {}
            url = thing.facts["url"]
            cloud.ask("sqs", "send_message", QueueUrl=url, MessageBody="seed", **options)
        case "stream":
            cloud.ask("kinesis", "put_record", StreamName=name, Data=b"seed", PartitionKey="a")
        case "log-group":
            cloud.ask(
                "logs", "create_log_stream", logGroupName=name, logStreamName=SEEDED_LOG_STREAM
            )
            event = {"timestamp": int(time.time() * 1000), "message": "seed"}
            cloud.ask(
                "logs",
                "put_log_events",
                logGroupName=name,
                logStreamName=SEEDED_LOG_STREAM,
                logEvents=[event],
            )
        case "repository":
            cloud.ask(
                "ecr",
                "put_image",
                repositoryName=name,
                imageManifest=json.dumps(_IMAGE),
                imageTag="seed",
            )
        case _:
            return


def _item(table: Thing, number: int) -> dict[str, dict[str, str]]:
    """An item with the table's keys, each of its type."""
    types = table.facts["key_types"]
    item = {key: {types.get(key, "S"): f"{number}"} for key in types}
    return item | {"lab_payload": {"S": "seed"}}
