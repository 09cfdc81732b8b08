#!/usr/bin/env python3
"""Extracts the French regions of Google's plan of telephone numbers into `telephones.bin`, which is embedded.

The source is the metadata that the crate `rlibphonenumber` carries, at the version of `Cargo.lock`: libphonenumber's,
under Apache-2.0. The whole plan takes 4 MB and several milliseconds to decode, at each start of a function that reads
or shows one number; nine regions of it do for the numbers that are accepted. Run it again when the crate changes.
"""

import json
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
REGIONS = {"FR", "GP", "BL", "MF", "MQ", "GF", "RE", "YT", "PM"}
METADATA, ID = 1, 9  # the numbers of the fields, in `resources/phonemetadata.proto`


def main():
    """Writes the extract: the same messages, fewer of them."""
    plan = source().read_bytes()
    kept = [whole for field, content, whole in fields(plan) if field == METADATA and region(content) in REGIONS]
    if len(kept) != len(REGIONS):
        raise SystemExit(f"telephones : {len(kept)} régions trouvées sur {len(REGIONS)}")
    (HERE / "telephones.bin").write_bytes(b"".join(kept))


def source():
    """The metadata of the crate, where cargo keeps it."""
    told = subprocess.run(["cargo", "metadata", "--format-version", "1", "--locked"], cwd=HERE, check=True,
                          capture_output=True).stdout
    crate = next(it for it in json.loads(told)["packages"] if it["name"] == "rlibphonenumber")
    return Path(crate["manifest_path"]).parent / "src" / "generated" / "metadata" / "metadata.bin"


def region(content):
    """The region of a message."""
    return next(value.decode() for field, value, _ in fields(content) if field == ID)


def fields(message):
    """The fields of a message that have a length: number, content, and the bytes of both with their heading."""
    at = 0
    while at < len(message):
        start = at
        heading, at = varint(message, at)
        size, at = varint(message, at)
        if heading & 7 == 2:
            yield heading >> 3, message[at:at + size], message[start:at + size]
            at += size
        elif heading & 7 != 0:
            raise SystemExit(f"telephones : le champ {heading >> 3} est d’une forme inattendue")


def varint(raw, at):
    """A number of variable length, and where it ends."""
    value = shift = 0
    while True:
        value |= (raw[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if raw[at - 1] < 0x80:
            return value, at


if __name__ == "__main__":
    main()
