#!/usr/bin/env bats
# Every example of a man page runs, as it stands, in a folder that has the
# files they speak of.  Those that need a server run with the integration
# tests.

setup() {
	DIR=$(mktemp -d)
	PATH=$BIN:$PATH
}

teardown() {
	rm -rf "$DIR"
}

files() { # PAGE: a folder with the files its examples speak of
	mkdir "$DIR/$1" && cd "$DIR/$1" || return 1
	data=$SRC/tests/data
	cp "$data/sail_nmea0183.gts.gz" boat.dump.gz
	gzip -dc boat.dump.gz > day.gts
	mkdir dumps
	cp "$data/n2k_boats.gts.gz" "$data/nab.gts.gz" dumps/
	printf 'cpu,host=a usage=0.5,cores=4i 1600000000000000000\n' > telegraf.lp
	[ "$1" = hfdump.1 ] || hfdump -q -o boat.hfile boat.dump.gz
}

# The commands of the EXAMPLES of a page: each .Dl line, each literal block.
examples() {
	awk '/^\.Sh/ {on = $2 == "EXAMPLES"}
		on && /^\.Dl / {print substr($0, 5)}
		on && /^\.Bd/ {block = 1; next}
		on && /^\.Ed/ {block = 0; next}
		on && block {print}' "$1" |
		sed "s/\\\\(aq/'/g; s/\\\\(ti/~/g; s/\\\\(dq/\"/g; s/\\\\-/-/g; s/\\\\&//g; s/\\\\e/\\\\/g"
}

@test "examples of the man pages work as they stand" {
	ran=0
	for page in "$SRC"/man/*.1; do
		files "${page##*/}"
		while IFS= read -r line; do
			case $line in
			*s3://* | *http://* | *https://* | *s3ls*) continue ;;
			esac
			if ! bash -o pipefail -c "$line" > out 2> said < /dev/null; then
				echo "${page##*/}: $line"
				cat said
				false
			fi
			ran=$((ran + 1))
		done < <(examples "$page")
	done
	[ "$ran" -ge 14 ]
}
