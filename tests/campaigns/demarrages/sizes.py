"""What is sent to Lambda: the size of each zip."""

import io
import zipfile
from pathlib import Path

from contestants import BINARIES, PYTHON


def zipped(name):
    """The size, in megabytes, of a function's zip at the highest compression."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.write(BINARIES / name, "bootstrap")
    return _megabytes(packed)


def zipped_python():
    """The size, in megabytes, of the zip of the Python peer's dependencies, without what only `pip` uses."""
    packed = io.BytesIO()
    (packages,) = (PYTHON / "lib").glob("python3*/site-packages")
    unused = ("pip", "setuptools", "_distutils_hack", "pkg_resources")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(packages.rglob("*")):
            inside = Path(path).relative_to(packages)
            if path.is_file() and "__pycache__" not in inside.parts and not inside.parts[0].startswith(unused):
                archive.write(path, inside)
    return _megabytes(packed)


def _megabytes(packed):
    return round(len(packed.getvalue()) / 1e6, 2)
