"""Enumerates what a disk can hold when the machine stops, from the system calls of a save or of backups, and reads each of it.

    crash_states.py FILE_TOOL

A file system promises little: data that was not synced may be lost or torn; what was done to a directory (a file made, renamed,
removed) may be lost from any point on that was not followed by a sync of the directory, and its order to the data of the files is
not given. So a state is: how much of the operations on the directory is there, and of each file how much of its data: all that was
written, what was synced, or a part of the rest. (T. Pillai et al., All File Systems Are Not Created Equal, OSDI 2014, has shown that
file systems do all this.) In each state a file must be wholly the old one or wholly the new one, and the new one when all calls were made.

Before the states are trusted, ways that are wrong are tried on the same calls: without the sync of the files, without that of the
directory, and with files written in place. All must be found.
"""

import itertools
import os
import re
import subprocess
import sys
import tempfile

CALLS = "openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat"
LINE = re.compile(r"^(?:\d+\s+)?(?P<name>\w+)\((?P<args>.*)\)\s+= (?P<result>-?\d+)")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


def trace(folder, command):
    """The calls of a command that touch the folder: (operation, path, more)."""
    log = folder + ".strace"
    done = run("strace", "-f", "-y", "-s", "0", "-e", "trace=" + CALLS, "-o", log, *command)
    if done.returncode != 0:
        sys.exit(f"crash_states: {' '.join(command)} failed: {done.stderr}")
    calls = []
    with open(log, encoding="utf-8") as lines:
        for line in lines:
            found = LINE.match(line)
            if not found or int(found["result"]) < 0 or folder not in line:
                continue
            name, args, result = found["name"], found["args"], int(found["result"])
            paths = re.findall(r"<([^>]*)>", args) + re.findall(r'"([^"]*)"', args)
            paths = [path for path in paths if path.startswith(folder)]
            if name == "openat" and "O_CREAT" in args:
                # Whoever puts a link or a file there first must gain nothing, and nobody else may read it.
                if not re.search(r"O_EXCL\b.*O_CLOEXEC\b.*, 0600$", args):
                    sys.exit(f"crash_states: a file is not created anew, for its owner alone, closed in programs that are started: {line}")
                calls.append(("create", paths[-1], "O_TRUNC" in args))
            elif name in ("write", "pwrite64"):
                calls.append(("write", paths[0], result))
            elif name in ("fsync", "fdatasync"):
                calls.append(("sync", paths[0], None))
            elif name.startswith("rename"):
                calls.append(("rename", paths[-2], paths[-1]))
            elif name.startswith("unlink"):
                calls.append(("unlink", paths[-1], None))
    os.unlink(log)
    return calls


def sizes(low, high):
    """How much of a file of `high` bytes may be there if `low` were synced."""
    return sorted({low, high, low + (high - low) // 2, low + (high - low) // 3, max(low, high - 1), max(low, high - 512)})


def states(calls, folder, before, contents):
    """All ({name: content}, how it came to that, whether all was done before) that can be found after a stop at any point.

    before: what was there; contents: what each file held at its end, by the name that it was made with.
    """
    for stop in range(len(calls) + 1):
        # What was done to the directory, in order; how many of them are certain to be there.
        entries, certain = [], 0
        # Of each file by the name that it was made with: bytes written, bytes synced.
        written, synced, names = {}, {}, {}
        for operation, path, more in calls[:stop]:
            origin = names.get(path, path)
            if operation == "create":
                entries.append(("create", path, more))
                names[path] = path
                written[path] = synced[path] = 0
            elif operation == "write":
                written[origin] = written.get(origin, 0) + more
            elif operation == "sync" and path.rstrip("/") == folder:
                certain = len(entries)
            elif operation == "sync":
                synced[origin] = written.get(origin, 0)
            elif operation == "rename":
                entries.append(("rename", path, more))
                names[more] = origin
            elif operation == "unlink":
                entries.append(("unlink", path, None))
        for kept in range(certain, len(entries) + 1):
            there = {path: None for path in before}
            for operation, path, more in entries[:kept]:
                if operation == "create" and (more or path not in there):
                    there[path] = path
                elif operation == "rename" and path in there:
                    there[more] = there.pop(path)
                elif operation == "unlink":
                    there.pop(path, None)
            choices = []
            for path, origin in there.items():
                if origin is None:
                    choices.append([(path, before[path])])
                    continue
                low, high, content = synced.get(origin, 0), written.get(origin, 0), contents.get(origin, b"")
                torn = [(path, content[:size]) for size in sizes(low, high)]
                # A block that was never written reads as zeros.
                torn += [(path, content[:size] + bytes(high - size)) for size in sizes(low, high) if size < high]
                choices.append(torn)
            for files in itertools.product(*choices):
                yield dict(files), f"stop before call {stop}, {kept} of {len(entries)} entries: { {os.path.basename(p): len(c) for p, c in files} }", stop == len(calls)


def examine(calls, folder, before, contents, check):
    """(states, bad ones); `check` says what is wrong with a state, if anything."""
    seen, bad, count = {}, [], 0
    for files, how, is_done in states(calls, folder, before, contents):
        count += 1
        key = (tuple(sorted(files.items())), is_done)
        if key not in seen:
            seen[key] = check(files, is_done)
        if seen[key] is not None:
            bad.append(f"{how}: {seen[key]}")
    return count, bad


def report(title, calls, folder, before, contents, check, target):
    unnamed = [call for call in calls if not (call[0] == "sync" and call[1].rstrip("/") == folder)]
    unsynced = [call for call in calls if not (call[0] == "sync" and call[1].rstrip("/") != folder)]
    finals = {}
    for operation, path, more in calls:
        if operation == "rename":
            finals[path] = more
    in_place = [(operation, finals.get(path, path), more) for operation, path, more in calls if operation != "rename"]
    in_place = [("create", path, True) if operation == "create" else (operation, path, more) for operation, path, more in in_place]
    moved = {finals.get(path, path): content for path, content in contents.items()}
    for name, planted, held in (("without a sync of the files", unsynced, contents), ("written in place", in_place, moved),
                                ("without a sync of the directory", unnamed, contents)):
        _, bad = examine(planted, folder, before, held, check)
        if not bad:
            sys.exit(f"crash_states: the check is blind: {title} {name} has no bad state")
        print(f"{title}, planted, {name}: {len(bad)} bad states found")
        print(f"figure crash.planted_bad_states={len(bad)}")
    count, bad = examine(calls, folder, before, contents, check)
    for line in bad[:10]:
        print(line, file=sys.stderr)
    print(f"{title}: {len(calls)} calls, {count} states, {len(bad)} bad")
    print(f"figure crash.states={count}")
    if count < target:
        sys.exit(f"crash_states: {title}: so few states cannot be all")
    return not bad


def contents_of(calls, folder):
    """What each file held at its end, by the name that it was made with; of files that are there."""
    names, contents = {}, {}
    for operation, path, more in calls:
        if operation == "create":
            names[path] = path
        elif operation == "rename":
            names[more] = names.get(path, path)
    for path, origin in names.items():
        if os.path.exists(path):
            with open(path, "rb") as file:
                contents[origin] = file.read()
    return contents


def version_of(done, allowed):
    version = done.stdout.strip()
    if done.returncode == 0 and version in allowed:
        return None
    return done.stderr.strip() or f"version {version!r}, code {done.returncode}"


def save(tool, base, form):
    folder = os.path.join(base, form)
    os.mkdir(folder)
    target = os.path.join(folder, "file")
    if run(tool, "save", target, form, "1").returncode != 0:
        sys.exit("crash_states: the first save failed")
    with open(target, "rb") as file:
        old = file.read()
    calls = trace(folder, [tool, "save", target, form, "2"])

    def check(files, is_done):
        if target not in files:
            return "the file is gone"
        path = os.path.join(base, "state")
        with open(path, "wb") as file:
            file.write(files[target])
        return version_of(run(tool, "check", path), ("2",) if is_done else ("1", "2"))

    return report(f"save as {form}", calls, folder, {target: old}, contents_of(calls, folder), check, 20)


def backup(tool, base):
    folder = os.path.join(base, "backups")
    os.mkdir(folder)
    calls = trace(folder, [tool, "backup", folder])
    finals = contents_of(calls, folder)

    def check(files, is_done):
        state = os.path.join(base, "state-backups")
        os.mkdir(state)
        for path, content in files.items():
            with open(os.path.join(state, os.path.basename(path)), "wb") as file:
                file.write(content)
        done = run(tool, "restore", state)
        for name in os.listdir(state):
            os.unlink(os.path.join(state, name))
        os.rmdir(state)
        has_full = any(os.path.basename(path).startswith("dictdb_backup_") for path in files)
        # As soon as a full backup has its name there is something to restore.
        return version_of(done, ("2",) if is_done else ("1", "2") if has_full else ("0",))

    return report("full backup and delta", calls, folder, {}, finals, check, 40)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    tool = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as base:
        base = os.path.realpath(base)
        sound = [save(tool, base, "json"), save(tool, base, "dictdb"), backup(tool, base)]
    sys.exit(0 if all(sound) else 1)


if __name__ == "__main__":
    main()
