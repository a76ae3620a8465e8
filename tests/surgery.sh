#!/bin/sh
# usage: surgery.sh FOLDER [CUTS]
# Random cuts (of each set, default 1000) of the sets FOLDER/NAME/NAME.gts.gz, cut up into
# pieces that overlap and differ: what gts-merge makes of them, in any forms,
# is what sort makes of the texts; merging in steps is merging at once.  Then
# for each whole set: what rangecompact saves, and that pieces compacted,
# merged and compacted again are the whole compacted; split then merged, and
# a filter merged with its complement, are the bytes of the whole.
# BIN: build folder.
set -u
dir=${1:?usage: surgery.sh FOLDER [CUTS]}
cuts=${2:-1000}
PATH=${BIN:-.}:$PATH
export LC_ALL=C
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
passed=0 failed=0
check() { # NAME, command
	what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $what"
	fi
}

# The merge of fulltext pieces, by sort; $1: last or first.
reference() {
	order=-k3,3n
	[ "$1" = last ] || order=-k3,3nr
	cat p1 p2 p3 | awk '{ t = $1; sub(/\/.*/, "", t); print $2 "\t" t "\t" NR "\t" $0 }' |
		sort -t "$(printf '\t')" -k1,1 -k2,2n $order |
		awk -F '\t' '{ k = $1 FS $2; if (NR > 1 && k != last) print line; last = k; line = $0 }
			END { if (NR) print line }' | cut -f 4- | sort
}

# Three pieces of a chunk of lines: each line in some of them, a few with
# another value, in any order.
pieces() { # CHUNK SEED
	awk -v seed="$2" 'BEGIN { srand(seed) }
		{ for (p = 1; p <= 3; p++) {
			if (rand() < 0.45) continue
			line = $0
			if (rand() < 0.1) {
				r = int(rand() * 4)
				line = $1 " " $2 " " (r == 0 ? "T" : r == 1 ? 42 : r == 2 ? "4.5" : "\047x\047")
			}
			printf "%.9f\t%s\n", rand(), line > "u" p
		} }' "$1"
	for p in 1 2 3; do
		touch "u$p"
		sort "u$p" | cut -f 2- > "p$p"
		rm -f "u$p"
		# in this or that form
		if [ $((($2 >> p) % 2)) = 0 ]; then
			hfdump -q --force --no-companions -o "in$p" -t hfile "p$p"
		else
			cp "p$p" "in$p"
		fi
	done
}

one_cut() { # CHUNK SEED
	pieces "$1" "$2"
	prefer=last
	[ $(($2 % 3)) = 0 ] && prefer=first
	reference $prefer > want
	gts-merge -q --prefer $prefer -t fulltext in1 in2 in3 > got || return 1
	sort got | cmp -s - want || return 1
	[ $(($2 % 5)) = 0 ] || return 0
	gts-merge -q --prefer $prefer --force --no-companions -o left.hfile in1 in2 &&
		gts-merge -q --prefer $prefer -t fulltext left.hfile in3 | cmp -s - got &&
		gts-merge -q --prefer $prefer --force --no-companions -o right.hfile in2 in3 &&
		gts-merge -q --prefer $prefer -t fulltext in1 right.hfile | cmp -s - got
}

# HFiles are joined by copying, so the bytes are those of the whole only once
# they were repacked.
same_bytes() { # WHOLE, parts: merged they are the whole
	whole=$1
	shift
	gts-merge -q --force --no-companions -o joined.hfile "$@" &&
		hfadmin diff -q "$whole" joined.hfile &&
		hfadmin repack -q --force --no-companions -o again.hfile joined.hfile &&
		cmp -s again.hfile "$whole"
}

compacted() { # TEXT
	gts-rangecompact -q -t fulltext all.hfile > small || return 1
	gts-rangecompact -q -t fulltext small | cmp -s - small || return 1
	split -n l/3 "$1" third.
	for p in third.??; do gts-rangecompact -q -t raw "$p" > "$p.small"; done
	gts-rangecompact -q -t fulltext third.??.small | cmp -s - small
	r=$?
	rm -f third.*
	return $r
}

for gz in "$dir"/*/*.gts.gz; do
	name=$(basename "$gz" .gts.gz)
	hfdump -q --force --no-companions -o all.hfile "$gz"
	hfdump -q -t fulltext all.hfile > all
	rm -f chunk.*
	split -l 2000 -a 4 all chunk.
	set -- chunk.*
	k=0 chunk=
	while [ $k -lt "$cuts" ]; do
		k=$((k + 1))
		i=$((k * 7919 % $# + 1))
		eval "chunk=\${$i}"
		check "$name: cut $k of $chunk" one_cut "$chunk" $k
	done
	rm -f chunk.*
	check "$name: rangecompact" compacted all
	gts-rangecompact -q --force --no-companions -o small.hfile all.hfile
	n=$(wc -l < all) m=$(wc -l < small)
	echo "$name: $k cuts; rangecompact keeps $m of $n points, $(stat -c %s small.hfile) of $(stat -c %s all.hfile) bytes"
	middle=$(hfadmin info --json all.hfile | sed 's/.*"first":\([-0-9]*\).*"last":\([-0-9]*\).*/\1 \2/' |
		awk '{ printf "%.0f", ($1 + $2) / 2 }')
	mkdir parts
	hfadmin split -q --no-companions --by size:200K -o 'parts/%n.hfile' all.hfile
	check "$name: split, then merge" same_bytes all.hfile parts/*.hfile
	rm -r parts
	hfadmin filter -q --force --no-companions -o in.hfile --end "@$middle" all.hfile
	hfadmin filter -q --force --no-companions -o out.hfile --exclude-range "..@$middle" all.hfile
	check "$name: filter and complement" same_bytes all.hfile in.hfile out.hfile
done
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
