#!/usr/bin/env python3
"""Runs Django's commands, after seeing to it that there is a database and a broker."""

import os
import sys

from django.core.management import execute_from_command_line

from config.services import ServiceFault, ensure

NEED_NO_SERVICES = {"help", "version", "--help", "-h", "--version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        if NEED_NO_SERVICES.isdisjoint(sys.argv[1:2] or ["help"]):
            ensure()
    except ServiceFault as fault:
        sys.exit(str(fault))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
