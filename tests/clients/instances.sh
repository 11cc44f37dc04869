# What the journeys of all clients share: the two instances of `pollen demo`, on free ports, with data that is thrown
# away at the end. Sourced by the scripts that are named `run`, from the root of the repository; such a script
# prepares its clients, calls `start_instances`, and leaves the rest to the end of the shell.
# shellcheck shell=bash

# `journeys` is the word before what is said.
say() { printf '%s: %s\n' "${journeys:-clients}" "$*" >&2; }
fail() {
	say "$@"
	exit 1
}
# Where the clients cannot be had: well on somebody's own machine, a failure in continuous integration.
skip() {
	[ -z "${CI:-}" ] || fail "$@"
	say "$@" "Skipped."
	exit 0
}

target="${CARGO_TARGET_DIR:-target}"
case "$target" in /*) ;; *) target="$PWD/$target" ;; esac
# The program that is tried; another one than this repository's debug build when POLLEN_BINARY names it.
pollen="${POLLEN_BINARY:-$target/debug/pollen}"

# Prints a hash of what comes in, to name what is kept by what is in it.
key() { { sha256sum 2>/dev/null || shasum -a 256; } | cut -c1-16; }

demo=''
# Further processes that end with the journeys.
peers=()
work="$(mktemp -d "${TMPDIR:-/tmp}/pollen-clients.XXXXXX")"
# As root, Postgres runs as another user, who must get to its data.
chmod 711 "$work"

finish() {
	local status=$?
	trap - EXIT
	[ "${#peers[@]}" -eq 0 ] || kill -TERM "${peers[@]}" 2>/dev/null || true
	if [ -n "$demo" ]; then
		kill -TERM "$demo" 2>/dev/null || true
		wait "$demo" 2>/dev/null || true
	fi
	if [ "$status" -ne 0 ] && [ -s "$work/log" ]; then
		say "The instances said:"
		tail -n 300 "$work/log" >&2
	fi
	rm -rf "$work" || true
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Starts both instances and waits until their people are there. Whether their two ports are free, the demo finds out; of those that come
# after them, on which a script starts what it needs, nobody else draws.
start_instances() {
	[ -n "${POLLEN_BINARY:-}" ] || [ -x "$pollen" ] || cargo build --locked --bin pollen
	[ -x "$pollen" ] || fail "$pollen is no program."
	local attempt
	for attempt in 1 2 3; do
		acme_port=$((RANDOM % 1000 * 10 + 20000))
		globex_port=$((acme_port + 1))
		: >"$work/log" # It is looked into before the program has begun.
		"$pollen" demo --data-dir "$work/data" --acme-port "$acme_port" --globex-port "$globex_port" \
			--log info,pollen::net=debug,pollen::search=debug >"$work/log" 2>&1 &
		demo=$!
		if instances_are_ready; then
			export POLLEN_ACME="http://localhost:$acme_port" POLLEN_GLOBEX="http://localhost:$globex_port"
			# What somebody has configured for their own use is not what these journeys are about.
			export XDG_CONFIG_HOME="$work/config" NO_PROXY=localhost,127.0.0.1 no_proxy=localhost,127.0.0.1
			return 0
		fi
		grep -qi 'in use' "$work/log" || break
	done
	fail "The instances did not start."
}

instances_are_ready() {
	local waited=0
	until grep -q '^Two companies are running' "$work/log"; do
		kill -0 "$demo" 2>/dev/null || return 1
		[ "$waited" -lt 1200 ] || fail "The instances are not ready after two minutes."
		waited=$((waited + 1))
		sleep 0.1
	done
}

# Runs `pollen admin` on Acme, beside the demo, whose Postgres answers at its socket.
acme_admin() {
	local socket
	socket="$(printf '%s' "$work/data/postgres/socket" | sed 's,/,%2F,g')"
	POLLEN_FEDERATION__LOOPBACK=true POLLEN_INSTANCE__DOMAIN="acme.localhost:$acme_port" \
		POLLEN_DATABASE__URL="postgres://pollen:$(cat "$work/data/postgres/password")@$socket/acme" \
		"$pollen" admin "$@" >>"$work/admin.log" 2>&1 ||
		fail "pollen admin $* failed: $(cat "$work/admin.log")"
}

# Fetches the packages of $2/package-lock.json, for journeys named $1, which need node $3; $4 says what they are. They lie
# in $modules/node_modules afterwards, outside of the sources, and are fetched anew when their versions change.
fetch_packages() {
	command -v node >/dev/null 2>&1 || skip "There is no node (apt install nodejs npm)."
	command -v npm >/dev/null 2>&1 || skip "There is no npm (apt install nodejs npm)."
	node -e '
		const [has, needs] = [process.versions.node, process.argv[1]].map((text) => text.split(".").map(Number));
		process.exit(has[0] > needs[0] || (has[0] === needs[0] && has[1] >= needs[1]) ? 0 : 1)' "$3" ||
		skip "$4 need node $3 or newer; this is $(node --version)."
	modules="$target/clients/$1-$( (node --version && cat "$2/package-lock.json") | key)"
	[ ! -e "$modules/complete" ] || return 0
	say "Fetching $4"
	rm -rf "$modules"
	mkdir -p "$modules"
	cp "$2/package.json" "$2/package-lock.json" "$modules"
	if ! (cd "$modules" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$work/npm.log" 2>&1; then
		cat "$work/npm.log" >&2
		if grep -q EINTEGRITY "$work/npm.log"; then
			fail "What the registry gave is not what package-lock.json pins."
		fi
		skip "The registry did not give what package-lock.json asks for."
	fi
	touch "$modules/complete"
}

# Makes a virtual environment of what the file $1 asks for, which $2 says in words, and names it in $venv; anew when what is in it changes.
prepare_python() {
	command -v python3 >/dev/null 2>&1 || skip "There is no python3."
	python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || skip "Python's venv is missing (apt install python3-venv)."
	venv="$target/clients/$( (python3 -c 'import sys; print(sys.prefix, sys.version)' && cat "$1") | key)"
	[ ! -e "$venv/complete" ] || return 0
	say "Fetching $2"
	rm -rf "$venv"
	mkdir -p "$target/clients"
	python3 -m venv "$venv"
	if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1" >"$work/pip.log" 2>&1; then
		cat "$work/pip.log" >&2
		if grep -qi 'do not match the hashes' "$work/pip.log"; then
			fail "What the package index gave is not what $1 pins."
		fi
		skip "The package index did not give what $1 asks for."
	fi
	touch "$venv/complete"
}
