FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# What WeasyPrint loads; its fonts come from a package.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 libfontconfig1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home criterion \
    && install -d -o criterion -g criterion /srv/criterion /srv/media

WORKDIR /srv/criterion
COPY requirements/base.txt requirements/base.txt
RUN pip install --require-hashes -r requirements/base.txt

COPY --chown=criterion:criterion . .
USER criterion

# The static files' names carry their digests only under production settings, which want every
# value. These stand for this one command: nothing is reached with them, and none is kept.
RUN SECRET_KEY="$(head -c 48 /dev/urandom | base64)" \
    ALLOWED_HOSTS=build.invalid SITE_URL=https://build.invalid EMAIL_URL=console:// \
    DATABASE_URL=postgresql://build@build.invalid/build REDIS_URL=redis://build.invalid/0 \
    MEDIA_ROOT=/srv/media SEAL_KEY_FILE=/nowhere SEAL_CERTIFICATE_FILE=/nowhere \
    SEAL_TRUST_FOLDER=/nowhere \
    python manage.py collectstatic --noinput

VOLUME /srv/media
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-"]
