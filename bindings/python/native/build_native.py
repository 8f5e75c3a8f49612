"""Describes the extension module dictdb._native to cffi."""

import pathlib
import sys

from cffi import FFI

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from declarations import declarations  # noqa: E402
from library import find  # noqa: E402

CALLBACKS = """
extern "Python+C" void dictdb_py_log(void *context, int32_t level, const char *message, const char *fields);
extern "Python+C" void dictdb_py_backup_failed(void *context, dictdb_status status, const char *message, const char *detail,
                                             uint64_t failures);
"""

LIBRARY = find(pathlib.Path("build"))

ffibuilder = FFI()
ffibuilder.cdef(declarations(LIBRARY.header.read_text("utf-8")))
ffibuilder.cdef(declarations((HERE / "shim.h").read_text("utf-8")))
ffibuilder.cdef(CALLBACKS)
ffibuilder.set_source(
    "dictdb._native",
    (HERE / "shim.c").read_text("utf-8"),
    include_dirs=[str(LIBRARY.header.parent), str(HERE)],
    extra_objects=[str(LIBRARY.shared)],
    extra_compile_args=["-std=gnu11", "-O2"],
    extra_link_args=["-Wl,-rpath,$ORIGIN"],
)
