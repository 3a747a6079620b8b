# The archiver with its browser, as one image.
#
#   docker build -t archiver .
#   docker run --security-opt seccomp=config/seccomp.json --cap-drop=ALL --shm-size=1g --stop-timeout=60 \
#       -v archiver:/var/lib/archiver archiver                  the daemon
#   docker run … archiver archiver worker                       a worker of a PostgreSQL database
#   docker run … archiver archiver audit https://example.com/   any other command
#
# --security-opt  Chromium's sandbox opens user namespaces, which the default seccomp profile refuses;
#                 config/seccomp.json does not, and refuses what would then be within reach. Source:
#                 playwright.dev/python/docs/docker, "Crawling and scraping", read 2026-11-22.
#                 --cap-add=SYS_ADMIN would do too and gives far more away.
# --shm-size      pages are painted in shared memory; the default of 64 MiB makes tabs crash.
# --stop-timeout  longer than daemon.grace_s, so that the captures in hand are finished.

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python3 -m venv /opt/build && python3 -m venv /opt/archiver
COPY requirements.lock requirements-build.lock requirements-pip.lock ./
RUN /opt/archiver/bin/pip install --no-cache-dir --require-hashes -r requirements-pip.lock
RUN /opt/archiver/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
RUN /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY archiver ./archiver
COPY migrations ./migrations
COPY config ./config
RUN /opt/build/bin/hatchling build --target wheel --directory /tmp/wheel
RUN /opt/archiver/bin/pip install --no-cache-dir --no-deps /tmp/wheel/*.whl

FROM python:3.11-slim-bookworm
# libatomic1: for the Node that Playwright brings along. libnss3-tools: certutil, which makes the browser trust
# net.extra_ca. tini: as process 1 it passes signals on and buries the browser's orphans.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        chromium fontconfig fonts-noto-color-emoji fonts-noto-core libatomic1 libnss3-tools tini \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home archiver \
    && install --directory --owner=archiver --group=archiver /var/lib/archiver
COPY --from=build /opt/archiver /opt/archiver
ENV PATH=/opt/archiver/bin:/usr/local/bin:/usr/bin:/bin
ENV ARCHIVER_HOME=/var/lib/archiver
ENV PYTHONDONTWRITEBYTECODE=1
USER archiver
WORKDIR /var/lib/archiver
VOLUME /var/lib/archiver
# As daemon and worker say themselves; other commands have no such page (--no-healthcheck).
HEALTHCHECK --interval=30s --timeout=20s --start-period=60s \
    CMD ["python3", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8474/readyz', timeout=15)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--"]
CMD ["archiver", "daemon"]
