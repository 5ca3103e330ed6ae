# One image for web, media, scribe and clerk; the command chooses.
FROM node:20-bookworm-slim AS pages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PRODUCTION=1 DATA_DIR=/data STATIC_ROOT=/static
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 train \
    && install -d -o train -g train /data /static
WORKDIR /app
COPY requirements/main.txt requirements/main.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/main.txt
COPY --from=pages /app/node_modules node_modules
COPY manage.py ./
COPY portal portal
COPY signaling signaling
COPY streaming streaming
COPY recordings recordings
COPY transcripts transcripts
RUN for language in portal/locale/*/LC_MESSAGES; do for words in "$language"/*.po; do \
    pybabel compile --input-file "$words" --output-file "${words%.po}.mo"; done; done
USER train
CMD ["python", "manage.py", "run_web", "--host", "0.0.0.0", "--port", "8000"]
