# Pressrun as one image for every service of compose.yaml and for Kubernetes: server, background services, worker, tools.
#
#   docker build -t pressrun .
#
# Every package comes from requirements.image.lock with its hash. The process is a normal user, the root of the image may
# be read-only: what is written goes to /tmp (Prefect's own files) and /work (open segments, locks). Nothing here is
# secret: stores, databases and credentials come as environment variables when a container starts.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
WORKDIR /app
COPY requirements.image.lock ./
RUN /venv/bin/pip install --no-deps --require-hashes -r requirements.image.lock
COPY pyproject.toml README.md ./
COPY articles articles
COPY seeds seeds
COPY storage storage
COPY spiders spiders
COPY flows flows
COPY pressrun pressrun
# editable: the flows are run from /app, where prefect.yaml names them
RUN /venv/bin/pip install --no-deps --no-build-isolation --config-settings editable_mode=compat --editable . \
    && /venv/bin/python -m compileall -q /app

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 pressrun \
    && useradd --uid 10001 --gid pressrun --no-create-home --home-dir /tmp --shell /usr/sbin/nologin pressrun \
    && install -d -o pressrun -g pressrun -m 0750 /work
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY prefect.yaml prefect.toml scrapy.cfg /app/
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    PREFECT_HOME=/tmp/prefect \
    PREFECT_SERVER_ANALYTICS_ENABLED=false \
    DO_NOT_TRACK=1 \
    PRESSRUN_WORK=/work
VOLUME /work
USER 10001:10001
ENTRYPOINT []
CMD ["pressrun", "--help"]
