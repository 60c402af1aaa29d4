package io.landfall.checks.lab;

import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/** GoBGP as an upstream router with GTSM; it has no roles. */
final class GoBgp implements UpstreamRouter {
  private final NetworkNamespace namespace;
  private final ChildProcess process;

  GoBgp(Setup setup) {
    this.namespace = setup.namespace();
    Path dir = setup.dir();
    List<String> lines =
        List.of(
            "[global.config]",
            "  as = 64500",
            "  router-id = \"192.0.2.1\"",
            "  local-address-list = [\"192.0.2.1\"]",
            "[[neighbors]]",
            "  [neighbors.config]",
            "    neighbor-address = \"192.0.2.2\"",
            "    peer-as = 64496",
            "    auth-password = \"" + MD5_KEY + "\"",
            "  [neighbors.transport.config]",
            "    passive-mode = true",
            "  [neighbors.ttl-security.config]",
            "    enabled = true",
            "    ttl-min = 255");
    Path config =
        UpstreamRouter.write(
            dir.resolve("gobgpd.toml"),
            setup.page().map(text -> text.lines().toList()).orElse(lines));
    process =
        namespace.start(
            "gobgpd",
            dir,
            List.of(
                "/usr/bin/gobgpd",
                "-f",
                config.toString(),
                "--api-hosts",
                "127.0.0.1:50051",
                "--pprof-disable"));
    Await.until("GoBGP answers", () -> ask("neighbor").contains("192.0.2.2"), process::output);
    if (setup.page().isEmpty()) {
      ask("global", "rib", "add", "0.0.0.0/0");
      ask("global", "rib", "add", "203.0.113.0/24");
    }
  }

  private String ask(String... words) {
    String[] command = new String[1 + words.length];
    command[0] = "/usr/bin/gobgp";
    System.arraycopy(words, 0, command, 1, words.length);
    return namespace.run(command);
  }

  @Override
  public String route(String prefix) {
    // In columns: runs of blanks are one.
    return ask("global", "rib", prefix).replaceAll(" +", " ");
  }

  @Override
  public String path(int times) {
    return " 192.0.2.2 " + String.join(" ", Collections.nCopies(times, "64496")) + " 0";
  }

  @Override
  public List<String> communityWords() {
    return List.of("{Communities: 64500:100", "64500:1:2");
  }

  @Override
  public ChildProcess process() {
    return process;
  }

  @Override
  public String gracefulShutdownWord() {
    return "planned-shut";
  }

  @Override
  public String log() {
    return ask("neighbor", "192.0.2.2") + process.output();
  }
}
