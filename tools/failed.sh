#!/usr/bin/env bash
# Whether the tests of a run passed, of which Maven was to go on where tests fail (maven.test.failure.ignore). Exit
# status 0 if all passed, 1 if some failed or the log tells of failures or of a JVM that ended before its tests did.
#
#   tools/failed.sh LOG-OF-MAVEN "N passed, N failed, N skipped"
case "$2" in
  *", 0 failed, "*) ;;
  *) exit 1 ;;
esac
! grep -qE '^\[ERROR\] (There are test failures|There was (an error|a timeout)|The forked VM|Crashed tests:|Failures:|Errors:) ?' "$1"
