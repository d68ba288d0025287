"""The site's settings, on services that are started where the environment names none."""

import os

from config import services

services.ensure()

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

# A database of this run's own, so that two runs on one server don't meet.
DATABASES["owner"]["TEST"] = {"NAME": f"test_criterion_{os.getpid()}", "DEPENDENCIES": []}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Else each test client reads every static file's name and size before its first request. The live
# server of the browser tests serves them itself, before WhiteNoise.
WHITENOISE_AUTOREFRESH = True
