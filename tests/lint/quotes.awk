# The first comment of each header that hfile(5) quotes stands there whole.
FNR == 1 {
	if (NR > 1 && FILENAME != ARGV[1])
		finish()
	comment = ""
	inside = 0
	name = FILENAME
}
FILENAME == ARGV[1] {
	gsub(/\\&/, "")
	gsub(/\\-/, "-")
	gsub(/\\e/, "\\")
	if ($0 !~ /^[ \t]*$/)
		man = man $0 "\n"
	next
}
FNR == 1 && /^\/\*/ {inside = 1; next}
inside && /^ \*\// {inside = 0; next}
inside {
	sub(/^ \* ?/, "")
	if ($0 !~ /^[ \t]*$/)
		comment = comment $0 "\n"
}
function finish(  first) {
	if (comment == "")
		return
	first = substr(comment, 1, index(comment, "\n"))
	if (index(man, first) && !index(man, comment))
		print "man/hfile.5 quotes " name " as it is no more"
}
END {finish()}
