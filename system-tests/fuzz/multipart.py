"""Sends forms that are broken byte by byte, with headers that are broken too, and event streams with odd ids.

Fails if an answer is a 5xx, or if none comes. Each request has a number; the same seed gives the same ones.
"""

import argparse
import random
import socket
import sys
import time
from collections import Counter
from urllib.parse import urlsplit

ROUTES = ["/v1/videos", "/v1/videos", "/v1/videos/edits", "/v1/videos/extensions"]
REMIX = "/v1/videos/0198c0de-0000-7000-8000-000000000000/remix"
TELLING = b'\r\n-:;="[]% \x00\xff\\'
PATIENCE = 60


def part(name: str, content: bytes, more: str = "") -> bytes:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"


def valid(random_: random.Random) -> bytes:
    """A form without a prompt: what is let in costs nothing."""
    parts = [
        part("size", b"96x64"),
        part("seed", b"7"),
        part("n", b"2"),
        part("video[id]", b"x"),
        part("input_reference", random_.randbytes(random_.randrange(2000)), '; filename="a.png"'),
        part("last_frame[image_url]", b"data:image/png;base64,AQID"),
        part("notes", b"nobody reads this", "; filename*=UTF-8''a%20b"),
    ]
    return b"".join(random_.sample(parts, random_.randint(0, len(parts)))) + b"--b--\r\n"


def mutated(body: bytes, random_: random.Random) -> bytes:
    text = bytearray(body)
    for _ in range(random_.randint(0, 8)):
        at = random_.randrange(len(text) + 1)
        end = min(len(text), at + random_.randrange(16))
        how = random_.randrange(5)
        if how == 0 and at < len(text):
            text[at] = random_.choice(TELLING)
        elif how == 1:
            del text[at:end]
        elif how == 2:
            text[at:at] = text[at:end]
        elif how == 3:
            text[at:at] = random_.randbytes(random_.randrange(8))
        elif random_.random() < 0.2:
            del text[at:]
    return bytes(text)


def request(random_: random.Random) -> bytes:
    if random_.random() < 0.1:
        ident = mutated(b"0198c0de-0000-7000-8000-000000000000", random_).hex()
        path = "/v1/videos/" + "".join(f"%{ident[i : i + 2]}" for i in range(0, len(ident), 2)) + "/events"
        return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    body = mutated(valid(random_), random_)
    media = b"multipart/form-data; boundary=b"
    if random_.random() < 0.2:
        media = bytes(c for c in mutated(media, random_) if c not in b"\r\n\x00")
    path = random_.choice([*ROUTES, REMIX])
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n".encode()
    if random_.random() < 0.3:
        chunks = b"".join(f"{len(body[i : i + 100]):x}\r\n".encode() + body[i : i + 100] + b"\r\n" for i in range(0, len(body), 100))
        return head + b"Content-Type: " + media + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
    return head + b"Content-Type: " + media + f"\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def answer(host: str, port: int, sent: bytes) -> bytes:
    with socket.create_connection((host, port), timeout=PATIENCE) as client:
        client.sendall(sent)
        return client.recv(4096)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("url")
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, default=28)
    asked = options.parse_args()
    server = urlsplit(asked.url)
    seen: Counter[str] = Counter()
    bad = 0
    end = time.monotonic() + asked.seconds
    number = 0
    while time.monotonic() < end and bad < 5:
        sent = request(random.Random(f"{asked.seed}/{number}"))
        try:
            status = answer(server.hostname or "localhost", server.port or 80, sent)[9:12].decode("ascii", "replace")
        except OSError as e:
            status = type(e).__name__
        seen[status] += 1
        if not status.startswith(("2", "3", "4")):
            bad += 1
            print(f"multipart: request {number} of seed {asked.seed} was answered {status or 'with nothing'}:\n{sent!r}", file=sys.stderr)
        number += 1
    print(f"multipart: {number} requests, answers {dict(sorted(seen.items()))}")
    return 1 if bad or not number else 0


if __name__ == "__main__":
    sys.exit(main())
