#!/usr/bin/env bats
# Every example of a man page runs, as it stands, in a folder that has the
# files they speak of.  Those that need a server run with the integration
# tests.

setup() {
	DIR=$BATS_TEST_TMPDIR
	PATH=$BIN:$PATH
}

# The files that examples speak of: dumps, HFiles, line protocol.
files() {
	mkdir "$DIR/files" && cd "$DIR/files" || return 1
	data=$SRC/tests/data
	cp "$data/sail_nmea0183.gts.gz" boat.dump.gz
	gzip -dc boat.dump.gz | tee day.gts > live.gts
	mkdir dumps
	cp "$data/n2k_boats.gts.gz" "$data/nab.gts.gz" dumps/
	hfdump -q -t raw -o archived.raw.gz dumps/nab.gts.gz
	printf 'cpu,host=a usage=0.5,cores=4i 1600000000000000000\n' > telegraf.lp
	hfdump -q -o boat.hfile boat.dump.gz
	hfdump -q -o x.hfile dumps/nab.gts.gz
	hfdump -q -o 202001.hfile dumps/n2k_boats.gts.gz
	hfdump -q -o 202002.hfile dumps/nab.gts.gz
}

# Runs one command among the files, without what it is to make.
run_example() { # COMMAND
	rm -rf "$DIR/here"
	cp -r "$DIR/files" "$DIR/here"
	cd "$DIR/here" || return 1
	made=$(printf '%s\n' "$1" | sed -n 's/.* -o \([^ ]*\).*/\1/p')
	[ -z "$made" ] || rm -f -- "$made" "${made%.hfile}.info" "${made%.hfile}.gts"
	bash -o pipefail -c "$1" > "$DIR/out" 2> "$DIR/said" < /dev/null
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
	files
	ran=0
	for page in "$SRC"/man/*.1; do
		while IFS= read -r line; do
			case $line in
			*s3://* | *http://* | *https://* | *s3ls*) continue ;;
			esac
			if ! run_example "$line"; then
				echo "${page##*/}: $line"
				cat "$DIR/said"
				false
			fi
			ran=$((ran + 1))
		done < <(examples "$page")
	done
	[ "$ran" -ge 14 ]
}

@test "the README's pipelines print what it says, one after the other" {
	cd "$DIR"
	cp "$SRC/tests/data/sail_nmea0183.gts.gz" boat.dump.gz
	awk '/^```/ {shown = 0}
		/^\$ / {shown = !/s3:/; if (shown) {n++; print substr($0, 3) > ("run." n)}; next}
		shown {print > ("want." n)}' "$SRC/README.md"
	[ "$(ls run.* | wc -l)" -ge 8 ]
	for k in $(seq "$(ls run.* | wc -l)"); do
		bash -o pipefail -c "$(cat "run.$k")" > got
		[ ! -e "want.$k" ] || cmp got "want.$k"
	done
	[ "$(ls want.* | wc -l)" -ge 4 ]
}

@test "gtstools(7) names every program" {
	for p in $PROGRAMS; do
		grep -q "^\.It.* $p 1" "$SRC/man/gtstools.7"
	done
}
