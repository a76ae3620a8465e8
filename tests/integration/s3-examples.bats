#!/usr/bin/env bats
# The examples of the README and of the man pages that speak of a bucket, as
# they stand, against versitygw.

setup_file() {
	load s3.bash
	s3_begin gts-wrap || return 0
	files
}

teardown_file() {
	load s3.bash
	s3_end
}

setup() {
	load s3.bash
	s3_setup
}

# What the examples speak of: here in files/, there in objects/.
files() {
	mkdir -p files objects/2020
	cp "$SRC/tests/data/sail_nmea0183.gts.gz" files/boat.dump.gz
	awk 'BEGIN {
		for (t = 1604300000; t < 1609000000; t += 50000)
			printf "%d000000// nav.speed{archid=b6} %d.5\n", t, t % 7
	}' > files/day.gts
	gzip -k files/day.gts
	cp files/day.gts.gz objects/
	hfdump -q --no-companions -o objects/day.hfile files/day.gts
	for p in 202011 202012; do
		gts-wrap --period $p -e bytes -o "objects/b6-$p" files/day.gts
	done
	for m in 01 02 03 04 05 06 07 08 09 10 11 12; do
		echo $m > objects/2020/$m
	done
}

# Runs one command among the files, with the objects as they were.
run_example() { # COMMAND
	rm -rf here data/archive
	mkdir data/archive
	(cd objects && find . -type f | sed 's|^\./||') | while read -r k; do
		s3put "s3://archive/$k" < "objects/$k"
	done
	cp -r files here
	made=$(printf '%s\n' "$1" | sed -n 's/.* -o \([^ ]*\).*/\1/p')
	[ -z "$made" ] || (cd here && rm -f -- "$made" "${made%.hfile}.info" "${made%.hfile}.gts")
	(cd here && bash -o pipefail -c "$1" > ../printed 2> ../said < /dev/null)
}

examples() { # PAGE
	awk '/^\.Sh/ {on = $2 == "EXAMPLES"}
		on && /^\.Dl / {print substr($0, 5)}
		on && /^\.Bd/ {block = 1; next}
		on && /^\.Ed/ {block = 0; next}
		on && block {print}' "$1" |
		sed "s/\\\\(aq/'/g; s/\\\\(ti/~/g; s/\\\\(dq/\"/g; s/\\\\-/-/g; s/\\\\&//g; s/\\\\e/\\\\/g" |
		grep -E 's3://|s3ls'
}

@test "the examples of the man pages" {
	ran=0
	for page in "$SRC"/man/*.1; do
		while IFS= read -r line; do
			if ! run_example "$line"; then
				echo "${page##*/}: $line"
				cat said
				return 1
			fi
			ran=$((ran + 1))
		done < <(examples "$page")
	done
	[ "$ran" -ge 10 ]
}

@test "the pipelines of the README, one after the other" {
	rm -rf here data/archive
	cp -r files here
	cd here
	grep '^\$ .*s3://' "$SRC/README.md" | sed 's/^\$ //' > lines
	[ "$(wc -l < lines)" -eq 5 ]
	while IFS= read -r line; do
		echo "$line"
		bash -o pipefail -c "$line" > printed < /dev/null
	done < lines
	[ -s ../data/archive/cog-200711 ]
	[ "$(find ../data/archive -name 'sail.cog-*' | wc -l)" -eq 4 ]
	hfdump -s 'sail.cog{}' --period 200712 boat.dump.gz -t gts | cmp printed
	hfdump boat.dump.gz -t gts --start 2007-11-01T00:00:00Z --end 2007-12-31T23:59:59.999999Z > want
	hfdump cog.hfile | cmp want
	hfdump boat.dump.gz -q -o boat.hfile
	cmp boat.hfile ../data/archive/boat.hfile
}
