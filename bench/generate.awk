# awk -f generate.awk -v points=N -v series=M: N points of M series, in no
# order, as full text lines; the same lines each time.
BEGIN {
	state = 12345
	for (i = 0; i < points; i++) {
		state = (state * 1103515245 + 12345) % 2147483648
		k = (i * 7919) % series
		printf "%.0f// load.%d{host=h%d} %d.%02d\n", 1600000000000000 + (i * 1000003) % 86400000000, k % 10, k, state % 100, state % 97
	}
}
