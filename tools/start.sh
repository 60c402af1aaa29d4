# Starts the program, and makes the archives by which that is fast: sourced by ./landfall and ./package, and by what the
# packages install.
#
# Wants in $JDK the folder of a JDK or runtime image, and in $dist the folder with lib/, classpath, modulepath and the archives,
# and, in the packages, native/.

main=io.landfall.launcher.Launcher
training=io.landfall.launcher.ArchiveTraining

# For every process: node, command and backend.
common=(
  -XX:+UseSerialGC # a small heap that few threads fill; it stands first, so that it can be left out
  --sun-misc-unsafe-memory-access=allow
  -Dio.netty.tryReflectionSetAccessible=true -Dio.netty.jfr.enabled=false
  # Every 128th buffer's stack trace, kept in case it leaks, was two per cent of a forward's CPU.
  -Dio.netty.leakDetection.samplingInterval=8192
  # Nobody is believed by default, and reading 140 certificates of others takes a while.
  -Djavax.net.ssl.trustStore=NONE
  # Netty hands keys to TLS in a PKCS#12 store that never leaves memory: 10,000 rounds of PBKDF2 protect nothing there.
  -Dkeystore.pkcs12.keyPbeIterationCount=1
)

# Netty reaches into memory and native code. A node runs on the module path, where the JVM holds each room to what its
# descriptor requires and exports. A command lives a tenth of a second and would spend half as much again on resolving
# the modules, so it stays on the class path, and so do the processes of a lab, which is twelve starts at once.
unnamed=(--enable-native-access=ALL-UNNAMED --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED)
named=(
  --add-modules=ALL-MODULE-PATH # the native libraries too, which no module requires
  --enable-native-access=io.landfall.edge,io.netty.common,io.netty.transport.unix.common,io.netty.transport.classes.epoll,io.netty.tcnative.classes.openssl,com.aayushatharva.brotli4j,com.github.luben.zstd_jni
  --add-opens=java.base/jdk.internal.misc=io.netty.common
)

# What a node starts (programs of probes, and at an upgrade the new program) it starts without the runtime's jspawnhelper: that
# serves no JVM of another build, and an upgrade of the package replaces it below the node that runs. Its training too, in which
# the JVM starts another one.
forking=(-Djdk.lang.Process.launchMechanism=FORK)

# What stands behind java's flags on each path, $1 being the main class: sets $start.
on_module_path() {
  local path
  path=$(<"$dist/modulepath")
  start=("${named[@]}" -p "${path//@/$dist}" -m "io.landfall.launcher/$1")
}
on_class_path() {
  local path
  path=$(<"$dist/classpath")
  start=("${unnamed[@]}" -cp "${path//@/$dist}" "$1")
}

# Adds to $flags where the libraries' native code lies as files. Else it is unpacked into /tmp at each start, which may be
# read-only, or hold no code.
add_natives() {
  [ ! -d "$dist/native" ] ||
    flags+=(-Djava.library.path="$dist/native" -Dbrotli4j.library.path="$dist/native/libbrotli.so" -DZstdNativePath="$dist/native/libzstd-jni.so")
}

# A short training run leaves the classes of a start, parsed and verified, ready to be mapped. Without that everything works,
# slower. For the class path it is an AppCDS archive (landfall.jsa); for the module path an AOT cache (modules.aot; JEP 483, 514,
# 515), which has the classes linked, the modules resolved and what the compilers counted, and costs a command more than it
# saves. It fits only where its jars lie where they lay when it was made.
#
# make_archive NAME FILE CREDENTIALS: trains, and leaves the archive of that name in FILE. The certificates of the training are
# in CREDENTIALS, and are made there if they are not, which only the class path can.
make_archive() {
  local start flags=("${common[@]}")
  case "$1" in
    modules.aot)
      flags+=("${forking[@]}" -XX:AOTCacheOutput="$2")
      on_module_path "$training"
      ;;
    *)
      flags+=(-XX:ArchiveClassesAtExit="$2")
      on_class_path "$training"
      ;;
  esac
  add_natives
  "$JDK/bin/java" "${flags[@]}" "${start[@]}" "$3" </dev/null && [ -s "$2" ]
}

# make_credentials CREDENTIALS: only the certificates of a training.
make_credentials() {
  local start
  on_class_path "$training"
  "$JDK/bin/java" "${common[@]}" -XX:TieredStopAtLevel=1 -XX:SharedArchiveFile="$dist/landfall.jsa" -Xlog:cds*=off "${start[@]}" \
    --credentials "$1" </dev/null
}

# Replaces the shell by the program: start_landfall COMMAND [ARGUMENT...], COMMAND being how the user called it.
start_landfall() {
  local command=$1 word node= is_value= flags start archive option columns
  shift
  flags=("${common[@]}" -Dlandfall.command="$command")
  case "${LANDFALL_JAVA_OPTS:-}" in *-XX:+Use*GC*) flags=("${flags[@]:1}") ;; esac
  add_natives
  # The command is the first word that is neither an option nor the value of one: a topic of help or a service is called run, too.
  for word in "$@"; do
    if [ -n "$is_value" ]; then
      is_value=
      continue
    fi
    case "$word" in
      --socket) is_value=1 ;;
      -*) ;;
      run)
        node=1
        break
        ;;
      *) break ;;
    esac
  done
  case "$node" in
    1) # lives long enough for the second compiler
      archive=modules.aot
      option=AOTCache
      flags+=("${forking[@]}")
      # The JVM's own begin is a 64th of the machine's memory, and an idle node fills the young third of it with garbage before it
      # is collected. Whoever sets a limit of the heap sets all of it: one below this would stop the start.
      case "${LANDFALL_JAVA_OPTS:-}" in *-Xm* | *HeapSize* | *NewSize* | *RAMPercentage*) ;; *) flags+=(-Xms160m) ;; esac
      on_module_path "$main"
      ;;
    *)
      archive=landfall.jsa
      option=SharedArchiveFile
      # An answer becomes records by reflection, a few times each: method handles for that cost more than they save.
      flags+=(-XX:TieredStopAtLevel=1 -Djdk.reflect.useNativeAccessorOnly=true)
      # What the JDK takes here anyway, after it has looked for another one in every jar of the class path.
      case "$OSTYPE" in linux*) flags+=(-Djava.nio.channels.spi.SelectorProvider=sun.nio.ch.EPollSelectorProvider) ;; esac
      on_class_path "$main"
      ;;
  esac
  # An archive that does not fit (another JDK, say) is worth no word.
  if [ -e "$dist/$archive" ]; then flags+=(-XX:$option="$dist/$archive" -Xlog:cds*=off,aot*=off); fi
  # Tables are fitted to a terminal, where the output goes to one.
  if [ -t 1 ]; then
    { columns=$(stty size <&3 2>/dev/null); } 3>&1
    columns=${columns#* }
    case "$columns" in '' | 0 | *[!0-9]*) ;; *) flags+=(-Dlandfall.columns="$columns") ;; esac
  fi
  # shellcheck disable=SC2206 # options are separated by spaces
  flags+=(${LANDFALL_JAVA_OPTS:-})
  # The JVM reads and writes names of files as the locale says: in C, none with a letter beyond ASCII. The program
  # reads the message of the system's resolver for a name that does not exist, so messages are not translated.
  case "$OSTYPE ${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in
    linux*\ *[Uu][Tt][Ff]*8)
      export LC_CTYPE="${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" LC_MESSAGES=C
      unset LC_ALL
      ;;
    linux*) export LC_ALL=C.UTF-8 ;;
  esac
  exec "$JDK/bin/java" "${flags[@]}" "${start[@]}" "$@"
}
