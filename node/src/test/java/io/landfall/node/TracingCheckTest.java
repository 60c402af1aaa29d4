package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.ConfigResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a check finds of tracing, without a collector. */
class TracingCheckTest {
  @TempDir Path folder;

  private Findings found(String tracing) throws IOException {
    for (String each : List.of("ca.pem", "fra.pem", "fra.key")) {
      Files.writeString(folder.resolve(each), "");
    }
    Path config =
        Files.writeString(
            folder.resolve("fra.yaml"),
            """
            node: {name: fra, identity: 10.32.0.1}
            overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:8443"}
            trust: {domain: landfall.test, ca: ca.pem, certificate: fra.pem, key: fra.key}
            edge: {listen: [{address: "127.0.0.1:8080"}]}
            tracing: TRACING
            """
                .replace("TRACING", tracing));
    return switch (ConfigLoader.load(config)) {
      case ConfigResult.Valid valid -> {
        Findings findings = new Findings(valid.config());
        NodeTracing.trial(valid.config(), findings);
        yield findings;
      }
      case ConfigResult.Invalid invalid -> throw new AssertionError(invalid.toString());
    };
  }

  private List<String> warnings(String url) throws IOException {
    return found("{otlp: \"" + url + "\"}").warnings().stream()
        .map(ConfigProblem::toString)
        .toList();
  }

  @Test
  void spansThatLeaveTheMachineUnencryptedAreAWarning() throws IOException {
    assertThat(warnings("http://127.0.0.1:4318")).isEmpty();
    assertThat(warnings("http://[::1]:4318")).isEmpty();
    assertThat(warnings("http://localhost:4318")).isEmpty();
    assertThat(warnings("https://collector.example")).isEmpty();
    assertThat(warnings("http://192.0.2.1:4318"))
        .singleElement()
        .asString()
        .contains("tracing.otlp", "unencrypted", "use https");
    assertThat(warnings("http://collector.example")).hasSize(1);
  }

  @Test
  void authoritiesThatAreNoneAreAProblem() throws IOException {
    assertThat(found("{otlp: \"https://a.example\", ca: ca.pem}").problems())
        .singleElement()
        .asString()
        .contains("tracing.ca");
  }
}
