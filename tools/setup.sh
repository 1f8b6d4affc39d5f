#!/usr/bin/env bash
# Makes .venv from the locks, and the system packages the checks need. Called by `make setup`; runs again in an instant.
#   setup.sh run     what `make demo` and `make run` need: Python packages only
#   setup.sh check   that, and Chromium with its driver's library, a CJK font and PostgreSQL for the tests
set -euo pipefail
cd "$(dirname "$0")/.."
want=${1:-check}
python=${PYTHON:-python3}
missing=()

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  || { echo "Fengsui needs Python 3.11 or newer as python3 (or PYTHON=...)." >&2; exit 1; }
"$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
if [ "$want" = check ]; then
  command -v chromium >/dev/null || missing+=(chromium)
  ls /usr/share/fonts/opentype/noto/NotoSansCJK-*.ttc >/dev/null 2>&1 \
    || fc-list :lang=zh 2>/dev/null | grep -q . || missing+=(fonts-noto-cjk)
  { command -v pg_config >/dev/null && [ -x "$(pg_config --bindir)/initdb" ]; } \
    || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
  # The browser driver's own node needs it; a small Debian does not have it.
  ls /usr/lib/*/libatomic.so.1 >/dev/null 2>&1 || missing+=(libatomic1)
fi
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${missing[*]} with apt-get ..."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "Please install first: sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
fi

stamp=.venv/.stamp-$(cat requirements/base.txt requirements/dev.txt pyproject.toml | sha256sum | cut -c1-16)
if [ ! -e "$stamp" ]; then
  .venv/bin/python -m pip --version >/dev/null 2>&1 || { rm -rf .venv; "$python" -m venv .venv; }
  .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/base.txt -r requirements/dev.txt
  .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
  rm -f .venv/.stamp-*
  touch "$stamp"
fi

# Translations are compiled when they are newer than what was compiled last (Babel: no gettext needed).
for po in src/fengsui/locale/*/LC_MESSAGES/django.po; do
  [ -e "$po" ] || continue
  mo=${po%.po}.mo
  [ "$mo" -nt "$po" ] || .venv/bin/pybabel -q compile -i "$po" -o "$mo"
done
