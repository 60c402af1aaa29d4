package io.landfall.checks.lab;

import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * A routing daemon that plays the upstream of one node: eBGP with TCP MD5, takes whatever the node
 * sends, and exports a default route and a /24 that the node must not want. AS 64500 at 192.0.2.1,
 * the node being AS 64496 at 192.0.2.2.
 */
interface UpstreamRouter {
  /** The key that all of them are configured with. */
  String MD5_KEY = "swordfish";

  /** What the router knows of exactly this prefix, in its own words. */
  String route(String prefix);

  /** How the router writes an AS path that is the node's AS so many times and nothing else. */
  String path(int times);

  /** How the router writes that communities 64500:100 and large 64500:1:2 came. */
  List<String> communityWords();

  /** How the router writes GRACEFUL_SHUTDOWN (GoBGP has the name of an early draft). */
  String gracefulShutdownWord();

  /** The process, to kill. */
  ChildProcess process();

  /** The router's log, for failures. */
  String log();

  /** Whether it has a route for this prefix with the node's AS so many times in its path. */
  default boolean has(String prefix, int times) {
    return route(prefix).contains(path(times));
  }

  /**
   * How a router is set up.
   *
   * @param namespace where it runs
   * @param dir where its files are
   * @param role what it says that it is to the node (RFC 9234); empty says nothing
   * @param strict whether it wants a role of the node
   * @param page the whole config as a page prints it, in place of one with the role and routes of
   *     its own; empty for none
   */
  record Setup(
      NetworkNamespace namespace, Path dir, String role, boolean strict, Optional<String> page) {
    Setup(NetworkNamespace namespace, Path dir, String role, boolean strict) {
      this(namespace, dir, role, strict, Optional.empty());
    }
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
