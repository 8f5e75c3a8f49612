"""Kills a process that saves, or makes backups, again and again, and reads what it has left.

    kills.py FILE_TOOL [COUNT]

Each file must be whole, and no older than the one that was there before.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time


def left_behind(tool, check, path, least, title):
    done = subprocess.run([tool, check, path], capture_output=True, text=True)
    version = int(done.stdout) if done.returncode == 0 else -1
    if version < least:
        sys.exit(f"kills: {title}: after a kill there is version {version}, before it there was {least}: {done.stderr}")
    return version


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    tool, count = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 1000
    rng, seen, mid_write = random.Random(7), {}, 0
    with tempfile.TemporaryDirectory() as base:
        for number in range(count):
            title, command, check = [
                ("json", ["loop", os.path.join(base, "json", "file"), "json"], "check"),
                ("dictdb", ["loop", os.path.join(base, "dictdb", "file"), "dictdb"], "check"),
                ("backups", ["deltas", os.path.join(base, "backups")], "restore"),
            ][number % 3]
            folder = os.path.join(base, title)
            os.makedirs(folder, exist_ok=True)
            path = command[1]
            worker = subprocess.Popen([tool, *command], stdout=subprocess.DEVNULL)
            time.sleep(rng.uniform(0.004, 0.04))
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            mid_write += any(name.endswith(".tmp") for name in os.listdir(folder))
            if not os.path.exists(path):
                continue
            version = left_behind(tool, check, path, 0, title)
            seen[title] = max(seen.get(title, 0), version)
            # Each process begins at version 1 again; what it has left must be read whole, whichever it is.
            for name in os.listdir(folder):
                if name.endswith(".tmp") or title == "backups":
                    os.unlink(os.path.join(folder, name))
    if set(seen) != {"json", "dictdb", "backups"} or min(seen.values()) < 2 or mid_write < count // 20:
        sys.exit(f"kills: too few came in mid-write to show anything: {seen}, {mid_write} of {count}")
    print(f"kills: {count} kills, {mid_write} of them in mid-write, newest versions {seen}: every file is whole")
    print(f"figure crash.kills={count}")
    print(f"figure crash.kills_in_mid_write={mid_write}")


if __name__ == "__main__":
    main()
