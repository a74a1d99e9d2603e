# docker build -t kosho . && docker run --rm -v "$PWD/out:/kosho/out" kosho
# docker run --rm kosho make test
FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends make libpango-1.0-0 libpangoft2-1.0-0 && rm -rf /var/lib/apt/lists/*
WORKDIR /kosho
COPY . .
CMD ["make", "brief"]
