"""Decides where the embedded services live: folders, sockets and the account that runs them."""

import hashlib
import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

LONGEST_SOCKET_PATH = 106  # bytes; the kernel's limit is 107 and the ending null
SOCKET_NAME_ROOM = len("/.s.PGSQL.54187")
SHORT_FOLDERS = Path("/tmp")  # noqa: S108  a fixed place, so that commands agree whatever TMPDIR is


class ServiceFault(Exception):
    """A service could not be started or reached; the text says why and what to do."""


@dataclass(frozen=True)
class Ground:
    """Where one project's services live.

    `locks` lies in the project; `home` holds binaries and rows and `sockets` the sockets, both
    belonging to `account` with mode 0700. `account` is None where the services run as ourselves.
    """

    locks: Path
    home: Path
    sockets: Path
    account: pwd.struct_passwd | None

    @classmethod
    def of(cls, project: Path) -> "Ground":
        """The ground of the checkout at `project`, its folders made where they are missing."""
        project = project.resolve()
        locks = project / "var" / "services"
        _make(locks)
        name = f"criterion-{hashlib.sha256(os.fsencode(project)).hexdigest()[:12]}"
        home = locks / "home"
        account = _account(home)
        if account and not _may_enter(locks, account):
            # PostgreSQL refuses to run as root, and another account cannot get in below here.
            home = Path("/var/lib") / name
        _make_private(home, account)
        sockets = home / "sockets"
        if not _fits_a_socket(sockets):
            sockets = SHORT_FOLDERS / f"{name}-{home.stat().st_uid}"
        _make_private(sockets, account)
        return cls(locks=locks, home=home, sockets=sockets, account=account)

    def run(self, *command: str | Path) -> None:
        """Runs a service's own tool under its account, out of reach of our Ctrl-C."""
        account = self.account
        done = subprocess.run(
            [str(part) for part in command],
            cwd=self.home,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            umask=0o077,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            check=False,
        )
        if done.returncode:
            raise ServiceFault(
                f"{Path(command[0]).name} stopped with: {done.stdout.strip()[-2000:]}"
            )

    def give(self, path: Path) -> None:
        """Hands a file or a tree that we wrote to the account that runs the services."""
        if self.account:
            for each in [path, *path.rglob("*")]:
                os.chown(each, self.account.pw_uid, self.account.pw_gid, follow_symlinks=False)


def _account(home: Path) -> pwd.struct_passwd | None:
    """Whom the services run as: ourselves (None) or, as root, who owns `home` already or nobody."""
    if os.geteuid() != 0:
        return None
    try:
        if home.exists() and home.stat().st_uid != 0:
            return pwd.getpwuid(home.stat().st_uid)
        return pwd.getpwnam("nobody")
    except KeyError:
        raise ServiceFault(
            "PostgreSQL refuses to run as root, and this machine has no account 'nobody' to run "
            "it as. Work as a normal user, or set DATABASE_URL and REDIS_URL."
        ) from None


def _may_enter(folder: Path, account: pwd.struct_passwd) -> bool:
    """Whether `account` can walk down to `folder`; asked by trying, as rights have many sources."""
    tried = subprocess.run(
        ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)],
        cwd="/",
        stderr=subprocess.DEVNULL,
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        check=False,
    )
    return tried.returncode == 0


def _fits_a_socket(folder: Path) -> bool:
    """Whether a socket's whole path below `folder` is short and plain enough for every client."""
    text = str(folder)
    plain = all(sign.isalnum() or sign in "/._-" for sign in text) and text.isascii()
    return plain and len(text) + SOCKET_NAME_ROOM <= LONGEST_SOCKET_PATH


def _make(folder: Path) -> bool:
    """Makes `folder` where it is missing; says whether it did."""
    if folder.is_dir():
        return False
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o755)
    except OSError as fault:
        raise ServiceFault(
            f"{folder} cannot be made ({fault.strerror}). Work as the account that owns the "
            "folder above it, or set DATABASE_URL and REDIS_URL."
        ) from None
    return True


def _make_private(folder: Path, account: pwd.struct_passwd | None) -> None:
    """Makes `folder` 0700 for `account`. Refuses one that somebody else has put there."""
    owner, group = (account.pw_uid, account.pw_gid) if account else (os.geteuid(), os.getegid())
    if _make(folder):
        folder.chmod(0o700)
        os.chown(folder, owner, group)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise ServiceFault(
            f"{folder} is not a folder that belongs to account {owner} alone (mode 0700). It was "
            "made by another account: work as that one, or move it away."
        )
