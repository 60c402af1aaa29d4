package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a probe: with file, line, key, the rule and a fix. */
class ProbeProblemsTest {
  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  @Test
  void aProbeWithoutBackendsIsRefused() {
    assertThat(folder.problems("    backends: [\"http://10.0.0.7:8080\"]\n", ""))
        .containsExactly(
            "node.yaml:29: services.shop.probe: there are no backends to probe: a service elsewhere"
                + " is never probed from here; add 'backends: [...]', or remove the probe");
  }

  @Test
  void aProbeSlowerThanItsIntervalIsRefused() {
    assertThat(folder.problems("timeout: 300ms", "timeout: 1s"))
        .containsExactly(
            "node.yaml:30: services.shop.probe.timeout: 1s is longer than the interval of 500ms;"
                + " make it at most 500ms");
  }

  private String probe(String keys) {
    return String.join(
        "\n", folder.problems("probe: {http: /healthz,", "probe: {http: /healthz, " + keys + ","));
  }

  @Test
  void whatAProbeOverHttpExpectsIsChecked() {
    assertThat(probe("status: 600"))
        .isEqualTo(
            "node.yaml:30: services.shop.probe.status: '600' is not a status or a range of them"
                + " within 200-599; write it as 204 or 200-399");
    assertThat(probe("status: 399-200")).contains("'399-200' is not a status or a range");
    assertThat(probe("status: 100-399")).contains("'100-399' is not a status or a range");
    assertThat(probe("host: a/b"))
        .isEqualTo(
            "node.yaml:30: services.shop.probe.host: 'a/b' is not a host; write it as"
                + " shop.example");
    assertThat(probe("port: 65536"))
        .contains("services.shop.probe.port: 65536 is outside 1..65535");
    assertThat(probe("requests-per-connection: 0")).contains("0 is outside 1..1000");
    assertThat(probe("status: 204, host: shop.example, port: 81, requests-per-connection: 1"))
        .isEmpty();
  }

  @Test
  void whatGoesIntoTheRequestOfAProbeIsAHostFieldAndAPath() {
    for (String host :
        new String[] {
          "a\\r\\nX: y",
          "a\\n",
          "a\\0b",
          "[::1",
          "::1",
          "a:b:c",
          ":80",
          "a:",
          "a:0",
          "a:65536",
          "a:80x",
          "[::1]80",
          "[::1]:0",
          "[]",
          "a b",
          "\u00e9",
          ""
        }) {
      assertThat(probe("host: \"" + host + "\"")).as(host).contains("services.shop.probe.host");
    }
    for (String host :
        new String[] {"shop.example", "a:80", "[::1]", "[::1]:8080", "127.0.0.1:1"}) {
      assertThat(probe("host: \"" + host + "\"")).as(host).isEmpty();
    }
    for (String path : new String[] {"/a b", "/\\r\\nX: y", "a", "", "/#x", "/\u00e9"}) {
      assertThat(folder.problems("http: /healthz", "http: \"" + path + "\""))
          .as(path)
          .hasSize(1)
          .first()
          .asString()
          .contains("services.shop.probe.http");
    }
    for (String odd :
        new String[] {
          "status: 999-1",
          "status: 200-",
          "status: -399",
          "status: 200-300-400",
          "status: \"\"",
          "status: [200, 204]",
          "port: 0",
          "port: -1",
          "port: 99999999999",
          "port: x",
          "requests-per-connection: 1001",
          "requests-per-connection: -1",
          "requests-per-connection: 99999999999",
          "tls: maybe",
          "tls-ca: [a, b]",
          "tls: true, tls-ca: /"
        }) {
      assertThat(probe(odd)).as(odd).contains("services.shop.probe.");
    }
  }

  @Test
  void aProbeOverTlsVerifiesUnlessToldNotTo() {
    assertThat(probe("tls: true"))
        .isEqualTo(
            "node.yaml:30: services.shop.probe.tls: there is nothing to verify the backend's"
                + " certificate with; add 'tls-ca: ca.pem', or 'tls-verify: false' to take any"
                + " certificate");
    assertThat(probe("tls: true, tls-verify: false")).isEmpty();
    assertThat(probe("tls: true, tls-ca: ca.pem")).isEmpty();
    assertThat(probe("tls: true, tls-ca: absent.pem")).contains("there is no file");
    assertThat(probe("tls: true, tls-ca: ca.pem, tls-verify: false"))
        .contains("services.shop.probe.tls-verify: the CAs in tls-ca are there to verify with");
    assertThat(probe("tls-ca: ca.pem"))
        .contains("services.shop.probe.tls-ca: the probe does not use TLS; add 'tls: true'");
  }

  @Test
  void aKeyThatAProbeHasNoUseForIsRefused() {
    assertThat(folder.problems("probe: {http: /healthz,", "probe: {tcp: true, status: 204,"))
        .containsExactly(
            "node.yaml:30: services.shop.probe.status: only a probe over HTTP has it; write the"
                + " path to get as 'http: /healthz', or remove the key");
    assertThat(folder.problems("probe: {http: /healthz,", "probe: {exec: x, port: 81,"))
        .containsExactly(
            "node.yaml:30: services.shop.probe.port: a command connects by itself; tell the"
                + " command, or remove the key");
  }
}
