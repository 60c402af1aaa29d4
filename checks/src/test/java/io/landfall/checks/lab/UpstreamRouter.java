package io.landfall.checks.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A routing daemon that plays the upstream of one node: eBGP with TCP MD5 and GTSM, takes whatever
 * the node sends, and exports a default route and a /24 that the node must not want.
 *
 * <p>AS 64500 at 192.0.2.1, the node being AS 64496 at 192.0.2.2.
 */
interface UpstreamRouter {
  /** The key that all of them are configured with. */
  String MD5_KEY = "swordfish";

  /** What the router knows of exactly this prefix, in its own words. */
  String route(String prefix);

  /** How the router writes that the AS path is the node's AS and nothing else. */
  String pathWord();

  /** How the router writes GRACEFUL_SHUTDOWN (GoBGP has the name of an early draft). */
  String gracefulShutdownWord();

  /** The router's log, for failures. */
  String log();

  /** Whether it has the node's route for this prefix. */
  default boolean has(String prefix) {
    return route(prefix).contains(pathWord());
  }

  /** Writes a configuration file that only its owner may write, as some daemons insist on. */
  static Path write(Path file, List<String> lines) {
    try {
      Files.write(file, lines);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
  }
}
