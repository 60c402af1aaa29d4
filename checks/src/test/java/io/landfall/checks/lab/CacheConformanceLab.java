package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.checks.Rooms;
import io.landfall.lab.host.Command;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import io.landfall.testkit.SkippedLab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The HTTP caching conformance suite (npm: http-cache-tests) against a whole node: what misses is
 * what docs/caching.md lists with its reasons, no more and no less.
 */
class CacheConformanceLab {
  private static final Path TOOLS = Rooms.root().resolve("tools/cache-tests");
  private static final Path KNOWN = TOOLS.resolve("known-misses.txt");

  @TempDir Path dir;

  @Test
  void whatMissesIsWhatIsKnown() throws IOException {
    LabRequirements.require("ip-netns-root", "npm");
    String suite = suite();
    CertificateAuthority ca = CertificateAuthority.generate("lab", System.currentTimeMillis());
    ca.save(dir.resolve("ca.pem"), dir.resolve("ca.key"));
    try (var namespace = NetworkNamespace.create("rfc", "fra")) {
      namespace.start("origin", dir, List.of("/bin/sh", "-c", origin(suite)));
      BfdSite fra =
          BfdSite.start(
                  namespace,
                  dir,
                  ca,
                  new BfdSite.Named("fra", 1, List.of("suite")),
                  "overlay: {block: 10.32.0.0/23, listen: \"127.0.0.1:8443\"}\n"
                      + Files.readString(TOOLS.resolve("service.yaml")))
              .awaitStart();
      Await.until(
          "the origin is up",
          () -> fra.show("services").contains("\"healthy\":true"),
          () -> fra.show("services"));
      Command.Ended ran =
          Command.run(
              NetworkNamespace.inside(
                      namespace.name(),
                      List.of(
                          "/usr/bin/node",
                          "--no-warnings",
                          TOOLS.resolve("cases.mjs").toString(),
                          suite,
                          "http://127.0.0.1:8080",
                          KNOWN.toString()))
                  .toArray(String[]::new));
      assertThat(ran.text()).contains("required: 152 of 157", "optimal: 80 of 86");
      assertThat(ran.exitCode()).as(ran.text()).isZero();
    }
  }

  @Test
  void eachKnownMissHasItsReasonInTheDocs() throws IOException {
    String page = Files.readString(Rooms.root().resolve("docs/caching.md"));
    List<String> ids =
        Files.readAllLines(KNOWN).stream().filter(line -> !line.startsWith("#")).toList();
    assertThat(ids).hasSize(11);
    for (String id : ids) {
      assertThat(page.contains("| `" + id + "` |")).as("a line about " + id).isTrue();
    }
  }

  /** The suite's folder; skips where npm cannot fetch it. */
  private static String suite() {
    Command.Ended fetched = Command.run("bash", TOOLS.resolve("fetch").toString());
    if (!fetched.succeeded()) {
      SkippedLab.decide(CacheConformanceLab.class.getName(), List.of(fetched.text().strip()));
    }
    return fetched.text().strip().lines().toList().getLast();
  }

  private static String origin(String suite) {
    return "cd '"
        + suite
        + "' && exec env npm_config_port=8009 npm_config_protocol=http npm_config_pidfile=/dev/null"
        + " /usr/bin/node --no-warnings server/server.mjs";
  }
}
