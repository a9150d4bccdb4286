"""The journal's tree a second time, in plain Python: reads journal-vectors.json on stdin and prints
it with every derived value computed from its inputs. The signed note is passed through untouched.

    python3 journal_vectors.py < journal-vectors.json | diff journal-vectors.json -
"""
import base64
import hashlib
import hmac
import json
import sys


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def entry_of(salt, event):
    return hmac.new(salt, event.encode(), hashlib.sha256).digest()


def leaf_of(entry):
    return sha256(b"\x00", entry)


def root_of(leaves):
    """RFC 6962, section 2.1: split at the largest power of two below the size."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01", root_of(leaves[:split]), root_of(leaves[split:]))


def roots_of(roots, leaves):
    return [{"size": each["size"], "root": root_of(leaves[: each["size"]]).hex()} for each in roots]


def generated_leaf(number):
    salt = sha256(str(number).encode())[:16]
    return leaf_of(entry_of(salt, '{"n":%d}' % number))


vectors = json.load(sys.stdin)

leaves = []
for each in vectors["entries"]:
    entry = entry_of(bytes.fromhex(each["salt"]), each["event"])
    leaves.append(leaf_of(entry))
    each["entry"], each["leaf"] = entry.hex(), leaves[-1].hex()
vectors["roots"] = roots_of(vectors["roots"], leaves)

generated = vectors["generated"]
series = [generated_leaf(number) for number in range(generated["count"])]
generated["roots"] = roots_of(generated["roots"], series)

checkpoint = vectors["checkpoint"]
root = root_of(series[: checkpoint["size"]])
name, key = checkpoint["origin"].encode(), bytes.fromhex(checkpoint["public_key"])
checkpoint["root"] = root.hex()
checkpoint["key_id"] = sha256(name, b"\n\x01", key)[:4].hex()
checkpoint["text"] = "%s\n%d\n%s\n" % (
    checkpoint["origin"], checkpoint["size"], base64.b64encode(root).decode())

json.dump(vectors, sys.stdout, ensure_ascii=False, indent=1)
print()
