#!/usr/bin/env bash
# Buffers that leaked: the lines that Netty's leak detector wrote into these logs. Exits 1 if there are any.
#
#   tools/leaks.sh FILE...
#
# The detector only writes, where the JVM logs; no test fails by it. ./verify gives this its log, see LeakedBuffersTest.
grep -nHE 'LEAK: .*(garbage-collected|too many)' -- "$@"
case $? in
  0) exit 1 ;;
  1) exit 0 ;;
  *) exit 2 ;; # there is no such log
esac
