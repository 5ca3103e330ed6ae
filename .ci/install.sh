# Sourced by start and check: makes .venv and node_modules from the lock files, once per change of a lock file.

fail_install() { printf '%s: %s\n' "$(basename "$0")" "$1" >&2; exit 1; }

find_python() {
    local name
    for name in python3.11 python3.12 python3.13 python3; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    fail_install "Python 3.11 to 3.13 was not found: install Debian's python3 and python3-venv"
}

apt_install() {
    # Debian packages, when we may; otherwise one line that names what is missing.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "installing Debian packages: $*"
        (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@") >/dev/null 2>&1 ||
            fail_install "apt-get could not install: $*"
    else
        fail_install "missing Debian packages: $* (as root: apt-get install $*)"
    fi
}

# $1: "main" or "check"; $2: npm arguments
install_locked() {
    local kind="$1" python free want
    shift
    want=$(cat "requirements/$kind.txt" package-lock.json | sha256sum | cut -c1-16)-$kind
    if [ "$(cat .venv/installed 2>/dev/null)" = "$want" ]; then return; fi
    free=$(df -Pk . | awk 'NR==2 {print int($4/1024)}')
    [ "$free" -ge 1500 ] || fail_install "only $free MiB of disk are free: 1500 MiB are needed to install"
    command -v npm >/dev/null 2>&1 || apt_install nodejs npm
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
    [ -x .venv/bin/python ] || "$python" -m venv .venv || fail_install "the virtual environment could not be made"
    echo "installing Python packages from requirements/$kind.txt"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$kind.txt" 2>.venv/pip.log ||
        fail_install "pip could not install requirements/$kind.txt: $(grep -i error .venv/pip.log | tail -n 1)"
    echo "installing browser libraries from package-lock.json"
    npm ci --no-audit --no-fund --loglevel=error "$@" >.venv/npm.log 2>&1 ||
        fail_install "npm could not install package-lock.json: $(tail -n 1 .venv/npm.log)"
    echo "$want" >.venv/installed
}

compile_words() {
    # The English catalogues are kept as .po; Django reads .mo.
    local po
    for po in portal/locale/*/LC_MESSAGES/*.po; do
        [ -e "$po" ] || continue
        if [ "$po" -nt "${po%.po}.mo" ]; then
            .venv/bin/pybabel --quiet compile --use-fuzzy --input-file "$po" --output-file "${po%.po}.mo" || fail_install "$po could not be compiled"
        fi
    done
}

install_runtime() {
    # The tests' environment holds all that the runtime needs; do not shrink it.
    case "$(cat .venv/installed 2>/dev/null)" in
        *-check) [ "$(cat requirements/check.txt package-lock.json | sha256sum | cut -c1-16)-check" = "$(cat .venv/installed)" ] || install_locked check ;;
        *) install_locked main --omit=dev ;;
    esac
    compile_words
}

install_checks() {
    install_locked check
    compile_words
}
