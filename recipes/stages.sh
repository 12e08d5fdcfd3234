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

text() { # PATH: a text, plain or with .gz, unpacked
  if [[ -e $1 ]]; then cat "$1"; else gzip --decompress --stdout "$1.gz"; fi
}

checked() { # ALGORITHM SUM FILE: whether the file is there and right (algorithm: md5, sha1, sha256)
  [[ -e $3 ]] && "$1sum" --check --status <<<"$2  $3"
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
      *) die "cannot download $3 (curl's exit code $code)" ;;
    esac
  done
  ((${code:-0} == 0)) || die "cannot download $3; run this again to go on"
  if ! checked "$1" "$2" "$file.part"; then
    rm "$file.part"
    die "$3 has not the $1 sum $2: the file has changed or was damaged; it is removed, run this again"
  fi
  mv "$file.part" "$file"
}
