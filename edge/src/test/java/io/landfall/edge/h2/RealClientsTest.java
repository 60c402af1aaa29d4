package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestKeys;
import io.landfall.edge.server.TestSite;
import io.landfall.edge.tls.ServerNames;
import io.landfall.testkit.SkippedLab;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that people use, over HTTP/2: curl, nghttp and h2load. */
class RealClientsTest {
  private static final int RUN_SECONDS = 60;

  @TempDir Path folder;

  private String run(String... command) throws IOException, InterruptedException {
    if (!Files.isExecutable(Path.of("/usr/bin", command[0]))) {
      SkippedLab.decide("RealClientsTest", List.of(command[0] + " is not installed"));
    }
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(RUN_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(output, StandardCharsets.ISO_8859_1);
  }

  private static String url(String scheme, TestSite site) {
    return scheme + "://127.0.0.1:" + site.http().getPort() + "/";
  }

  private interface With {
    void site(TestSite site) throws IOException, InterruptedException;
  }

  private static void with(UnaryOperator<EdgeSettings> settings, With test)
      throws IOException, InterruptedException {
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite site = new TestSite("fra", 1, settings)) {
      site.publish(Signal.UP, TestSite.backends(backend));
      test.site(site);
    }
  }

  private UnaryOperator<EdgeSettings> overTls() {
    ServerNames.Identity identity = new TestKeys(folder).key("site").identity("site");
    if (ServerNames.of(List.of(identity), ServerNames.Hosts.ANY, true)
        instanceof ServerNames.Result.Usable(ServerNames names)) {
      return TestSite.listening(
          EdgeListener.tls(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), names));
    }
    throw new AssertionError("an identity that was just made");
  }

  @Test
  void curlWithPriorKnowledgeGetsAndPosts() throws Exception {
    Path body = Files.write(folder.resolve("body"), new byte[3_000_000]);
    with(
        UnaryOperator.identity(),
        site -> {
          String url = url("http", site);
          String host = "Host: shop.test";
          assertThat(run("curl", "-si", "--http2-prior-knowledge", "-H", host, url))
              .startsWith("HTTP/2 200")
              .endsWith("hello");
          assertThat(
                  run(
                      "curl",
                      "-si",
                      "--http2-prior-knowledge",
                      "-H",
                      host,
                      "--data-binary",
                      "@" + body,
                      url))
              .startsWith("HTTP/2 200")
              .endsWith("hello");
          // Without TLS that asks for an upgrade, which is not answered.
          assertThat(run("curl", "-si", "--http2", "-H", host, url)).startsWith("HTTP/1.1 200");
          assertThat(run("curl", "-siI", "--http2-prior-knowledge", url)).startsWith("HTTP/2 421");
        });
  }

  @Test
  void curlChoosesHttp2OverTls() throws Exception {
    with(
        overTls(),
        site -> {
          String url = url("https", site);
          assertThat(run("curl", "-sik", "-H", "Host: shop.test", url))
              .startsWith("HTTP/2 200")
              .endsWith("hello");
          assertThat(run("curl", "-sik", "--http1.1", "-H", "Host: shop.test", url))
              .startsWith("HTTP/1.1 200")
              .endsWith("hello");
        });
  }

  @Test
  void nghttpGets() throws Exception {
    with(
        overTls(),
        site ->
            assertThat(run("nghttp", "-v", "-H", ":authority: shop.test", url("https", site)))
                .contains(":status: 200", "hello"));
  }

  @Test
  void h2loadLosesNothing() throws Exception {
    with(
        UnaryOperator.identity(),
        site ->
            assertThat(
                    run(
                        "h2load",
                        "-n3000",
                        "-c6",
                        "-m50",
                        "-H:authority: shop.test",
                        url("http", site)))
                .contains("3000 succeeded, 0 failed, 0 errored, 0 timeout", "3000 2xx"));
  }
}
