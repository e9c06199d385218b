# The controller's image: one static program, and nothing else. No shell, no libraries, no CA certificates (the API server's
# is mounted with the ServiceAccount's token), nothing writable.
#
# Decided: glibc, statically linked, instead of musl. It is the C library that all tests run with, and its allocator does not
# slow down a program that unseals on every core. Looking up names works without further files since glibc 2.34.

# Debian, because its libc6-dev brings the static C library. aws-lc's C and assembly need the compiler that is there.
FROM docker.io/library/rust:1.95-bookworm AS build
ARG TARGETARCH
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,id=target-${TARGETARCH},target=/src/target \
    set -eu; \
    controller/build-static.sh; \
    install -D target/*/release/sealed-secrets-controller /image/usr/local/bin/controller; \
    # A program that wants a library would not start from scratch: better to learn it here.
    if readelf --dynamic /image/usr/local/bin/controller | grep NEEDED; then exit 1; fi; \
    # Its own name too, for whoever names the program outright.
    ln -s usr/local/bin/controller /image/sealed-secrets-controller; \
    /image/sealed-secrets-controller --version

FROM scratch
LABEL org.opencontainers.image.title="sealed-secrets-controller" \
      org.opencontainers.image.description="Turns every SealedSecret of a cluster into the Secret it stands for" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image /
# Both charts, ours and upstream's, run `controller` and leave it to PATH where that is.
ENV PATH=/usr/local/bin
# What is freed goes back to the system: glibc would keep it in up to eight arenas for each core, and would serve requests of the size
# of an HTTP body from them once it has seen one. A test measures with just these (tests/lifecycle/memory.rs).
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072
# As a number, so that runAsNonRoot can be checked.
USER 1001:1001
EXPOSE 8080 8081
ENTRYPOINT ["controller"]
