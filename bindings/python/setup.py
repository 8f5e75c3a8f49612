"""Builds the extension module and lays libdictdb beside it; all else stands in pyproject.toml."""

import pathlib
import shutil
import sys
import sysconfig

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "native"))

from library import SONAME, find

LIBRARY = find(pathlib.Path("build"))


class BuildExtension(build_ext):
    """Builds the module and copies the library that it was linked with to its directory, where its rpath leads."""

    def run(self) -> None:
        super().run()
        for extension in self.extensions:
            directory = pathlib.Path(self.get_ext_fullpath(extension.name)).parent
            shutil.copyfile(extension.extra_objects[0], directory / SONAME)


# No version of orjson runs without the interpreter lock; there the package writes by the standard library's json.
CODEC = [] if sysconfig.get_config_var("Py_GIL_DISABLED") else ["orjson==3.13.0"]

SPEEDUPS = Extension(
    "dictdb._speedups",
    sources=[f"native/speedups/{name}.c" for name in ("module", "calls", "known", "values", "json_read", "json_write")],
    depends=[f"native/speedups/{name}.h" for name in ("speedups", "calls", "known", "values")],
    include_dirs=[str(LIBRARY.header.parent)],
    extra_objects=[str(LIBRARY.shared)],
    extra_compile_args=["-std=gnu11", "-O2", "-fvisibility=hidden", "-Wall", "-Wextra"],
    extra_link_args=["-Wl,-rpath,$ORIGIN"],
)

setup(
    ext_modules=[SPEEDUPS],
    cffi_modules=["native/build_native.py:ffibuilder"],
    cmdclass={"build_ext": BuildExtension},
    install_requires=["cffi==2.1.1", *CODEC],
)
