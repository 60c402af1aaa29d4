package io.landfall.node.config;

import io.landfall.signal.ProbeSpec;
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

  private final FileRules files;

  ProbeReader(FileRules files) {
    this.files = files;
  }

  Optional<ProbeConfig> read(Section at) {
    Optional<ProbeConfig.Check> http = at.value("http", ProbeReader::path);
    Optional<Boolean> tcp = at.value("tcp", Rules::flag);
    Optional<ProbeConfig.Check> exec = exec(at);
    Rule<Long> wait = Rules.duration(10, 3_600_000);
    long interval =
        at.value(
            "interval",
            Rules.duration(ProbeSpec.MIN_INTERVAL_MILLIS, ProbeSpec.MAX_INTERVAL_MILLIS),
            ProbeConfig.DEFAULT_INTERVAL_MILLIS);
    long timeout =
        at.value("timeout", wait, Math.min(interval, ProbeConfig.DEFAULT_TIMEOUT_MILLIS));
    int fall = at.value("fall", Rules.count(1, ProbeSpec.MAX_COUNT), ProbeConfig.DEFAULT_FALL);
    int rise = at.value("rise", Rules.count(1, ProbeSpec.MAX_COUNT), ProbeConfig.DEFAULT_RISE);
    at.end();
    if (timeout > interval) {
      at.problem(
          "timeout",
          Rules.show(timeout) + " is longer than the interval of " + Rules.show(interval),
          "make it at most " + Rules.show(interval));
    }
    if (tcp.isPresent() && !tcp.get()) {
      at.problem("tcp", "a probe must check something", "write 'tcp: true', or remove the key");
    }
    int kinds = (at.has("http") ? 1 : 0) + (at.has("tcp") ? 1 : 0) + (at.has("exec") ? 1 : 0);
    if (kinds > 1) {
      String second = at.has("exec") ? "exec" : "tcp";
      at.problem(second, "a probe is one of http, tcp and exec, not " + kinds, "keep one of them");
    }
    ProbeConfig.Check check = http.or(() -> exec).orElse(new ProbeConfig.Check.Tcp());
    return Optional.of(new ProbeConfig(check, interval, timeout, fall, rise));
  }

  private static ProbeConfig.Check path(String text) throws BadValue {
    boolean good = text.startsWith("/");
    for (int i = 0; good && i < text.length(); i++) {
      good = text.charAt(i) > ' ' && text.charAt(i) < 0x7f && text.charAt(i) != '#';
    }
    if (!good) {
      throw new BadValue("'" + text + "' is not a path", "write it as /healthz");
    }
    return new ProbeConfig.Check.Http(text);
  }

  private Optional<ProbeConfig.Check> exec(Section at) {
    if (at.raw("exec").orElse(null) instanceof Yaml.Text) {
      return at.value("exec", files::program)
          .map(program -> new ProbeConfig.Check.Exec(List.of(program)));
    }
    Optional<List<String>> command = at.values("exec", text -> text);
    if (command.isEmpty()) {
      return Optional.empty();
    }
    if (command.get().isEmpty()) {
      at.problem("exec", "names no program", "write it as [/usr/local/bin/check, argument]");
      return Optional.empty();
    }
    at.atMost("exec", ProbeSpec.MAX_WORDS, command.get().size(), "put the arguments into a script");
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
