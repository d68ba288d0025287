"""Reads one handbook in a process of its own: `python -m quality.handbook_child`.

The file comes on standard input, the answer goes to standard output as JSON: `read` with the whole
handbook, or `refused` with rule and remedy. On a pipe of its own it says how far it is, a line a
page, and does not wait for anybody to listen. The file is a stranger's, so before its first byte is
read the process gives up what it does not need: memory and time beyond its limits, the network and
every file but those of Python itself and of its own folder. Nothing here touches the database.

The network goes twice: with a network namespace of its own where the kernel grants one, and in any
case by an audit hook, which no Python code can take back, that refuses every socket, every other
program and every write outside the folder. The hook does not see what compiled libraries do.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

MEMORY = 1 << 30  # bytes of address space
SECONDS = 60  # of processor time
WRITTEN = 64 << 20  # bytes of any file
OPEN_FILES = 64
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000  # CLONE_NEWUSER, CLONE_NEWNET
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, linux/prctl.h

REFUSED_EVENTS = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "os.kill",
    "shutil.",
)
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod")

TOO_MUCH = {
    "rule": "Reading the file needs more memory than it may have.",
    "remedy": "Import the handbook alone, without pictures, or save it as text.",
}


class ForbiddenError(PermissionError):
    """What the reader of a handbook has no business doing."""


def limit() -> None:
    """Bound memory, time and files; leave the network where the kernel allows it."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, WRITTEN),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def leave_network() -> bool:
    """Enter a network namespace with nothing in it; says whether the kernel granted one."""
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.unshare(NEW_USER | NEW_NETWORK) == 0)


def end_with(parent: int) -> None:
    """Be killed when the worker is: whoever takes the import up next reads it anew.

    Comes after `leave_network`, since the kernel forgets the wish with a change of rights.
    """
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the worker is gone already")


def close_doors(folder: Path) -> None:
    """Refuse sockets, programs and changes of files outside a folder, for the process's life."""
    own = f"{folder.resolve()}{os.sep}"

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(REFUSED_EVENTS):
            raise ForbiddenError(f"{event} is refused")
        if event == "open":
            path, mode, flags = (*arguments, None, None)[:3]
            if isinstance(path, int) or not _writes(mode, flags):
                return
        elif event.startswith(CHANGES):
            path = arguments[0] if arguments else ""
        else:
            return
        if not os.path.realpath(os.fsdecode(path)).startswith(own):
            raise ForbiddenError(f"{event} outside its folder is refused")

    sys.addaudithook(watch)


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str) and set(mode) & set("wax+"):
        return True
    return isinstance(flags, int) and bool(flags & WRITES)


def teller(pipe: int) -> Callable[[object], None]:
    """What writes a line on the pipe, and leaves it out where that would have to wait."""
    os.set_blocking(pipe, False)

    def tell(progress: object) -> None:
        with suppress(OSError):
            os.write(pipe, f"{progress}\n".encode())

    return tell


def answer(content: bytes, name: str, tell: Callable[[object], None]) -> dict[str, Any]:
    """The handbook, or why it is refused. Imports the reader behind the closed doors."""
    from qualifications.handbook import UnreadableError, read_handbook
    from qualifications.handbook.kept import as_kept

    try:
        return {"read": as_kept(read_handbook(content, name, tell))}
    except UnreadableError as refused:
        rule = f"{refused.rule[:1].upper()}{refused.rule[1:]}."
        return {"refused": {"rule": rule, "remedy": f"{refused.remedy}."}}
    except MemoryError:
        return {"refused": TOO_MUCH}


def main() -> None:
    """Read standard input, answer on standard output: a name, a pipe and the worker's id given."""
    name, pipe, worker = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    limit()
    namespace = leave_network()
    end_with(worker)
    close_doors(Path.cwd())
    try:
        content = sys.stdin.buffer.read()
        told = answer(content, name, teller(pipe))
        written = json.dumps({**told, "namespace": namespace}, ensure_ascii=False)
    except MemoryError:
        written = json.dumps({"refused": TOO_MUCH, "namespace": namespace})
    sys.stdout.buffer.write(written.encode())


if __name__ == "__main__":
    main()
