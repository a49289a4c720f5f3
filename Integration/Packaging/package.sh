#!/bin/sh
# Makes a Debian package of a program `outbox` that has been built.
#
#   package.sh PROGRAM FOLDER
#
# The same program gives the same package, byte by byte: its times are SOURCE_DATE_EPOCH, or else that of the last
# commit. DEBFULLNAME and DEBEMAIL say who made it.
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || stat --format=%Y "$program")}
export SOURCE_DATE_EPOCH
version=$("$program" --version | cut -d ' ' -f 2)-1
architecture=$(dpkg --print-architecture)
maintainer="${DEBFULLNAME:-swift-outbox} <${DEBEMAIL:-packages@swift-outbox.invalid}>"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
units=$root/lib/systemd/system
documents=$root/usr/share/doc/outbox

put() { install -D -m "${3:-644}" "$1" "$root/$2"; }
compress() { gzip -9n >"$1" && chmod 644 "$1"; }

put "$program" usr/bin/outbox 755
strip --remove-section=.comment --remove-section=.note "$root/usr/bin/outbox"

put "$here/outbox-dispatcher.service" lib/systemd/system/outbox-dispatcher.service
# outbox-dispatcher@NAME runs beside it, for another database: with the same settings and then those of its own.
sed -e '/^Description=/s/$/ (%i)/' -e '/^EnvironmentFile=/a EnvironmentFile=/etc/default/outbox-%i' \
    "$here/outbox-dispatcher.service" >"$units/outbox-dispatcher@.service"

mkdir -p "$root/etc/default" "$root/usr/share/man/man1" "$root/usr/share/bash-completion/completions" \
    "$root/usr/share/zsh/vendor-completions" "$root/usr/share/fish/vendor_completions.d"
"$program" environment >"$root/etc/default/outbox"
# It may hold the database's password.
chmod 640 "$root/etc/default/outbox"
"$program" manual | compress "$root/usr/share/man/man1/outbox.1.gz"
"$program" completions bash >"$root/usr/share/bash-completion/completions/outbox"
"$program" completions zsh >"$root/usr/share/zsh/vendor-completions/_outbox"
"$program" completions fish >"$root/usr/share/fish/vendor_completions.d/outbox.fish"

put "$here/copyright" usr/share/doc/outbox/copyright
put "$here/lintian-overrides" usr/share/lintian/overrides/outbox
compress "$documents/changelog.Debian.gz" <<END
outbox ($version) unstable; urgency=medium

  * Version ${version%-*} of swift-outbox.

 -- $maintainer  $(date --utc --rfc-email --date="@$SOURCE_DATE_EPOCH")
END

# dpkg-shlibdeps wants to stand in a source package. Libraries that no package has are those of Swift, which only a
# program that was built without --static-swift-stdlib needs.
mkdir "$work/debian" "$root/DEBIAN"
printf 'Source: outbox\n\nPackage: outbox\nArchitecture: any\n' >"$work/debian/control"
libraries=$(cd "$work" && dpkg-shlibdeps --ignore-missing-info --warnings=0 -O "$root/usr/bin/outbox")

echo /etc/default/outbox >"$root/DEBIAN/conffiles"
(cd "$root" && find usr lib -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
for script in postinst prerm postrm; do put "$here/$script" "DEBIAN/$script" 755; done
cat >"$root/DEBIAN/control" <<END
Package: outbox
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du --apparent-size --summarize --block-size=1024 --exclude=DEBIAN "$root" | cut -f 1)
Depends: ${libraries#shlibs:Depends=}, init-system-helpers (>= 1.54)
Recommends: ca-certificates
Section: database
Priority: optional
Description: transactional outbox from PostgreSQL to Kafka
 Carries events that services write in the same transaction as their changes
 from a table in PostgreSQL to Kafka: none is lost, and the events of an
 aggregate stay in order. Comes with what operators need: migrations, status,
 retries, replay and verification.
END

dpkg-deb --root-owner-group --build "$root" "$folder/outbox_${version}_$architecture.deb"
