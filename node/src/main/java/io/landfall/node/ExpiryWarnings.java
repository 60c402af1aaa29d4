package io.landfall.node;

import io.landfall.config.EdgeConfig.KeyPairFiles;
import io.landfall.config.EdgeConfig.Listen;
import io.landfall.edge.tls.ServerNames;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns in the log of certificates that end soon, or have ended: once a day each, and at once when
 * one ends.
 */
final class ExpiryWarnings {
  /** How long before its end a certificate is warned of, if it was made for more than 42 days. */
  static final Duration SOON = Duration.ofDays(14);

  /** Of one that was made for less: this part of its time. */
  private static final int PART = 3;

  private static final Duration BETWEEN = Duration.ofDays(1);

  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  private record Warned(Instant at, boolean ended) {}

  private final Map<Path, Warned> warned = new HashMap<>();

  /**
   * Warns of those of a listener.
   *
   * @param listen the listener, with their files
   * @param names those that are in force, in the order of the files
   */
  void warn(Listen listen, ServerNames names, Instant now) {
    List<KeyPairFiles> files = listen.certificates();
    for (int i = 0; i < files.size(); i++) {
      warn(files.get(i).certificate(), names.identities().get(i).chain().getFirst(), now);
    }
  }

  private void warn(Path file, X509Certificate shown, Instant now) {
    Instant until = shown.getNotAfter().toInstant();
    Duration part = Duration.between(shown.getNotBefore().toInstant(), until).dividedBy(PART);
    if (now.isBefore(until.minus(part.compareTo(SOON) < 0 ? part : SOON))) {
      warned.remove(file);
      return;
    }
    boolean ended = now.isAfter(until);
    Warned before = warned.get(file);
    boolean due = before == null || before.ended != ended || !now.isBefore(before.at.plus(BETWEEN));
    if (!due) {
      return;
    }
    warned.put(file, new Warned(now, ended));
    log.atWarn()
        .addKeyValue("file", file)
        .addKeyValue("until", until)
        .log(
            ended
                ? "a certificate for clients has expired"
                : "a certificate for clients ends soon");
  }
}
