"""Makes each system call of a save and of a backup fail, and looks at what is left.

    faults.py FILE_TOOL SHORT_WRITES

Of each call that a save makes, the first, the second and so on fails with each error, once or from then on; writes are short; the disk is
full after any number of bytes. Then the tool must refuse, or have done it after all (EINTR is no failure), the old file must be there or
the new one, the database must be usable (the tool looks), and no temporary file may be left.

SHORT_WRITES: a library to be loaded before the C library, whose write() writes ten bytes at most.
"""

import os
import resource
import signal
import subprocess
import sys
import tempfile

ERRORS = {
    "openat": ["ENOSPC", "EIO", "EACCES", "EMFILE"],
    "write": ["ENOSPC", "EIO", "EINTR"],
    "fsync": ["EIO", "ENOSPC"],
    "rename": ["EIO", "ENOSPC", "EACCES"],
    "renameat": ["EIO", "ENOSPC", "EACCES"],
    "fchmod": ["EPERM"],
}
REFUSED = 3


class Check:
    def __init__(self, tool, base):
        self.tool, self.base, self.cases, self.refused = tool, base, 0, 0
        self.target = os.path.join(base, "file")

    def reset(self, form):
        for name in os.listdir(self.base):
            os.unlink(os.path.join(self.base, name))
        if subprocess.run([self.tool, "save", self.target, form, "1"]).returncode != 0:
            sys.exit("faults: the first save failed")

    def look(self, title, done, may_be_either=False):
        self.cases += 1
        self.refused += done.returncode == REFUSED
        left = [name for name in os.listdir(self.base) if name != "file"]
        found = subprocess.run([self.tool, "check", self.target], capture_output=True, text=True)
        version = found.stdout.strip()
        expected = {0: ["2"], REFUSED: ["1", "2"] if may_be_either else ["1"]}.get(done.returncode, [])
        if version not in expected or left:
            sys.exit(f"faults: {title}: code {done.returncode} ({done.stderr.strip()}), version {version!r} ({found.stderr.strip()}), left {left}")


def calls_of(folder, command):
    """The calls of each name that have to do with the folder: (the how many-eth of this name in its thread, the call)."""
    log = folder + ".strace"
    subprocess.run(["strace", "-f", "-y", "-o", log, "-e", "trace=" + ",".join(ERRORS), *command], capture_output=True)
    made = {}
    numbers = {name: set() for name in ERRORS}
    with open(log, encoding="utf-8") as lines:
        for line in lines:
            thread, call = line.split(maxsplit=1)
            name = call.split("(")[0]
            if name in ERRORS:
                # Others are the loader's. When a call is made to fail, strace counts those of each thread, too.
                made[thread, name] = made.get((thread, name), 0) + 1
                if folder in call:
                    numbers[name].add((made[thread, name], call))
    os.unlink(log)
    return {name: sorted(found) for name, found in numbers.items()}


def injected(numbers, command):
    """Runs the command with each of these calls failing: (what fails, the call, what became of it)."""
    for name, errors in ERRORS.items():
        for (number, line), error, after in ((n, e, a) for n in numbers[name] for e in errors for a in ("", "+")):
            if after and error == "EINTR":
                continue  # Would be tried again for ever.
            inject = f"inject={name}:error={error}:when={number}{after}"
            yield inject, line, lambda inject=inject, name=name: subprocess.run(
                ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + name, "-e", inject, *command], capture_output=True, text=True)


def backups(tool, base):
    """The same of a full backup and a delta: what can be restored is of one version, and the last one if all is said to be done."""
    folder, cases, refused = os.path.join(base, "backups"), 0, 0
    command = [tool, "backup", folder]
    os.mkdir(folder)
    numbers = calls_of(folder, command)
    for inject, _, run in injected(numbers, command):
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))
        done = run()
        cases, refused = cases + 1, refused + (done.returncode == REFUSED)
        found = subprocess.run([tool, "restore", folder], capture_output=True, text=True)
        version, left = found.stdout.strip(), [name for name in os.listdir(folder) if name.endswith(".tmp")]
        if version not in {0: ["2"], REFUSED: ["0", "1", "2"]}.get(done.returncode, []) or left:
            sys.exit(f"faults: backups, {inject}: code {done.returncode} ({done.stderr.strip()}), version {version!r} ({found.stderr.strip()}), left {left}")
    if refused < 40:
        sys.exit(f"faults: the check of backups is blind: {refused} of {cases} were refused")
    print(f"faults: {cases} faults of a full backup and a delta, {refused} refused; what was complete can be restored after each")
    print(f"figure crash.faults={cases}")


def full_disk(tool):
    """A real disk of 8 KiB, where one may be mounted."""
    with tempfile.TemporaryDirectory() as place:
        script = 'mount -t tmpfs -o size=8k none "$1" || exit 99; "$2" save "$1/file" json 1; code=$?; ls -A "$1"; exit $code'
        done = subprocess.run(["unshare", "-rm", "sh", "-c", script, "sh", place, tool], capture_output=True, text=True)
        if done.returncode in (1, 99):
            print("faults: no disk of 8 KiB could be mounted here")
        elif done.returncode != REFUSED or done.stdout or "No space left" not in done.stderr:
            sys.exit(f"faults: a disk of 8 KiB: code {done.returncode}, left {done.stdout!r}, {done.stderr}")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    tool, short = (os.path.abspath(path) for path in sys.argv[1:])
    with tempfile.TemporaryDirectory() as base:
        check = Check(tool, os.path.realpath(base))
        for form in ("json", "dictdb"):
            check.reset(form)
            command = [tool, "save", check.target, form, "2"]
            numbers = calls_of(check.base, command)
            for names in (["openat"], ["write"], ["fsync"], ["rename", "renameat"], ["fchmod"]):
                if not any(numbers[name] for name in names):
                    sys.exit(f"faults: a save makes no {names[0]} that could fail")
            for inject, line, run in injected(numbers, command):
                check.reset(form)
                # After the rename the new file is there, though it is not certain to stay.
                is_directory = ("fsync" in inject or "openat" in inject) and ".tmp" not in line
                check.look(f"{form}, {inject}", run(), may_be_either=is_directory)
            # Writes that are short.
            check.reset(form)
            done = subprocess.run([tool, "save", check.target, form, "2"], capture_output=True, text=True, env={**os.environ, "LD_PRELOAD": short})
            check.look(f"{form}, short writes", done)
            if done.returncode != 0:
                sys.exit("faults: short writes are no failure")
            # A disk that is full after so many bytes.
            length = os.path.getsize(check.target)
            for limit in [0, 1, 100, 4096, 65536, length // 2, length - 1, length]:
                def full(limit=limit):
                    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
                check.reset(form)
                done = subprocess.run([tool, "save", check.target, form, "2"], capture_output=True, text=True, preexec_fn=full)
                check.look(f"{form}, room for {limit} of {length} bytes", done)
                if (done.returncode == 0) != (limit == length):
                    sys.exit(f"faults: room for {limit} of {length} bytes: code {done.returncode}")
        full_disk(tool)
        with tempfile.TemporaryDirectory() as place:
            backups(tool, os.path.realpath(place))
        if check.refused < 40:
            sys.exit(f"faults: the check is blind: {check.refused} of {check.cases} were refused")
        print(f"faults: {check.cases} faults, {check.refused} refused, the others made up for; the old file or the new one is there after each")
        print(f"figure crash.faults={check.cases}")


if __name__ == "__main__":
    main()
