package io.landfall.checks.lab;

import io.landfall.lab.host.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;

/**
 * ExaBGP as an upstream: it keeps no table, so what it was told last of a prefix is the route. It
 * writes each UPDATE as a line of JSON to a process of ours, which keeps them in a file. GTSM is
 * left out: on connections that it accepts ExaBGP sends with the system's hop limit.
 */
final class ExaBgp implements UpstreamRouter {
  private final Path updates;
  private final ChildProcess process;

  ExaBgp(Setup setup) {
    Path dir = setup.dir();
    this.updates = dir.resolve("updates.json");
    forget(updates);
    Path sink = dir.resolve("sink.sh");
    UpstreamRouter.write(
        sink,
        List.of(
            "#!/bin/sh",
            ": >" + updates,
            "while read -r line; do printf '%s\\n' \"$line\" >>" + updates + "; done"));
    executable(sink);
    Path config =
        UpstreamRouter.write(
            dir.resolve("exabgp.conf"),
            List.of(
                "process sink {",
                "  run " + sink + ";",
                "  encoder json;",
                "}",
                "neighbor 192.0.2.2 {",
                "  router-id 192.0.2.1;",
                "  local-address 192.0.2.1;",
                "  local-as 64500;",
                "  peer-as 64496;",
                "  passive true;",
                "  md5-password " + MD5_KEY + ";",
                "  family { ipv4 unicast; }",
                "  static {",
                "    route 0.0.0.0/0 next-hop 192.0.2.1;",
                "    route 203.0.113.0/24 next-hop 192.0.2.1;",
                "  }",
                "  api { processes [ sink ]; receive { parsed; update; } neighbor-changes; }",
                "}"));
    process =
        setup
            .namespace()
            .start(
                "exabgp",
                dir,
                List.of(
                    "env",
                    "exabgp_tcp_bind=192.0.2.1",
                    "exabgp_tcp_port=179",
                    "exabgp_daemon_user=root",
                    "exabgp_api_cli=false",
                    "/usr/sbin/exabgp",
                    config.toString()));
  }

  /** What an earlier process was told is not what this one is told. */
  private static void forget(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + file, e);
    }
  }

  private static void executable(Path file) {
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new UncheckedIOException("making " + file + " executable", e);
    }
  }

  /** The last line that says something of the prefix, or that the session is gone. */
  @Override
  public String route(String prefix) {
    String last = "";
    for (String line : text().lines().toList()) {
      if (line.contains("\"nlri\": \"" + prefix + "\"") || line.contains("\"state\": \"down\"")) {
        last = line;
      }
    }
    return last;
  }

  private String text() {
    try {
      return Files.exists(updates) ? Files.readString(updates) : "";
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + updates, e);
    }
  }

  @Override
  public String path(int times) {
    return "\"as-path\": [ " + String.join(", ", Collections.nCopies(times, "64496")) + " ]";
  }

  @Override
  public List<String> communityWords() {
    return List.of("[ 64500, 100 ]", "[ 64500, 1 , 2 ]");
  }

  @Override
  public String gracefulShutdownWord() {
    return "[ 65535, 0 ]";
  }

  @Override
  public ChildProcess process() {
    return process;
  }

  @Override
  public String log() {
    return text() + process.output();
  }
}
