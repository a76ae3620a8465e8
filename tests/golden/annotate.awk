# The bytes of an HFile with what they are: od -An -v -tx1 -w1 FILE | awk -f this
BEGIN { lanes = 9 }
{ b[size++] = $1 }

# n bytes, sixteen a line, and what they are.
function put(n, what,    i, line) {
	for (i = 0; i < n; i += 16) {
		line = ""
		for (k = i; k < n && k < i + 16; k++)
			line = line (k > i ? " " : "") b[at + k]
		if (i)
			printf "%04x  %s\n", at + i, line
		else
			printf "%04x  %-47s  %s\n", at, line, what
	}
	at += n
}

function digit(i, k) {
	return index("0123456789abcdef", substr(b[i], k, 1)) - 1
}

function byte(i) {
	return 16 * digit(i, 1) + digit(i, 2)
}

function le32(i) {
	return byte(i) + 256 * (byte(i + 1) + 256 * (byte(i + 2) + 256 * byte(i + 3)))
}

function header() {
	put(40, "text, ends with LF")
	put(2, "major version")
	put(2, "minor version")
	put(4, "required features")
	put(4, "optional features")
	put(4, "time units a second")
	put(4, "zero")
	put(4, "CRC-32C of the above")
}

function block(    type, n) {
	type = byte(at + 4)
	n = le32(at + 8)
	print ""
	put(4, "GBLK: " name[type])
	put(1, "type")
	put(1, "flags: critical")
	put(2, "version")
	put(4, "length of the payload")
	put(4, "mark of the segment")
	put(8, "sequence")
	put(4, "zero")
	put(4, "CRC-32C of the above")
	if (name[type] == "PAGE") {
		for (k8 = 0; k8 < 8 * lanes && k8 < n; k8 += 8)
			if (le32(at) || k8 == 0)
				put(8, "lane " k8 / 8 ": raw, stored")
			else
				put(8, "lane " k8 / 8 ": empty")
		put(n - k8, "the lanes")
	} else {
		put(1, byte(at) ? "packed by zstd" : "as is")
		put(4, "raw length")
		put(n - 5, "raw bytes" (byte(at - 5) ? ", packed" : ""))
	}
	put(8, "XXH3-64 of the payload")
}

function tail() {
	print ""
	put(8, "GTSHTAIL")
	put(8, "offset of the ROOT block")
	put(8, "length of the ROOT block")
	put(8, "points")
	put(8, "series")
	put(8, "bytes of the file")
	put(8, "XXH3-64 of all before")
	put(4, "time units a second")
	put(4, "CRC-32C of the tail")
}

END {
	split("SERIES PAGE LEAF PAGES ROOT BRANCH SEGMENTS", name, " ")
	header()
	while (b[at] b[at + 1] b[at + 2] b[at + 3] == "47424c4b")
		block()
	tail()
	if (at != size)
		print "bytes left"
}
