package io.landfall.node;

import io.landfall.admin.CommandResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code landfall reload} and SIGHUP read again: the config, revocations, certificates. */
final class Reloads {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  private static final String NOTHING =
      "nothing has changed: the config and the node's own certificate are as they are in force";

  private Reloads() {}

  /**
   * Reads all again, now. Blocks; on any thread but the control thread.
   *
   * @param config what became of the config file; empty when it is as it is in force
   * @param own what became of the files of the node's own certificate; empty likewise
   * @return what is in force, or every problem; each of these is put in force by itself
   */
  static CommandResult all(Optional<CommandResult> config, Optional<CommandResult> own, Node node) {
    RevocationWatch revocations = node.revocations;
    CertificateWatch certificates = node.certificates;
    List<CommandResult> results = new ArrayList<>();
    config.ifPresent(results::add);
    own.ifPresent(results::add);
    if (revocations.isConfigured()) {
      results.add(revocations.reload());
    }
    if (!certificates.isEmpty()) {
      results.add(certificates.reload());
    }
    if (results.isEmpty()) {
      return new CommandResult.Done(NOTHING);
    }
    String sentence = String.join("; ", results.stream().map(CommandResult::sentence).toList());
    return results.stream().allMatch(CommandResult.Done.class::isInstance)
        ? new CommandResult.Done(sentence)
        : new CommandResult.Conflict(sentence);
  }

  /** What SIGHUP did. */
  static void log(CommandResult result) {
    log.atInfo()
        .addKeyValue("why", "SIGHUP")
        .addKeyValue("result", result.sentence())
        .log("reload");
  }
}
