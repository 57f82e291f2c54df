"""Builds packing.c with the machine's C compiler, into a folder that is kept."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from gooddata.errors import ConfigurationError, GoodDataError

SOURCE = Path(__file__).with_name("packing.c")

# write key, context, events' text, how many, 16 bytes of id each, visitors, times; see the head of packing.c
Packing = tuple[str | None, bytes | None, bytes, int, bytes, list[str], bytes]


@cache
def native_pack() -> Callable[[bytes, int, int], Packing | None]:
    """`pack` of packing.c. Raises ConfigurationError where there is no C compiler or no header of Python's."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    include = sysconfig.get_paths()["include"]
    if compiler is None or not (Path(include) / "Python.h").exists():
        raise ConfigurationError(
            "the experiment needs a C compiler and Python's headers; on Debian: apt-get install gcc python3-dev"
        )
    command = [compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", f"-I{include}", str(SOURCE)]
    mark = hashlib.sha256(SOURCE.read_bytes() + repr(command).encode()).hexdigest()[:16]
    module = Path(tempfile.gettempdir()) / f"gooddata-native-{os.getuid()}" / f"packing-{mark}.so"
    if not module.exists():
        module.parent.mkdir(mode=0o700, exist_ok=True)
        half_built = module.with_suffix(f".{os.getpid()}")
        if subprocess.run([*command, "-o", str(half_built)]).returncode:
            raise GoodDataError("packing.c did not compile; the compiler said why above")
        half_built.rename(module)
    spec = importlib.util.spec_from_file_location("packing", module)
    assert spec is not None and spec.loader is not None
    built = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(built)
    pack: Callable[[bytes, int, int], Packing | None] = built.pack
    return pack
