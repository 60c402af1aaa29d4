package io.landfall.node;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/**
 * A config that is, or was, in force.
 *
 * @param number 1 at the start of the node, and one more with each change
 * @param plan the config, with what was read of the files that it names
 * @param text the text of its file
 * @param since when it was put in force
 * @param actor who put it in force
 */
record Generation(long number, StartPlan plan, String text, Instant since, String actor) {
  private static final int HASH_BYTES = 6;

  /** The first 12 hexadecimal digits of the SHA-256 of the file's bytes. */
  String hash() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The file that it was read from. */
  String file() {
    return plan.config().self().file().toString();
  }

  /** What is printed when it was put in force. */
  String inForce() {
    return "generation " + number + " (" + hash() + ") is in force: " + file();
  }
}
