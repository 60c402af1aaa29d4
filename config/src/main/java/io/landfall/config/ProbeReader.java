package io.landfall.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code services.<name>.probe}. */
final class ProbeReader {
  /** For a service with backends and no probe of its own. */
  static final ProbeConfig DEFAULT =
      new ProbeConfig(
          new ProbeConfig.Check.Tcp(),
          ProbeConfig.DEFAULT_INTERVAL_MILLIS,
          ProbeConfig.DEFAULT_TIMEOUT_MILLIS,
          ProbeConfig.DEFAULT_FALL,
          ProbeConfig.DEFAULT_RISE);

  /** The keys of {@code services.NAME.probe}. */
  static final Keys KEYS = new Keys("services.NAME.probe");

  private static final Key<String> HTTP =
      KEYS.value("http", ValueRule.of(new Shape.Text("path", "^/[^ #]*$"), ProbeReader::path))
          .is(
              "A GET of this path must be answered with an expected `status`, in a head that the edge"
                  + " would pass on. The head alone is judged, without waiting for the body: one that"
                  + " breaks off or is malformed behind it fails no probe, though clients get it broken"
                  + " off.");
  private static final Key<Boolean> TCP =
      KEYS.value("tcp", ValueRules.FLAG)
          .otherwiseAs("true, without `http` and `exec`")
          .is(
              "A connection must be accepted, and with `tls` a handshake completed; a probe is one of"
                  + " `http`, `tcp` and `exec`.");
  private static final Key<?> EXEC =
      KEYS.valueOrValues("exec", Shapes.ANY)
          .atMost(Bounds.PROBE_WORDS)
          .is("A program with its arguments must end with status 0; no shell is involved.");
  private static final Key<Long> INTERVAL =
      KEYS.value(
              "interval",
              ValueRules.duration(
                  Bounds.LEAST_PROBE_INTERVAL_MILLIS, Bounds.MOST_PROBE_INTERVAL_MILLIS))
          .otherwise(ProbeConfig.DEFAULT_INTERVAL_MILLIS)
          .is(
              "From the start of one try to the start of the next. At most 1,024 probes and 32"
                  + " commands run at a time, at most 64 start within 5 ms, the others wait in order;"
                  + " first probes beyond 64 start 250 us apart.");
  private static final Key<Long> TIMEOUT =
      KEYS.value("timeout", ValueRules.duration(10, 3_600_000))
          .otherwiseAs(
              ValueRules.show(ProbeConfig.DEFAULT_TIMEOUT_MILLIS) + ", or the interval if shorter")
          .is("How long a try may take; at most the interval.");
  private static final Key<Integer> FALL =
      KEYS.value("fall", ValueRules.count(1, Bounds.PROBE_COUNT))
          .otherwise(ProbeConfig.DEFAULT_FALL)
          .is("Failures in a row until down.");
  private static final Key<Integer> RISE =
      KEYS.value("rise", ValueRules.count(1, Bounds.PROBE_COUNT))
          .otherwise(ProbeConfig.DEFAULT_RISE)
          .is("Successes in a row until up.");

  static {
    ProbeConnectionReader.declareKeys();
  }

  private final FileRules files;
  private final boolean hasTlsBackends;

  /**
   * For the probe of one service.
   *
   * @param hasTlsBackends whether one of its backends is https
   */
  ProbeReader(FileRules files, boolean hasTlsBackends) {
    this.files = files;
    this.hasTlsBackends = hasTlsBackends;
  }

  Optional<ProbeConfig> read(Section at) {
    Optional<String> http = at.value(HTTP);
    Optional<Boolean> tcp = at.value(TCP);
    Optional<ProbeConfig.Check> exec = exec(at);
    long interval = at.valueOrDefault(INTERVAL);
    long timeout = at.value(TIMEOUT).orElse(Math.min(interval, ProbeConfig.DEFAULT_TIMEOUT_MILLIS));
    int fall = at.valueOrDefault(FALL);
    int rise = at.valueOrDefault(RISE);
    ProbeConnectionReader connection = ProbeConnectionReader.of(at, files, hasTlsBackends);
    at.end();
    if (timeout > interval) {
      at.problem(
          "timeout",
          ValueRules.show(timeout) + " is longer than the interval of " + ValueRules.show(interval),
          "make it at most " + ValueRules.show(interval));
    }
    if (tcp.isPresent() && !tcp.get()) {
      at.problem("tcp", "a probe must check something", "write 'tcp: true', or remove the key");
    }
    int kinds = (at.has("http") ? 1 : 0) + (at.has("tcp") ? 1 : 0) + (at.has("exec") ? 1 : 0);
    if (kinds > 1) {
      String second = at.has("exec") ? "exec" : "tcp";
      at.problem(second, "a probe is one of http, tcp and exec, not " + kinds, "keep one of them");
    }
    ProbeConfig.Check check =
        exec.or(() -> http.map(path -> connection.http(path)))
            .orElseGet(() -> new ProbeConfig.Check.Tcp(connection.way()));
    return Optional.of(new ProbeConfig(check, interval, timeout, fall, rise));
  }

  private static String path(String text) throws BadValue {
    boolean good = text.startsWith("/");
    for (int i = 0; good && i < text.length(); i++) {
      good = text.charAt(i) > ' ' && text.charAt(i) < 0x7f && text.charAt(i) != '#';
    }
    if (!good) {
      throw new BadValue("'" + text + "' is not a path", "write it as /healthz");
    }
    return text;
  }

  private Optional<ProbeConfig.Check> exec(Section at) {
    if (at.raw(EXEC).orElse(null) instanceof Yaml.Text) {
      return at.value(EXEC, files::program)
          .map(program -> new ProbeConfig.Check.Exec(List.of(program)));
    }
    Optional<List<String>> command = at.values(EXEC, text -> text);
    if (command.isEmpty()) {
      return Optional.empty();
    }
    if (command.get().isEmpty()) {
      at.problem("exec", "names no program", "write it as [/usr/local/bin/check, argument]");
      return Optional.empty();
    }
    at.atMost(EXEC, command.get().size(), "put the arguments into a script");
    try {
      List<String> words = new ArrayList<>(command.get());
      words.set(0, files.program(words.getFirst()));
      return Optional.of(new ProbeConfig.Check.Exec(words));
    } catch (BadValue bad) {
      at.problem("exec", bad.rule(), bad.fix());
      return Optional.empty();
    }
  }
}
