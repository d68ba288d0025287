"""The embedded services by hand: what runs, run a command with them, restart one, stop them."""

import argparse
import shutil
import subprocess
import sys

from config.services import PROJECT, ServiceFault, ensure, keeper, restart
from config.services.ground import Ground


def main() -> int | str:
    parser = argparse.ArgumentParser(prog="python -m config.services", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("status", help="say what runs and where")
    verbs.add_parser("stop", help="stop what nobody uses").add_argument(
        "--force", action="store_true", help="stop even what is in use"
    )
    verbs.add_parser("remove", help="stop them and delete all their rows")
    again = verbs.add_parser("restart", help="stop one service and start it again")
    again.add_argument("service", choices=list(keeper.SERVICES))
    again.add_argument("--kill", action="store_true", help="stop it with SIGKILL")
    run = verbs.add_parser("run", help="run a command with DATABASE_URL and REDIS_URL set")
    run.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    try:
        if asked.verb == "run":
            return _run(asked.command)
        if asked.verb == "restart":
            restart(asked.service, kill=asked.kill)
        if asked.verb == "stop":
            return _stop(force=asked.force)
        if asked.verb == "remove":
            return _remove()
        return _status()
    except ServiceFault as fault:
        return str(fault)


def _run(command: list[str]) -> int | str:
    if not command:
        return "Name the command to run."
    ensure()
    try:
        return subprocess.run(command, check=False).returncode
    except KeyboardInterrupt:
        return 130


def _stop(*, force: bool) -> int | str:
    ground = Ground.of(PROJECT)
    with keeper.gate(ground.locks):
        if keeper.stop_unused(ground.locks, ground.home):
            return 0
        if not force:
            return "Another command uses the services. End it first, or add --force."
        for service in keeper.SERVICES:
            keeper.stop(ground.home, service)
    return 0


def _remove() -> int | str:
    ground = Ground.of(PROJECT)
    with keeper.gate(ground.locks):
        if not keeper.stop_unused(ground.locks, ground.home):
            return "Another command uses the services. End it first."
        shutil.rmtree(ground.home)
        shutil.rmtree(ground.sockets, ignore_errors=True)
    return 0


def _status() -> int:
    ground = Ground.of(PROJECT)
    for service in keeper.SERVICES:
        pid = keeper.process_of(ground.home, service)
        sys.stdout.write(f"{service}: {f'runs as process {pid}' if pid else 'stopped'}\n")
    sys.stdout.write(f"below {ground.home}, sockets in {ground.sockets}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
