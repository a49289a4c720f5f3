#!/bin/sh
# Runs a command on a copy of this system: what it changes there stays in FOLDER/changes, and the system as it is.
#
#   on-copy.sh FOLDER COMMAND...
#   on-copy.sh FOLDER --boot COMMAND    the copy's systemd is started for it, and ends with its exit status
#
# Needs root. FOLDER is /mnt there; network and processes are the system's own, or the network alone with --boot.
set -eu
if [ "$1" != --inside ]; then exec unshare --mount --propagation private "$0" --inside "$@"; fi
folder=$2
shift 2
mkdir -p "$folder/changes" "$folder/work" "$folder/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/changes,workdir=$folder/work" "$folder/root"
cd /
if [ "$1" = --boot ]; then
    exec systemd-nspawn --quiet --directory="$folder/root" --bind="$folder:/mnt" --register=no --keep-unit \
        --console=pipe --boot systemd.run="$2" systemd.run_success_action=exit systemd.run_failure_action=exit
fi
for shared in /proc /dev; do mount --rbind "$shared" "$folder/root$shared"; done
mount --bind "$folder" "$folder/root/mnt"
exec chroot "$folder/root" "$@"
