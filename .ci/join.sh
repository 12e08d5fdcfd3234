#!/bin/sh
# usage: join.sh SOURCE... > RESULT
# Writes the sources of several tests one after the other, so that they are compiled as one: the headers and templates
# that they share cost once. What a test keeps to itself, in an unnamed namespace, gets a namespace of the source's name,
# so that two tests may use one name for different things. Failures name the sources and lines that they came from.
set -eu
for source in "$@"; do
  name=$(basename "$source" .cc)
  echo "#line 1 \"$source\""
  sed "s/^namespace {\$/namespace $name {/" "$source"
done
