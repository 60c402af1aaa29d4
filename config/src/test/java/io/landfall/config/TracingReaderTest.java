package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tracing}: where spans go, and of how many requests. */
class TracingReaderTest {
  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  private static String with(String tracing) {
    return ConfigFolder.GOOD + "tracing: " + tracing + "\n";
  }

  private TracingConfig read(String tracing) {
    return folder.valid(with(tracing)).operation().tracing().orElseThrow();
  }

  private void assertProblem(String tracing, String... words) {
    assertThat(folder.problems(with(tracing))).singleElement().asString().contains(words);
  }

  @Test
  void withoutItThereIsNone() {
    assertThat(folder.valid(ConfigFolder.GOOD).operation().tracing()).isEmpty();
  }

  @Test
  void aCollectorIsEnoughAndItsPathIsTheUsualOne() {
    assertThat(read("{otlp: \"http://127.0.0.1:4318\"}"))
        .isEqualTo(
            new TracingConfig(
                URI.create("http://127.0.0.1:4318/v1/traces"), 0.01, Optional.empty(), 2_048));
    assertThat(read("{otlp: \"https://a.example/\"}").collector())
        .isEqualTo(URI.create("https://a.example/v1/traces"));
    assertThat(read("{otlp: \"https://a.example/otlp/traces\"}").collector())
        .isEqualTo(URI.create("https://a.example/otlp/traces"));
  }

  @Test
  void theRestIsAsItIsWritten() {
    TracingConfig all = read("{otlp: \"https://[::1]:1\", sample: 0.5, ca: ca.pem, queue: 64}");
    assertThat(all.share()).isEqualTo(0.5);
    assertThat(all.authorities()).contains(temp.resolve("ca.pem"));
    assertThat(all.mostRequests()).isEqualTo(64);
    assertThat(read("{otlp: \"http://a\", sample: 1}").share()).isEqualTo(1);
    assertThat(read("{otlp: \"http://a\", sample: 0}").share()).isZero();
  }

  @Test
  void whatIsNoneIsAProblemWithItsKey() {
    assertProblem("{}", "tracing.otlp: is missing");
    assertProblem("{otlp: \"grpc://a:4317\"}", "tracing.otlp: ", "no URL of http or https");
    assertProblem("{otlp: \"http:///v1\"}", "tracing.otlp: ");
    assertProblem("{otlp: \"http://u:p@a/\"}", "tracing.otlp: ");
    assertProblem("{otlp: \"http://a\", sample: 1.5}", "tracing.sample: ", "0 to 1");
    assertProblem("{otlp: \"http://a\", sample: 1%}", "tracing.sample: ");
    assertProblem("{otlp: \"http://a\", sample: -0.1}", "tracing.sample: ");
    assertProblem("{otlp: \"http://a\", ca: none.pem}", "tracing.ca: ");
    assertProblem("{otlp: \"http://a\", queue: 1}", "tracing.queue: ");
    assertProblem("{otlp: \"http://a\", rate: 1}", "tracing.rate: unknown key");
  }
}
