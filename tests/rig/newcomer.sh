#!/bin/sh
# usage: bare-debian.sh DIR CHECKOUT tests/rig/newcomer.sh
# The README's two commands on a machine where nothing is installed: as an
# ordinary user, who is told what to type; as root; then, with the packages
# there, as the ordinary user, who also installs.
set -eu
useradd --create-home newcomer
cp -a . /home/newcomer/src
chown -R newcomer: /home/newcomer/src
as_newcomer() { # COMMAND
	setpriv --reuid=newcomer --regid=newcomer --init-groups \
		env HOME=/home/newcomer sh -c "cd ~/src && $1"
}
if as_newcomer ./quickstart > /tmp/said 2>&1; then
	echo "quickstart succeeds without its packages"
	exit 1
fi
grep 'type: sudo apt-get install .*autoconf' /tmp/said
./quickstart
./quickstart check
echo "== as an ordinary user"
as_newcomer './quickstart && ./quickstart check'
# shellcheck disable=SC2016 # the other shell's HOME
as_newcomer 'make install DESTDIR="$HOME/x" > /dev/null && "$HOME/x/usr/local/bin/hfdump" --version'
