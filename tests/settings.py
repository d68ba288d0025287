"""The site's settings, on services that are started where the environment names none."""

import os

from config import services

services.ensure()

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

# A database of this run's own, so that two runs on one server don't meet.
DATABASES["owner"]["TEST"] = {"NAME": f"test_criterion_{os.getpid()}", "DEPENDENCIES": []}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
