"""One AWS provider, started once and kept warm for many Terraform commands.

Terraform talks to it through TF_REATTACH_PROVIDERS, and through a proxy in this process that

- answers GetProviderSchema from memory, cut down to the resource types in use. The whole schema
  is 5 MB and costs provider and Terraform most of their time in every command;
- answers PrepareProviderConfig from memory when it has seen the same bytes. The provider checks
  all of its 1,500 schemas in every such call;
- swallows Stop, which would end the provider.

Everything else passes through as raw bytes. The provider's binary is the released one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from iacrisk.training.protobuf import read_varint

SOURCE = "registry.terraform.io/hashicorp/aws"
VERSION = "5.100.0"
MIRROR_VARIABLE = "IACRISK_PROVIDER_MIRROR"
_LIKELY_MIRRORS = (
    Path("/opt"),
    Path.home() / ".terraform.d" / "plugins",
    Path("/usr/local/share/terraform/plugins"),
)
_REMEMBERED = frozenset({"GetMetadata", "GetResourceIdentitySchemas", "GetFunctions"})
_PREPARING = frozenset({"PrepareProviderConfig", "ValidateProviderConfig"})
_SCHEMA = "GetSchema"
_TYPED_FIELDS = frozenset({2, 3, 8})
"""Of the schema answer: resources, data sources and ephemeral resources, each keyed by type."""
_MEMORY = Path(tempfile.gettempdir()) / "iacrisk-lab-provider"
_CALL_TIMEOUT = 1800.0
_ASK_TIMEOUT = 30.0
_APPLY = "ApplyResourceChange"
_APPLY_TIMEOUT = 170.0
"""Longer than anything that succeeds against the emulator. What AWS refuses for good, such as
deleting a security group in use, the provider would try again for 15 minutes or more."""


class ProviderMissing(Exception):
    """No provider binary was found; the text says how to get one."""


def find_provider() -> Path:
    """The provider's binary in a filesystem mirror, where `fixtures/make.py` finds it, too."""
    named = os.environ.get(MIRROR_VARIABLE)
    roots = (Path(named),) if named else _LIKELY_MIRRORS
    for root in roots:
        for found in sorted(root.glob(f"**/{SOURCE}/{VERSION}/*/terraform-provider-aws*")):
            return found
    raise ProviderMissing(
        f"no mirror with {SOURCE} {VERSION} found; run "
        f"`terraform providers mirror DIR` and set {MIRROR_VARIABLE}=DIR"
    )


class ProviderSilent(Exception):
    """The provider gave no answer: it ended, or took too long."""


class Provider:
    """The running provider and its proxy."""

    def __init__(self, binary: Path, folder: Path, work: Path, endpoint: str) -> None:
        """Start it in `work`, so that relative file names mean the same as for Terraform."""
        self._log = (folder / "provider.log").open("ab")
        self._process = subprocess.Popen(  # noqa: S603 - found by find_provider
            [str(binary), "-debug"],
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=_environment(endpoint, folder),
            cwd=work,
            text=True,
        )
        self._attached = self._wait_for_address()
        self._proxy = _Proxy(self._attached["Addr"]["String"])
        socket = folder / "provider.sock"
        socket.unlink(missing_ok=True)
        self._server = _serve(self._proxy, socket)
        self._attached["Addr"]["String"] = str(socket)
        self._attached["Pid"] = os.getpid()

    def _wait_for_address(self) -> dict[str, Any]:
        output = self._process.stdout
        if output is not None:
            for line in output:
                if found := re.search(r"TF_REATTACH_PROVIDERS='(.*)'", line):
                    self._drain = threading.Thread(target=lambda: [*output], daemon=True)
                    self._drain.start()
                    attached: dict[str, Any] = next(iter(json.loads(found[1]).values()))
                    return attached
        raise ProviderMissing("the provider ended before it said where it listens")

    @property
    def reattach(self) -> str:
        """The value of TF_REATTACH_PROVIDERS."""
        return json.dumps({SOURCE: self._attached})

    @property
    def alive(self) -> bool:
        """False after a panic; the emulator may give answers that AWS never gives."""
        return self._process.poll() is None

    def ask(self, method: str, request: bytes) -> bytes:
        """The provider's own answer, past the proxy, as bytes; raises ProviderSilent."""
        try:
            return self._proxy.ask(method, request)
        except _grpc().RpcError as error:
            raise ProviderSilent(str(error.code())) from None

    def allow_types(self, types: frozenset[str]) -> None:
        """Let Terraform see these types from now on, beside those seen so far."""
        self._proxy.allow(types)

    def stop(self) -> None:
        """End both."""
        self._server.stop(None)
        self._process.terminate()
        self._process.wait(timeout=20)
        self._drain.join(timeout=20)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._log.close()


def _environment(endpoint: str, home: Path) -> dict[str, str]:
    quiet = ("TF_LOG", "TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_MUX", "TF_LOG_PROVIDER")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        **dict.fromkeys(quiet, "OFF"),
    }


def _same(message: bytes) -> bytes:
    return message


def _grpc() -> Any:
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")  # we only start other programs
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    return import_module("grpc")


_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def _serve(proxy: _Proxy, socket: Path) -> Any:
    grpc = _grpc()
    base: Any = grpc.GenericRpcHandler

    class Handlers(base):  # type: ignore[misc] # grpc is imported by name
        """One handler for every method."""

        def service(self, details: Any) -> Any:
            """The handler of a method, or None for what the provider does not offer either."""
            if details.method.startswith("/grpc.health"):
                return grpc.unary_unary_rpc_method_handler(lambda *_: b"\x08\x01", _same, _same)
            if not details.method.startswith("/tfplugin5.Provider/"):
                return None

            def handle(request: bytes, context: Any) -> bytes:
                try:
                    return proxy.call(details.method, request)
                except grpc.RpcError as error:
                    failure: Any = error
                    context.abort(failure.code(), failure.details())
                    raise

            return grpc.unary_unary_rpc_method_handler(handle, _same, _same)

    server = grpc.server(ThreadPoolExecutor(40), options=_UNLIMITED)
    server.add_generic_rpc_handlers((Handlers(),))
    server.add_insecure_port(f"unix:{socket}")
    server.start()
    return server


class _Proxy:
    """Passes calls on, and remembers what need not be asked twice."""

    def __init__(self, address: str) -> None:
        self._channel = _grpc().insecure_channel(f"unix:{address}", options=_UNLIMITED)
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, bytes], bytes] = {}
        self._types: frozenset[str] = frozenset()
        self._schema = b""

    def allow(self, types: frozenset[str]) -> None:
        with self._lock:
            if not types <= self._types:
                self._types |= types
                self._schema = b""

    def call(self, method: str, request: bytes) -> bytes:
        name = method.rpartition("/")[2]
        if name == "Stop":
            return b""
        if name == _SCHEMA:
            return self._cut_schema(method)
        if name in _REMEMBERED or name in _PREPARING:
            return self._remembered(method, request)
        return self._pass(method, request)

    def ask(self, method: str, request: bytes) -> bytes:
        """The answer of a method by its short name, asked anew."""
        return self._pass(f"/tfplugin5.Provider/{method}", request, _ASK_TIMEOUT)

    def _pass(self, method: str, request: bytes, within: float = _CALL_TIMEOUT) -> bytes:
        stub = self._channel.unary_unary(
            method, request_serializer=_same, response_deserializer=_same
        )
        timeout = _APPLY_TIMEOUT if method.endswith(_APPLY) else within
        answer: bytes = stub(request, timeout=timeout)
        return answer

    def _remembered(self, method: str, request: bytes) -> bytes:
        """What was answered once, even to another process: it depends on the release alone."""
        with self._lock:
            if (method, request) not in self._answers:
                key = sha256(f"{VERSION} {method} ".encode() + request).hexdigest()
                kept = _MEMORY / key
                if not kept.exists():
                    _keep(kept, self._pass(method, request))
                self._answers[method, request] = kept.read_bytes()
            return self._answers[method, request]

    def _cut_schema(self, method: str) -> bytes:
        whole = self._remembered(method, b"")
        with self._lock:
            if not self._schema:
                self._schema = cut_schema(whole, self._types)
            return self._schema


def _keep(path: Path, answer: bytes) -> None:
    """Write in one step: several benches may do so at the same time."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(answer)
    part.replace(path)


def cut_schema(message: bytes, types: frozenset[str]) -> bytes:
    """The protobuf message GetProviderSchema.Response with only the map entries of `types`."""
    kept, position = bytearray(), 0
    while position < len(message):
        start = position
        tag, position = read_varint(message, position)
        if tag & 7 != 2:
            raise ValueError(f"unexpected wire type {tag & 7} in a provider schema")
        length, position = read_varint(message, position)
        entry = message[position : position + length]
        position += length
        if tag >> 3 not in _TYPED_FIELDS or _key_of(entry) in types:
            kept += message[start:position]
    return bytes(kept)


def _key_of(entry: bytes) -> str:
    """The key of a map entry: its field 1, which comes first."""
    _, position = read_varint(entry, 0)
    length, position = read_varint(entry, position)
    return entry[position : position + length].decode()
