"""Check a proof of `cautery custody prove` with nothing but Python: python3 verify.py PROOF.json [KEPT-PUBLIC-KEY]"""

# fmt: off
import base64, hashlib, json, pathlib, sys  # noqa: E401, I001
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519, RFC 8032
D = -121665 * pow(121666, -1, P) % P
def need(holds, why):
    if not holds:
        sys.exit(f"does NOT hold: {why}")
def add(a, b):
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    return (n - m) * (d - c) % P, (d + c) * (n + m) % P, (d - c) * (d + c) % P, (n - m) * (n + m) % P
def times(k, a, total=(0, 1, 1, 0)):
    while k:
        total, a, k = add(total, a) if k & 1 else total, add(a, a), k >> 1
    return total
def point(raw):
    y = int.from_bytes(raw, "little") % 2**255
    x = pow(square := (y * y - 1) * pow(D * y * y + 1, -1, P) % P, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    need(y < P and x * x % P == square, "a point of key or signature is not on the curve")
    x = x if x % 2 == raw[31] >> 7 else P - x
    return x, y, 1, x * y % P
def head(note, key):  # a checkpoint (c2sp.org/tlog-checkpoint) that `key` signed: its size and root
    text, _, line = note.rpartition("\n\n")
    (name, number, public), (_, signer, signature) = key.strip().split("+", 2), line.split()
    raw, public = base64.b64decode(signature), base64.b64decode(public)[1:]
    need(signer == name and raw[:4].hex() == number, "another key signed this checkpoint")
    r, s = raw[4:36], int.from_bytes(raw[36:], "little")
    k = int.from_bytes(hashlib.sha512(r + public + f"{text}\n".encode()).digest(), "little") % ORDER
    a, b = times(s, point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))), add(point(r), times(k, point(public)))
    same = (a[0] * b[2] - b[0] * a[2]) % P == 0 == (a[1] * b[2] - b[1] * a[2]) % P
    need(len(raw) == 68 and s < ORDER and same, "the checkpoint's signature")
    return int(text.split("\n")[1]), base64.b64decode(text.split("\n")[2])
def sha(prefix, *parts):  # RFC 9162: 0 before a leaf, 1 before a node
    return hashlib.sha256(bytes([prefix]) + b"".join(parts)).digest()
def climb(first, last, path, old, new):  # RFC 9162, 2.1.3.2 and 2.1.4.2: the roots that a path leads to
    need(0 <= first <= last, "there is no such place")
    for step in map(bytes.fromhex, path):
        need(last, "the path is too long")
        new = sha(1, step, new) if (left := first % 2 or first == last) else sha(1, new, step)
        old = sha(1, step, old) if left else old
        while left and first and not first % 2:
            first, last = first // 2, last // 2
        first, last = first // 2, last // 2
    return need(last == 0, "the path is too short") or (old, new)
proof = json.loads(pathlib.Path(sys.argv[1]).read_text())
key = pathlib.Path(sys.argv[2]).read_text().strip().splitlines()[-1] if sys.argv[2:] else proof["key"]
sys.stderr.write("" if sys.argv[2:] else "No kept key was given: this only shows that the proof agrees with itself.\n")
if proof["kind"] == "consistency":
    (m, old), (n, new) = head(proof["old"], key), head(proof["new"], key)
    start, *path, odd = [*([] if m & (m - 1) else [old.hex()]), *proof["path"], (m & -m).bit_length() - 1]
    need(climb((m - 1) >> odd, (n - 1) >> odd, path, *2 * [bytes.fromhex(start)]) == (old, new), "the log goes on")
    sys.exit(print(f"holds: the log of {n} entries begins with that of {m}"))  # noqa: T201
body, (size, root), row = json.loads(proof["body"]), head(proof["checkpoint"], key), proof.get("row")
need(climb(proof["position"], size - 1, proof["path"], b"", sha(0, proof["body"].encode()))[1] == root, "the entry")
end = climb(row["index"], body["rows"]["count"] - 1, row["path"], b"", sha(0, row["line"].encode()))[1] if row else b""
need(not row or end.hex() == body["rows"]["root"], "the row is not in the entry")
print(f"holds: entry {proof['entry']} at {proof['position']} of {size}: {row['line'] if row else proof['body']}")  # noqa: T201
