# Finds a JDK 25 or newer; sourced by ./landfall and ./verify.
#
# find_jdk sets JDK to its folder and returns 0, or says plainly what to install and returns 1. It looks at JAVA_HOME, at
# `java` on the PATH, then in the usual folders, and reads the `release` file that every JDK carries instead of starting
# each one: this runs before every command. A JRE will not do, since the first command compiles.

# jdk_fits FOLDER: is it a JDK of version 25 or newer?
jdk_fits() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  local line version=
  while IFS= read -r line; do
    case "$line" in JAVA_VERSION=*) version=${line#*=} ;; esac
  done <"$1/release"
  version=${version//\"/}
  version=${version%%[!0-9]*}
  [ -n "$version" ] && [ "$version" -ge 25 ]
}

find_jdk() {
  local candidate
  if [ -n "${JAVA_HOME:-}" ] && jdk_fits "$JAVA_HOME"; then
    JDK=$JAVA_HOME
    return 0
  fi
  candidate=$(command -v java 2>/dev/null) || candidate=
  if [ -n "$candidate" ]; then
    candidate=$(readlink -f "$candidate" 2>/dev/null || printf '%s' "$candidate")
    candidate=${candidate%/bin/java}
    if jdk_fits "$candidate"; then
      JDK=$candidate
      return 0
    fi
  fi
  for candidate in /usr/lib/jvm/* /opt/* /opt/java/* ${HOME:+"$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*} \
    /usr/java/* /usr/local/openjdk-* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if jdk_fits "$candidate"; then
      JDK=$candidate
      return 0
    fi
  done
  if [ -x /usr/libexec/java_home ] && candidate=$(/usr/libexec/java_home -v 25+ 2>/dev/null) && jdk_fits "$candidate"; then
    JDK=$candidate
    return 0
  fi
  cat >&2 <<'TEXT'
landfall needs a JDK 25 or newer, and found none in JAVA_HOME, on the PATH, or in /usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks.
Install one and try again, for example:
  Debian 13+/Ubuntu   sudo apt-get install openjdk-25-jdk-headless
  any Linux, macOS    Temurin 25 from https://adoptium.net, unpacked anywhere, then: export JAVA_HOME=/where/it/is
  SDKMAN!             sdk install java 25-tem
TEXT
  [ -z "${JAVA_HOME:-}" ] || printf 'JAVA_HOME is %s, which is not a JDK 25 or newer.\n' "$JAVA_HOME" >&2
  return 1
}

# What Maven's own JVM needs on a JDK 25 so that its libraries do not warn.
MAVEN_JVM_FLAGS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"

# find_maven: is there an mvn? Says plainly what to install when there is none.
find_maven() {
  command -v mvn >/dev/null 2>&1 && return 0
  cat >&2 <<'TEXT'
landfall is built with Maven 3.8 or newer, and there is no `mvn` on the PATH. Install it and try again, for example:
  Debian/Ubuntu   sudo apt-get install maven
  macOS           brew install maven
  SDKMAN!         sdk install maven
TEXT
  return 1
}
