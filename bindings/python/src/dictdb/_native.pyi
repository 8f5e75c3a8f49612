"""The extension module: everything that dictdb.h and native/shim.h declare."""

from typing import Any

ffi: Any
lib: Any
