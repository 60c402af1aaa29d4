#!/usr/bin/env bash
# Tests that failed and passed when they ran again: a line for each, with the message of the failure, from the reports
# of Maven's surefire below this folder.
#
#   tools/flakes.sh FOLDER [NEWER-THAN-FILE]
#
# ./verify runs what fails once more and lists these; see docs/decisions/0033-tests-that-fail-once.md.
newer=()
[ $# -lt 2 ] || newer=(-newer "$2")
find "$1" -path '*/surefire-reports/TEST-*.xml' "${newer[@]}" -exec cat {} + 2>/dev/null | awk '
  function text(name, at) {
    at = match($0, " " name "=\"[^\"]*\"")
    return at ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : ""
  }
  /<testcase / { test = text("classname") "." text("name") }
  /<(flakyFailure|flakyError)[ >]/ {
    message = text("message")
    gsub(/&#10;|&#9;/, " ", message); gsub(/&quot;/, "\"", message); gsub(/&lt;/, "<", message)
    gsub(/&gt;/, ">", message); gsub(/&amp;/, "\\&", message)
    print test (message == "" ? "" : ": " substr(message, 1, 400))
  }' | sort
