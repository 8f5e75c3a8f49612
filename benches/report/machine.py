"""What the figures were measured on."""

import datetime
import os
import platform
from pathlib import Path


def _field(path: str, name: str) -> str:
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()


def describe() -> dict[str, str]:
    kilobytes = int(_field("/proc/meminfo", "MemTotal").split()[0])
    return {
        "processor": _field("/proc/cpuinfo", "model name"),
        "cores": str(cores()),
        "memory": f"{kilobytes / 2**20:.0f} GiB",
        "system": f"{_system()}, Linux {platform.release()}",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }


def cores() -> int:
    return len(os.sched_getaffinity(0))
