#!/bin/sh
# The rules of the house that a script can see, as TAP.  SRC: the tree.
set -u
cd "${SRC:-.}" || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
LC_ALL=C.UTF-8
export LC_ALL
# Tests have no numbers: most run in the subshell of a pipe.
check() { # NAME, findings on standard input
	found=$(cat)
	if [ -z "$found" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		printf '%s\n' "$found" | head -n 20 | sed 's/^/# /'
	fi
}
modules=$(sed -n '/^libgts_a_SOURCES/,/[^\\]$/p' Makefile.am | tr -d '\\' | grep -o 'common/[^ ]*')

sources=$(find common tools tests bench -name '*.[ch]')

{
	# shellcheck disable=SC2086 # names without blanks
	printf '%s\n' "$modules" | awk '
		FILENAME == "-" {at[$0] = NR; next}
		/^#include "/ {
			split($0, q, "\"")
			inc = "common/" q[2]
			if (!(inc in at) || at[inc] > at[FILENAME])
				print FILENAME " includes " q[2] ", which does not stand above it"
		}' - $modules
	printf '%s\n' "$modules" | sort > "$tmp/listed"
	find common -name '*.[ch]' | sort | comm -23 - "$tmp/listed" | sed 's/$/ is not in Makefile.am/'
} | check 'layers: files include only what stands above them'

find common -name '*.h' | while read -r f; do
	room=$(basename "$f" .h)
	case $room in s3-*) continue ;; esac
	grep -qE "(^|[ ,;(])$room([ ,;(:]|\$)" common/README.md || echo "common/README.md does not have $room"
done | check 'every room is on the map'
sed -n 's/^| *\([a-z][a-z: ]*[a-z]\) *|.*/\1/p' common/README.md | sort | uniq -d |
	sed 's/$/ stands twice/' | check 'no floor stands twice on the map'

door() { # PATTERN, allowed files
	grep -rlE "#include [<\"]($1)" common tools | grep -vE "$2"
}
{
	door 'zstd|zlib' '^common/codec/squeeze\.c'
	door 'xxhash' '^common/codec/hash\.c'
	door 'pcre2' '^common/model/selector\.c'
	# loaded when they are needed, each for one room
	door 'archive' '^common/store/libarchive\.h'
	door 'openssl' '^common/codec/libcrypto\.h'
	door 'codec/libcrypto' '^common/codec/(aeswrap|hash|libcrypto|token)\.c'
	door 'curl' '^common/store/libcurl\.h'
	door 'store/libarchive' '^common/store/(archive|layer|libarchive)\.c'
	door 'store/libcurl' '^common/store/(http|libcurl)\.c'
	door 'dlfcn' '^common/util/library\.c'
	door 'expat' '^common/store/xml\.c'
} | check 'doors: one room an external library'

grep -rlE '#include "store/' common/flow common/hfile common/column common/codec | check 'flow and store are strangers (1)'
grep -rlE '#include "(flow|hfile|column)/' common/store | check 'flow and store are strangers (2)'

{
	find common -name '*.[ch]' -exec wc -l {} + | awk '$2 != "total" && $1 > 600 {print $2 " has " $1 " lines"}'
	find tools -name '*.[ch]' -exec wc -l {} + | awk '$2 != "total" && $1 > 150 {print $2 " has " $1 " lines"}'
	# shellcheck disable=SC2086
	awk '/^\{/ {s = FNR} /^\}/ {if (s && FNR - s > 101) print FILENAME ":" s " function of " FNR - s - 1 " lines"; s = 0}' $sources
} | check 'sizes of functions, files and tools'

# shellcheck disable=SC2086
awk 'function width(s,  n, k) {
		for (n = 0; (k = index(s, "\t")); s = substr(s, k + 1)) {
			n += k - 1
			n += 8 - n % 8
		}
		return n + length(s)
	}
	/\t/ ? width($0) > 80 : length($0) > 80 {print FILENAME ":" FNR ": wider than 80 columns"}
	/[ \t]$/ {print FILENAME ":" FNR ": blank at the end"}
	/^ {8}/ {print FILENAME ":" FNR ": spaces for a tab"}' $sources | check 'form of the code'

grep -rnwIE 'TODO|FIXME|XXX|HACK' common tools bench quickstart .ci | check 'no unfinished work'
grep -rnIE '\bexit\(|\bstderr\b' common | grep -vE '^common/util/(alloc|tool)\.[ch]' | check 'no exit() and no stderr in common'

# bats goes on behind a ! and behind all of a list but its last command
grep -nE '^[[:space:]]+(! |\[.* \]\]? && \[)' tests/cli/*.bats tests/integration/*.bats | grep -v ' || ' | check 'no check that cannot fail'

# one fused operation rounds once where the format says twice, and the clones
# of a function could then differ
if command -v objdump > /dev/null; then
	grep -nE '^[A-Za-z0-9_]+_CFLAGS *=' Makefile.am | grep -v 'BASE_CFLAGS\|AM_CFLAGS)'
	grep -q '^base_cflags=.*-ffp-contract=off' configure.ac || echo 'configure.ac does not have -ffp-contract=off'
	objdump -d --no-show-raw-insn "${BIN:-.}/libgts.a" | grep -E '^[0-9a-f]+ <.*>:$|[[:space:]]v?fn?m(add|sub|la|ls)' | grep -E -B 1 '[[:space:]]v?fn?m(add|sub|la|ls)'
fi | check 'no multiplication and addition is contracted'

for f in man/*.[0-9]; do
	mandoc -T lint -W warning "$f"
done 2>&1 | check 'man pages'
awk -f tests/lint/quotes.awk man/hfile.5 common/*/*.h | check 'hfile(5) has the headers as they are'
if command -v shellcheck > /dev/null; then
	shellcheck -S warning quickstart completions/*.sh .ci/run tests/*.sh tests/*/*.sh bench/*.sh 2>&1 | check 'shell scripts'
else
	echo "ok - shell scripts # SKIP no shellcheck here"
fi
for t in ${PROGRAMS:-$(sed -n '/^bin_PROGRAMS/,/[^\\]$/p' Makefile.am | sed 's/.*=//' | tr -d '\\')}; do
	grep -q "$t" README.md || echo "README.md does not name $t"
	case $t in
	hfadmin) for v in $("${BIN:-.}/$t" --help | sed -n 's/^  *\([a-z]*\)  .*/\1/p'); do "${BIN:-.}/$t" "$v" --option-table; done ;;
	*) "${BIN:-.}/$t" --option-table ;;
	esac | cut -f 2 | grep -vx option-table | sort -u > "$tmp/options"
	# what tools have in common is described once
	grep -hoE '^\.It .*' "man/$t.1" man/hfdump.1 man/s3put.1 | grep -oE 'Fl -[a-z0-9-]+' | cut -c 5- | sort -u > "$tmp/man"
	grep -oE -- '--[a-z0-9-]+' "${BIN:-.}/completions/bash/$t" | cut -c 3- | sort -u > "$tmp/completed"
	comm -23 "$tmp/options" "$tmp/man" | sed "s|^|man/$t.1 does not have --|"
	comm -23 "$tmp/options" "$tmp/completed" | sed "s|^|completions/bash/$t does not have --|"
done | check 'options in man pages and completions'
echo "1..16"
