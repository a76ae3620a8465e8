#!/bin/bash
# Faults between the tools and a real server: none gives a short or a wrong
# object with status 0, none leaves half an object, and what is left of an
# upload is named and can be removed.  As TAP.
# shellcheck disable=SC2153 # PROXY and the like are set by s3_start
set -u
. "$SRC/tests/integration/s3.bash"
lacks=$(s3_missing s3put s3get s3ls s3rm versitygw aws python3 openssl curl)
[ -z "$lacks" ] || { echo "1..0 # SKIP $lacks"; exit 0; }
s3_start || exit 1
trap s3_stop EXIT
cd "$S3_DIR" || exit 1
number=0
export AWS_ENDPOINT_URL=$PROXY
s3put --endpoint-url "$SERVER" --make-bucket s3://bkt/made < /dev/null || exit 1
bytes 1000 1 > old
bytes $((1 << 20)) 2 > one        # a single PUT
bytes $((12 << 20)) 3 > three     # three parts of 5 MiB, the last one short
md5=$(md5sum three | cut -d' ' -f1)

quick=(--retry 4 --connect-timeout 2 --speed-time 2)
parts=(--part-size 5M --multipart-threshold 5M)

# ok or not ok, with what was said.
verdict() { # NAME PROBLEM
	number=$((number + 1))
	cat said >> all-said
	if [ -z "$2" ]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		echo "# $2"
		tail -n 5 said | sed 's/^/# said: /'
		tail -n 12 requests | sed 's/^/# seen: /'
	fi
}

is_one_of() { # WORD LIST,LIST
	case ",$2," in *",$1,"*) return 0 ;; esac
	return 1
}

# Uploads whose abort was answered: a part that was on its way may land behind
# it and bring them back, which no client can help.
aborted() {
	sed -n 's/^DELETE .*uploadId=\([^ &]*\) - 204 -$/\1/p' requests
}

# What a finished s3put must have left; prints what is wrong.
# STATE: new, old, or either; +orphan: an upload may be left, that
# s3rm --stale-uploads then removes; +named: and its id was said.
judge_put() { # STATUS STATUSES STATE INPUT
	local state=${3%%+*} now=data/bkt/k
	is_one_of "$1" "$2" || { echo "status $1, not $2"; return; }
	[ "$1" -eq 0 ] || [ -s said ] || { echo "status $1 and no message"; return; }
	if [ "$1" -eq 0 ] && ! cmp -s "$4" $now; then
		echo "status 0, but the object is not what was given"
		return
	fi
	case $state in
	new) cmp -s "$4" $now || { echo "the object is not the new one"; return; } ;;
	old) cmp -s old $now || { echo "the old object is not there as it was"; return; } ;;
	*) cmp -s "$4" $now || cmp -s old $now || { echo "the object is neither the old nor the new one"; return; } ;;
	esac
	[ -n "$(uploads bkt | grep -vxF -f <(aborted))" ] || return
	[ "$3" != "$state" ] || { echo "uploads are left: $(uploads bkt)"; return; }
	case $3 in
	*+named) grep -qF "$(uploads bkt | head -n 1)" said || { echo "the upload left is not named"; return; } ;;
	esac
	faults
	s3rm --stale-uploads=0s s3://bkt > /dev/null 2> said || { echo "s3rm --stale-uploads failed"; return; }
	[ -z "$(uploads bkt)" ] || echo "s3rm --stale-uploads left them"
}

put_case() { # NAME STATUSES STATE INPUT RULES [OPTION...]
	local name=$1 statuses=$2 state=$3 input=$4 rules=$5 status
	shift 5
	rm -rf data/bkt/.sgwtmp/multipart
	s3put --endpoint-url "$SERVER" s3://bkt/k < old || { echo "# cannot store the old object"; }
	faults "$rules"
	timeout 90 s3put "${quick[@]}" "$@" s3://bkt/k < "$input" > out 2> said
	status=$?
	[ ! -s out ] || { verdict "put: $name" "standard output is not empty"; return; }
	verdict "put: $name" "$(judge_put $status "$statuses" "$state" "$input")"
}

single() { put_case "$1" "$2" "$3" one "$4" "${@:5}"; }
multi() { put_case "$1" "$2" "$3" three "$4" "${parts[@]}" "${@:5}"; }

# --- one PUT
single 'reset once' 0 new 'PUT /bkt/k 1 reset'
single 'closed once instead of an answer' 0 new 'PUT /bkt/k 1 drop'
single 'answer lost once' 0 new 'PUT /bkt/k 1 lost'
single 'answer reset once' 0 new 'PUT /bkt/k 1 lost-reset'
single '500 once' 0 new 'PUT /bkt/k 1 status 500 InternalError'
single '500 always' 5 old 'PUT /bkt/k * status 500 InternalError'
single '503 SlowDown twice' 0 new 'PUT /bkt/k 2 status 503 SlowDown'
single '503 SlowDown with Retry-After' 0 new 'PUT /bkt/k 1 slowdown 1'
single '503 without a message' 0 new 'PUT /bkt/k 1 mute 503 SlowDown'
single '503 without a body' 0 new 'PUT /bkt/k 1 bare 503'
single '502 as a page' 0 new 'PUT /bkt/k 1 html 502'
single '429 once' 0 new 'PUT /bkt/k 1 status 429 TooManyRequests'
single 'RequestTimeout once' 0 new 'PUT /bkt/k 1 status 400 RequestTimeout'
single 'hash mismatch once' 0 new 'PUT /bkt/k 1 status 400 XAmzContentSHA256Mismatch'
single 'hash mismatch always' 3,5,6 old 'PUT /bkt/k * status 400 XAmzContentSHA256Mismatch'
single '400 InvalidRequest' 6 old 'PUT /bkt/k * status 400 InvalidRequest'
single '403 AccessDenied' 6 old 'PUT /bkt/k * status 403 AccessDenied'
single '403 without a message' 6 old 'PUT /bkt/k * mute 403 AccessDenied'
single '403 as a page' 6 old 'PUT /bkt/k * html 403'
single '404 NoSuchBucket' 1 old 'PUT /bkt/k * status 404 NoSuchBucket'
single '405 MethodNotAllowed' 6 old 'PUT /bkt/k * status 405 MethodNotAllowed'
single 'stalled once' 0 new 'PUT /bkt/k 1 stall 20'
single 'stalled always' 5 old 'PUT /bkt/k * stall 20' --retry 1
single '200 with an Error, once' 0 new 'PUT /bkt/k 1 in200 InternalError'
single '200 with an Error, always' 5 old 'PUT /bkt/k * in200 InternalError'
single '200 with an Error, but stored' 0 new 'PUT /bkt/k 1 in200-after InternalError'
single '500, but stored' 0 new 'PUT /bkt/k 1 after 500 InternalError'
single '500, but stored, always' 5 either 'PUT /bkt/k * after 500 InternalError'
single 'no HTTP once' 0,5,6 either 'PUT /bkt/k 1 garbage'
single 'no HTTP always' 5,6 old 'PUT /bkt/k * garbage'
single 'clock skewed, once' 0 new 'PUT /bkt/k 1 skewed 400'
single 'clock skewed, always' 6 old 'PUT /bkt/k * skewed 400'
single 'expired token' 6 old 'PUT /bkt/k * status 400 ExpiredToken'
single 'redirect to the same host' 0 new "PUT /bkt/k 1 redirect 307 $PROXY/bkt/k"
single 'redirect to another host' 5,6 old "PUT /bkt/k * redirect 307 http://localhost:9/bkt/k"
single 'redirects without end' 5,6 old "PUT /bkt/k * redirect 307 $PROXY/bkt/k"
single 'another region named, once' 0 new 'PUT /bkt/k 1 region eu-west-9'
single 'another region named, always' 6 old 'PUT /bkt/k * region eu-west-9'
single 'each connection closed' 0 new '* . * closing'
single 'no ETag' 0,5,6 either 'PUT /bkt/k * no-etag'
single 'no-clobber, object there' 7 old '# none' --no-clobber
single 'no-clobber, 412 on PUT' 7 old 'PUT /bkt/k * status 412 PreconditionFailed' --no-clobber
single 'no-clobber, 501' 7 old 'PUT /bkt/k * status 501 NotImplemented' --no-clobber

# --- multipart
multi 'nothing' 0 new '# none'
multi 'create reset once' 0 new 'POST uploads 1 reset'
multi 'create lost once' 0 new+orphan 'POST uploads 1 lost'
multi 'create 500 always' 5 old 'POST uploads * status 500 InternalError'
multi 'create 403' 6 old 'POST uploads * status 403 AccessDenied'
multi 'create 200 with an Error once' 0 new 'POST uploads 1 in200 InternalError'
multi 'create answers broken XML' 5,6 old 'POST uploads * bad-xml'
multi 'create answers nested entities' 5,6 old 'POST uploads * bomb'
multi 'part reset once' 0 new 'PUT partNumber=2 1 reset'
multi 'part closed once' 0 new 'PUT partNumber=2 1 drop'
multi 'part lost once' 0 new 'PUT partNumber=2 1 lost'
multi 'part 500 three times' 0 new 'PUT partNumber=3 3 status 500 InternalError'
multi 'part 500 always' 5 old 'PUT partNumber=3 * status 500 InternalError'
multi 'part 403' 6 old 'PUT partNumber=2 * status 403 AccessDenied'
multi 'part 404 NoSuchUpload' 1,5,6,7 old 'PUT partNumber=2 * status 404 NoSuchUpload'
multi 'part stalled once' 0 new 'PUT partNumber=1 1 stall 20'
multi 'part with a wrong ETag' 3,5,6 old 'PUT partNumber=2 * etag "0123456789abcdef0123456789abcdef"'
multi 'part without ETag' 3,5,6 old 'PUT partNumber=2 * no-etag'
multi 'part, 200 with an Error once' 0 new 'PUT partNumber=2 1 in200 InternalError'
multi 'part SlowDown, half of them' 0 new 'PUT partNumber %2 slowdown 0'
multi 'a third of all answered 503' 0 new '* . %3 status 503 SlowDown'   --retry 8
multi 'a third of all reset' 0 new+orphan '* . %3 reset' --retry 8
multi 'a fourth of all closed' 0 new+orphan '* . %4 drop' --retry 8
multi 'a fourth of all answers lost' 0 new+orphan '* . %4 lost' --retry 8
multi 'complete lost once' 0 new 'POST uploadId 1 lost'
multi 'complete reset once, but done' 0 new 'POST uploadId 1 lost-reset'
multi 'complete closed once, not done' 0 new 'POST uploadId 1 drop'
multi 'complete 500 three times' 0 new 'POST uploadId 3 status 500 InternalError'
multi 'complete 500 always' 5 old 'POST uploadId * status 500 InternalError'
multi 'complete 500, but done' 0 new 'POST uploadId 1 after 500 InternalError'
multi 'complete 200 with an Error once' 0 new 'POST uploadId 1 in200 InternalError'
multi 'complete 200 with an Error always' 5 old 'POST uploadId * in200 InternalError'
multi 'complete 200 with an Error, but done' 0 new 'POST uploadId 1 in200-after InternalError'
multi 'complete 200 with SlowDown once' 0 new 'POST uploadId 1 in200 SlowDown'
multi 'complete 404 NoSuchUpload' 1,5,6,7 old 'POST uploadId * status 404 NoSuchUpload'
multi 'complete 400 InvalidPart' 3,5,6 old 'POST uploadId * status 400 InvalidPart'
multi 'complete 502 as a page' 0 new 'POST uploadId 1 html 502'
multi 'complete with blanks in front' 0 new 'POST uploadId 1 blanks 3000'
multi 'complete answers broken XML, always' 5,6 old 'POST uploadId * bad-xml'
multi 'complete cut in its answer' 0 new 'POST uploadId 1 cut 40'
multi 'complete 412 with no-clobber' 7 old 'POST uploadId * status 412 PreconditionFailed' --if-match '"x"'
multi 'abort fails' 6 old+orphan+named 'PUT partNumber=2 * status 403 AccessDenied
DELETE uploadId * status 500 InternalError'
multi 'abort lost once' 6 old 'PUT partNumber=2 * status 403 AccessDenied
DELETE uploadId 1 lost'

# --- the producer
producer_case() { # NAME STATUSES COMMAND...
	local name=$1 statuses=$2 status
	shift 2
	s3put --endpoint-url "$SERVER" s3://bkt/k < old
	faults
	timeout 90 s3put "${quick[@]}" "${parts[@]}" s3://bkt/k -- "$@" > out 2> said
	status=$?
	verdict "put: $name" "$(judge_put $status "$statuses" old three)"
}
producer_case 'command fails after 12 MiB' 4 sh -c 'cat three; exit 3'
producer_case 'command fails at once' 4 sh -c 'exit 1'
producer_case 'command killed' 4 sh -c 'cat one; kill -9 $$'
producer_case 'command not there' 4 ./no-such-command

signal_case() { # NAME SIGNAL STATUS STATE
	local pid status
	s3put --endpoint-url "$SERVER" s3://bkt/k < old
	faults 'PUT partNumber=2 * stall 20'
	# a shell lets what it runs aside ignore SIGINT
	env --default-signal=INT s3put --speed-time 30 "${parts[@]}" s3://bkt/k < three > out 2> said &
	pid=$!
	for ((i = 0; i < 200; i++)); do
		! grep -q partNumber=1 requests || break
		sleep .05
	done
	kill -"$2" $pid
	wait $pid
	status=$?
	[ -s said ] || echo "ended by SIG$2" > said
	verdict "put: $1" "$(judge_put $status "$3" "$4" three)"
}
signal_case 'SIGTERM while parts are on their way' TERM 143 old
signal_case 'SIGINT while parts are on their way' INT 130 old
signal_case 'SIGHUP while parts are on their way' HUP 129 old
signal_case 'SIGKILL while parts are on their way' KILL 137 old+orphan

# --- reading
s3put --endpoint-url "$SERVER" --multipart-threshold 64M s3://bkt/three < three
s3put --endpoint-url "$SERVER" s3://bkt/empty < /dev/null

judge_get() { # STATUS STATUSES HOW
	local got=$3 n
	is_one_of "$1" "$2" || { echo "status $1, not $2"; return; }
	[ "$1" -eq 0 ] || [ -s said ] || { echo "status $1 and no message"; return; }
	if [ "$1" -eq 0 ]; then
		cmp -s three "$got" || echo "status 0, but other bytes"
		return
	fi
	case $got in
	file) [ ! -e file ] || { echo "a file is there in spite of status $1"; return; }
		[ -z "$(find . -maxdepth 1 -name 'file?*')" ] || echo "left: $(echo file?*)" ;;
	piped) [ "$1" -ne 3 ] || return # bytes were wrong, and that is said
		n=$(stat -c %s piped)
		[ "$n" -eq 0 ] || cmp -s -n "$n" three piped || echo "what was printed is not the begin of the object" ;;
	esac
}

get_case() { # NAME STATUSES RULES [OPTION...]
	local name=$1 statuses=$2 rules=$3 status
	shift 3
	rm -f file file.part file.part.json
	faults "$rules"
	timeout 90 s3get "${quick[@]}" --part-size 5M "$@" -o file s3://bkt/three > out 2> said
	status=$?
	verdict "get to a file: $name" "$(judge_get $status "$statuses" file)"
	# in order one request is for all, and cut when it is slow
	rules=${rules//bytes=5242880-/bytes=[1-9]}
	faults "${rules//bytes=10485760-/bytes=[1-9]}" 'GET bytes=0- * trickle 400000 0.01'
	timeout 90 s3get "${quick[@]}" --part-size 5M "$@" s3://bkt/three > piped 2> said
	status=$?
	verdict "get to standard output: $name" "$(judge_get $status "$statuses" piped)"
}
get_case 'nothing' 0 '# none'
get_case 'reset once' 0 'GET /bkt/three 1 reset'
get_case 'closed once' 0 'GET /bkt/three 1 drop'
get_case 'reset in the first range' 0 'GET bytes=0- 1 reset-mid 1000000'
get_case 'reset in a later range' 0 'GET bytes=5242880- 1 reset-mid 1000000'
get_case 'cut in the first range' 0 'GET bytes=0- 1 cut 1000000'
get_case 'cut in the last range' 0 'GET bytes=10485760- 1 cut 1'
get_case 'cut always' 5 'GET /bkt/three * cut 1000'
get_case 'a byte short, with a length that says so' 0 'GET bytes=5242880- 1 short 1'
get_case 'a byte short, whenever it is asked for' 0,5 'GET bytes=5242880- * short 1'
get_case 'length too large' 0 'GET bytes=5242880- 1 long 100'
get_case 'length too large, always' 0 'GET bytes=5242880- * long 100'
get_case 'stalled' 0 'GET bytes=5242880- 1 stall 20'
get_case 'stalled in the middle' 0 'GET bytes=0- 1 stall-mid 100000 20'
get_case 'a trickle' 0 'GET bytes=10485760- 1 trickle 500000 0.2'
get_case 'a bit flipped' 3 'GET bytes=5242880- * flip 77'
get_case 'another object from the second range on' 7 'GET bytes=[1-9] * etag "0123456789abcdef0123456789abcdef"'
get_case '412 from the second range on' 7 'GET bytes=[1-9] * status 412 PreconditionFailed'
get_case 'no ETag' 0,3,5,6,7 'GET /bkt/three * no-etag'
get_case 'no Content-Range' 0,3,5,6 'GET /bkt/three * no-range'
get_case 'a wrong Content-Range' 3,5,6 'GET bytes=5242880- * range bytes_0-5242879/12582912'
get_case 'a Content-Range of another size' 0,3,5,6,7 'GET bytes=5242880- * range bytes_5242880-10485759/999999999'
get_case 'ranges ignored' 0 "GET /bkt/three * whole $S3_DIR/three \"$md5\""
get_case 'ranges ignored from the second one on' 0,3,5,6 "GET bytes=[1-9] * whole $S3_DIR/three \"$md5\""
get_case '500 twice' 0 'GET /bkt/three 2 status 500 InternalError'
get_case '500 always' 5 'GET /bkt/three * status 500 InternalError'
get_case '503, half of them' 0 'GET /bkt/three %2 slowdown 0'
get_case '502 as a page' 0 'GET /bkt/three 1 html 502'
get_case '403' 6 'GET /bkt/three * status 403 AccessDenied'
get_case '403 from the second range on' 6 'GET bytes=[1-9] * status 403 AccessDenied'
get_case '404 from the second range on' 1,5,6,7 'GET bytes=[1-9] * status 404 NoSuchKey'
get_case '404' 1 'GET /bkt/three * status 404 NoSuchKey'
get_case '403 InvalidObjectState' 7 'GET /bkt/three * status 403 InvalidObjectState'
get_case 'no HTTP' 5,6 'GET /bkt/three * garbage'
get_case 'chunked, without its end' 0 'GET bytes=5242880- 1 chunked 1000000'
get_case 'chunked, without its end whenever it is asked for' 0 'GET bytes=5242880- * chunked 1000000'
get_case 'each connection closed' 0 '* . * closing'
get_case 'a third of all reset' 0 '* . %3 reset' --retry 8

# --- the other ends of a reading
faults
rm -f file*
timeout 60 s3get -o file s3://bkt/empty > out 2> said
status=$?
{ [ $status -eq 0 ] && [ -e file ] && [ ! -s file ]; } && p= || p="status $status"
verdict 'get: an empty object' "$p"
timeout 60 s3get s3://bkt/three 2> said > /dev/full
status=$?
[ $status -eq 4 ] && p= || p="status $status, not 4"
verdict 'get: a full disk' "$p"
bash -c 'timeout 60 s3get s3://bkt/three 2> said | head -c 1000 > out; exit "${PIPESTATUS[0]}"'
status=$?
{ [ $status -eq 141 ] && [ ! -s said ]; } && p= || p="status $status, not 141, or a message"
verdict 'get: a reader that goes away' "$p"
echo precious > file
timeout 60 s3get -o file s3://bkt/three > out 2> said
status=$?
{ [ $status -eq 2 ] && [ "$(cat file)" = precious ]; } && p= || p="status $status, not 2, or the file is another"
verdict 'get: a file that is there is kept' "$p"
rm -f file*
faults 'GET bytes=10485760- * status 500 InternalError'
timeout 60 s3get "${quick[@]}" --part-size 5M --continue -o file s3://bkt/three > out 2> said
status=$?
faults
timeout 60 s3get "${quick[@]}" --part-size 5M --continue -o file s3://bkt/three > out 2> said
[ "$status" -eq 5 ] && cmp -s three file && ! grep -q 'bytes=5242880-' requests && p= || p="first status $status, the second run asked for what was there, or other bytes"
verdict 'get: --continue asks only for what is missing' "$p"

# --- listings
list_case() { # NAME STATUSES RULES
	local status p=
	faults "$3"
	timeout 60 s3ls "${quick[@]}" s3://bkt/ > out 2> said
	status=$?
	is_one_of $status "$2" || p="status $status, not $2"
	[ $status -ne 0 ] || grep -q three out || p="status 0 and an object is missing"
	verdict "ls: $1" "$p"
}
list_case 'lost once' 0 'GET list-type 1 lost'
list_case '503 twice' 0 'GET list-type 2 status 503 SlowDown'
list_case 'broken XML' 5,6 'GET list-type * bad-xml'
list_case 'nested entities' 5,6 'GET list-type * bomb'
list_case 'cut once' 0 'GET list-type 1 cut 100'
list_case '200 with an Error' 5,6 'GET list-type * in200 InternalError'
list_case '403' 6 'GET list-type * status 403 AccessDenied'

# --- secrets
p=
! grep -q TESTSECRET all-said requests || p='the secret was said'
! grep -qE 'Signature=[0-9a-f]{64}' all-said || p='a signature was said'
: > said
verdict 'no secret and no signature in what the tools said' "$p"
echo "1..$number"
