# Points of every kind of value and place, of series that are alike, of runs
# and repeats: what makes each method of an HFile appear.
BEGIN {
	print "1// all{} 1\n2// all{} 1.5\n3// all{} 'x'\n4// all{} T\n5// all{} F\n6// all{} b64:AQID"
	print "7// all{} NaN\n8// all{} -0e0\n9// all{} Infinity\n10/48.0:-4.5/ all{} 0.1\n11//77 all{} 1e300"
	print "12/1.5:2.5/99 all{} 9223372036854775807\n13// all{} -9223372036854775808"
	print "14// all{} 0.30000000000000004\n15// all{} ''"
	print "1// b%00c{x=y,%C3%A9=z}{k=v} 3.25\n2// b%00c{x=y,%C3%A9=z}{k=v} 3.123456789012345"
	for (i = 1; i <= 600; i++) {
		print i "// mixed{} " i * i * i % 97 "." i % 10 "e-" i % 30
		printf "%d/%.5f:%.5f/%d boat{} %d\n", i * 1000, 40 + i * 0.00013, -4 - i * 0.00021, i * 3, i
		print i "// text{} 'reading " i % 7 "'"
		print i "// halves{} " (i % 3 ? i : i % 2 ".5")
		print i "// flag{} " (i % 50 < 20 ? "T" : "F")
		s = s * 69069 + 12345
		s -= int(s / 4294967296) * 4294967296
		print i "// noise{} " s / 65536
		print i * 60 "// a{} " s % 1000 "\n" i * 60 "// b{} " s % 1000 + 3
		print i + s % 5 * 1000 "// sparse{} " (s % 9 ? 0 : s)
		printf "%d// float{} %.9g\n", i, int(s / 256) / 1048576
	}
	# blocks of 1024, last bits that waver, words that come back, lists in common
	s = u = 7
	for (i = 1; i <= 1300; i++) {
		s = s * 69069 + 12345
		s -= int(s / 4294967296) * 4294967296
		u = u * 1103515245 + 12345 + s
		u -= int(u / 2147483648) * 2147483648
		printf "%d// wide{} %.0f%09.0f\n", i * 7, s, s * 31 % 1000000007
		printf "%d// steps{} %.17g\n", i * 7, 0.1 * (i + s % 3)
		word[i] = sprintf("%s%.17g", s % 2 ? "-" : "", (s / 4294967296 + u / 9223372036854775808 + 0.5) * \
			2 ^ (int(u / 1024) % 2044 - 1020))
		print i * 7 "// words{} " word[i < 600 ? i : 1 + s % 600]
		t = int(s / 65536)
		for (k = 0; k < 3; k++)
			printf "%d// listed{k=%d} %.6f\n", i * 7, k, int(t * (k + 3) / 7) % 23 * 7919 % 1013 * 1234.567891
	}
	# an aircraft, as it reports its places
	pi = atan2(0, -1)
	for (i = 0; i < 300; i++) {
		odd = int(i * 7 / 3) % 2
		d = 360 / ((60 - odd) * 131072)
		lat = int((43 + i * 0.002) / d + 0.5) * d
		c = cos(lat * pi / 180)
		c = 1 - (1 - cos(pi / 30)) / (c * c)
		d = 360 / ((int(2 * pi / atan2(sqrt(1 - c * c), c)) - odd) * 131072)
		printf "%d/%.10f:%.10f/ plane{} %d\n", i * 1000000, lat, int((1.5 + i * 0.003) / d + 0.5) * d, i
	}
}
