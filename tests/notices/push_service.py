"""A push service of our own, on the loopback address: it takes what ours sends and opens it as a browser would."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def new_key() -> str:
    """A VAPID key as the environment holds it."""
    key = ec.generate_private_key(ec.SECP256R1())
    return encoded(key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()))


@dataclass
class PushService:
    """`status`: what it answers; `got`: (path, headers, message as the browser reads it)."""

    address: str = ""
    status: int = 201
    got: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = bytes(range(16))

    def keys(self) -> dict[str, str]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": encoded(point), "auth": encoded(self.secret)}

    def subscription(self, name: str = "one") -> dict[str, str]:
        return {"endpoint": f"{self.address}/{name}", **self.keys()}

    def take(self, path: str, headers: dict[str, str], body: bytes) -> None:
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        self.got.append((path, headers, json.loads(plain)))


def claims(headers: dict[str, str]) -> tuple[dict[str, Any], bytes]:
    """The signed claims of a request and the point they were signed with (RFC 8292, section 3); raises for a
    wrong signature."""
    fields = dict(part.split("=", 1) for part in headers["authorization"].removeprefix("vapid ").split(","))
    signed, _, signature = fields["t"].rpartition(".")
    point, raw = decoded(fields["k"]), decoded(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    public.verify(der, signed.encode(), ec.ECDSA(SHA256()))
    return json.loads(decoded(signed.split(".")[1])), point


@contextmanager
def push_service() -> Iterator[PushService]:
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if service.status < 300:
                headers = {name.lower(): value for name, value in self.headers.items()}
                service.take(self.path, headers, body)
            self.send_response(service.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.address = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield service
    server.shutdown()
    server.server_close()
