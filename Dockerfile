# Rotor's commands on Debian 12, for any x86-64 CPU with AVX2:
#   docker build --tag rotor --target commands .
#   docker run --rm --interactive --user "$(id --user)" --volume "$PWD:/work" rotor \
#     rotor-generate model.safetensors < in > out
# and its server, whose model is /work/model.safetensors:
#   docker build --tag rotor-serve .
#   docker run --rm --publish 8080:8080 --volume "$PWD:/work:ro" rotor-serve
FROM debian:12-slim AS build
COPY . /rotor
WORKDIR /rotor
RUN .ci/install_packages.sh build deb && make deb

FROM debian:12-slim AS commands
COPY --from=build /rotor/build-deb/rotor_*.deb /tmp/rotor.deb
RUN apt-get update \
    && apt-get install --yes --no-install-recommends /tmp/rotor.deb gnuplot-nox python3-numpy \
    && rm --recursive /tmp/rotor.deb /var/lib/apt/lists/* \
    && useradd --uid 1000 --create-home rotor \
    && install --directory --owner rotor /work
USER rotor
WORKDIR /work
CMD ["rotor-train", "--help"]

FROM commands
EXPOSE 8080
# Without a client of HTTP in the image, bash asks.
HEALTHCHECK --start-period=60s --interval=30s --timeout=5s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && grep --quiet ' 200 OK' <&3"]
CMD ["rotor-serve", "model.safetensors", "--host", "0.0.0.0", "--access-log", "-"]
