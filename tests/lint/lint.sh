#!/bin/sh
# The rules of the house that a script can see, as TAP.  SRC: the tree.
set -u
cd "${SRC:-.}" || exit 1
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

{
	for f in $modules; do
		me=$(printf '%s\n' "$modules" | grep -nx "$f" | cut -d: -f1)
		grep -o '^#include "[^"]*"' "$f" | cut -d'"' -f2 | while read -r inc; do
			at=$(printf '%s\n' "$modules" | grep -nx "common/$inc" | cut -d: -f1)
			[ "${at:-9999}" -le "$me" ] || echo "$f includes $inc, which does not stand above it"
		done
	done
	find common -name '*.[ch]' | while read -r f; do
		printf '%s\n' "$modules" | grep -qx "$f" || echo "$f is not in Makefile.am"
	done
} | check 'layers: files include only what stands above them'

door() { # PATTERN, allowed files
	grep -rlE "#include <($1)" common tools | grep -vE "$2"
}
{
	door 'zstd|zlib' '^common/codec/squeeze\.c'
	door 'openssl|xxhash' '^common/codec/(hash|aeswrap|token)\.c'
	door 'pcre2' '^common/model/selector\.c'
	door 'archive' '^common/store/archive\.c'
	door 'curl' '^common/store/http\.c'
	door 'expat' '^common/store/xml\.c'
} | check 'doors: one room an external library'

grep -rlE '#include "store/' common/flow common/hfile common/column common/codec | check 'flow and store are strangers (1)'
grep -rlE '#include "(flow|hfile|column)/' common/store | check 'flow and store are strangers (2)'

{
	find common -name '*.[ch]' -exec wc -l {} + | awk '$2 != "total" && $1 > 600 {print $2 " has " $1 " lines"}'
	find tools -name '*.[ch]' -exec wc -l {} + | awk '$2 != "total" && $1 > 150 {print $2 " has " $1 " lines"}'
	find common tools tests -name '*.c' | while read -r f; do
		awk -v f="$f" '/^\{/ {s = NR} /^\}/ {if (s && NR - s > 101) print f ":" s " function of " NR - s - 1 " lines"; s = 0}' "$f"
	done
} | check 'sizes of functions, files and tools'

find common tools tests bench -name '*.[ch]' | while read -r f; do
	expand -t 8 "$f" | awk -v f="$f" 'length($0) > 80 {print f ":" NR " is wider than 80 columns"}'
	grep -nE '[[:blank:]]+$' "$f" | sed "s|^|$f:|; s|\$| (blank at the end)|"
	grep -nE '^ {8}' "$f" | sed "s|^|$f:|; s|\$| (spaces for a tab)|"
done | check 'form of the code'

grep -rnwIE 'TODO|FIXME|XXX|HACK' common tools bench quickstart .ci | check 'no unfinished work'
grep -rnIE '\bexit\(|\bstderr\b' common | grep -vE '^common/util/(alloc|tool)\.[ch]' | check 'no exit() and no stderr in common'

for f in man/*.[0-9]; do
	mandoc -T lint -W warning "$f"
done 2>&1 | check 'man pages'
if command -v shellcheck > /dev/null; then
	shellcheck -S warning quickstart completions/*.sh .ci/run tests/*.sh tests/*/*.sh bench/*.sh 2>&1 | check 'shell scripts'
else
	echo "ok - shell scripts # SKIP no shellcheck here"
fi
for t in gts-merge gts-rangecompact gts-unwrap gts-wrap hfdump hfadmin s3get s3ls s3put s3rm; do
	grep -q "$t" README.md || echo "README.md does not name $t"
	case $t in
	gts-* | hfdump | s3*) "${BIN:-.}/$t" --option-table ;;
	*) for v in info ls verify digest diff index filter split rangecompact; do "${BIN:-.}/$t" "$v" --option-table; done ;;
	esac | cut -f 2 | sort -u | while read -r name; do
		[ "$name" = option-table ] || grep -qE "^\.It .*Fl -$name( |\$)" "man/$t.1" man/hfdump.1 man/s3put.1 || echo "man/$t.1 does not have --$name"
		[ "$name" = option-table ] || grep -q -- "--$name " "${BIN:-.}/completions/bash/$t" || echo "completions/bash/$t does not have --$name"
	done
done | check 'options in man pages and completions'
echo "1..11"
