#!/bin/sh
# usage: generate.sh bash|zsh|fish TOOL
# Prints the completion of a tool, made from its option table
# (TOOL --option-table; of a tool with verbs, from that of each verb).
set -eu
shell=$1 tool=$2
name=$(basename "$tool")
forms='gts fulltext raw tsv fulltsv influx jsonl json wrapper snapshot hfile null'

# verbs of a tool, one a line; none for most
verbs() {
	"$tool" --help | awk '/Verbs/ { on = 1; next }
		on && /^  [a-z]/ { print $1 } on && /^  -|^$/ { if (seen) exit }
		{ seen = on }' | grep -v '^-' || true
}

# letter TAB name TAB argument TAB help of everything the tool takes
table() {
	list=$(verbs)
	if [ -z "$list" ]; then
		"$tool" --option-table
	else
		for verb in $list; do "$tool" "$verb" --option-table; done |
			sort -t "$(printf '\t')" -u -k2,2
	fi
}

case $shell in
bash)
	words=$(table | awk -F'\t' '{ printf "--%s ", $2 }')
	cat <<END
# bash completion of $name, made from its option table
_$name() {
	local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
	case \$prev in
	-f|-t|--from|--to) COMPREPLY=(\$(compgen -W "$forms" -- "\$cur")); return ;;
	esac
	if [[ \$cur == -* ]]; then
		COMPREPLY=(\$(compgen -W "$words" -- "\$cur"))
	elif [[ \$COMP_CWORD -eq 1 ]]; then
		COMPREPLY=(\$(compgen -W "$(verbs | tr '\n' ' ')" -- "\$cur") \$(compgen -f -- "\$cur"))
	else
		COMPREPLY=(\$(compgen -f -- "\$cur"))
	fi
}
complete -o filenames -F _$name $name
END
	;;
zsh)
	echo "#compdef $name"
	echo "# zsh completion of $name, made from its option table"
	echo '_arguments -S \'
	table | awk -F'\t' '{
		gsub(/\[|\]|:/, " ", $4); gsub(/\047/, "", $4)
		arg = $3 == "-" ? "" : ":" $3 ":" \
			($3 == "FORM" ? "(F)" : $3 ~ /FILE/ ? "_files" : "")
		eq = $3 == "-" ? "" : "="
		printf "\t\047--%s%s[%s]%s\047 \\\n", $2, eq, $4, arg
		if ($1 != "-")
			printf "\t\047-%s[%s]%s\047 \\\n", $1, $4, arg
	}' | sed "s/(F)/($forms)/"
	list=$(verbs | tr '\n' ' ')
	[ -z "$list" ] || printf "\t'1:verb:(%s)' \\\\\n" "$list"
	printf "\t'*:file:_files'\n"
	;;
fish)
	echo "# fish completion of $name, made from its option table"
	for verb in $(verbs); do
		echo "complete -c $name -n __fish_use_subcommand -a $verb"
	done
	table | awk -F'\t' -v n="$name" -v forms="$forms" '{
		gsub(/\047/, "", $4)
		printf "complete -c %s -l %s", n, $2
		if ($1 != "-") printf " -s %s", $1
		if ($3 == "FORM") printf " -x -a \047%s\047", forms
		else if ($3 != "-") printf " -r"
		printf " -d \047%s\047\n", $4
	}'
	;;
*)
	echo "usage: generate.sh bash|zsh|fish TOOL" >&2
	exit 2
	;;
esac
