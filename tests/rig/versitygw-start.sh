#!/bin/bash
# usage: versitygw-start.sh DIR PORT [TLSPORT]
# Versity S3 Gateway over plain files (an object is a file in
# DIR/data/BUCKET, its S3 metadata are extended attributes) on 127.0.0.1; with
# TLSPORT a second one over the same files (certificate DIR/cert.pem, for
# localhost, *.localhost, 127.0.0.1).  Keys TESTKEY / TESTSECRET, region
# us-east-1.  Prints the endpoints.  Ends with: stop.sh DIR
set -eu
dir=$(realpath -m "$1") port=$2 tls=${3:-}
here=$(realpath "$(dirname "$0")")
program=$("$here/versitygw.sh") || { echo "versitygw is missing (tests/rig/peers.sh)" >&2; exit 127; }
mkdir -p "$dir"/{data,iam,run,log}
cd "$dir"
gateway() { # NAME PORT URL [OPTION...]
	local name=$1 port=$2 url=$3
	shift 3
	# bucket.localhost:PORT and 127.0.0.1:PORT/bucket both work
	VGW_KEEP_ALIVE=true setsid "$program" --port "127.0.0.1:$port" \
		--access TESTKEY --secret TESTSECRET --region us-east-1 \
		--iam-dir "$dir/iam" --virtual-domain "localhost:$port" \
		--health /healthz --quiet "$@" posix "$dir/data" \
		> "$dir/log/$name.log" 2>&1 < /dev/null &
	echo $! > "$dir/run/$name.pid"
	"$here/wait-http.sh" "$url/healthz" "$dir/run/$name.pid" || { tail -n 5 "$dir/log/$name.log" >&2; exit 1; }
	echo "$url"
}
gateway versitygw "$port" "http://127.0.0.1:$port"
if [ -n "$tls" ]; then
	openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out cert.pem -days 30 \
		-subj /CN=localhost -addext 'subjectAltName=DNS:localhost,DNS:*.localhost,IP:127.0.0.1' 2> /dev/null
	gateway versitygw-tls "$tls" "https://127.0.0.1:$tls" --cert "$dir/cert.pem" --key "$dir/k.pem"
fi
