# Rotor's commands on Debian 12, for any x86-64 CPU with AVX2:
#   docker build --tag rotor .
#   docker run --rm --interactive --volume "$PWD:/work" rotor rotor-generate model.safetensors < in > out
FROM debian:12-slim AS build
COPY . /rotor
WORKDIR /rotor
RUN .ci/install_packages.sh build deb && make deb

FROM debian:12-slim
COPY --from=build /rotor/build-deb/rotor_*.deb /tmp/rotor.deb
RUN apt-get update \
    && apt-get install --yes --no-install-recommends /tmp/rotor.deb gnuplot-nox \
    && rm --recursive /tmp/rotor.deb /var/lib/apt/lists/*
WORKDIR /work
CMD ["rotor-train", "--help"]
