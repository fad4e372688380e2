# Test material: answers to the name of the official image swift:6.3-bookworm. The toolchain itself
# is mounted from the machine while the image is built from it.
FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends \
    binutils ca-certificates git libc6-dev libcurl4 libedit2 libgcc-12-dev libncurses6 \
    libsqlite3-0 libstdc++-12-dev libxml2 tzdata zlib1g-dev \
  && rm -rf /var/lib/apt/lists/*
ARG toolchain
ENV PATH=${toolchain}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
