package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a service runs beside this node: plain or over TLS, and with which share. */
class BackendsReaderTest {
  private static final String PLAIN = "backends: [\"http://10.0.0.7:8080\"]";
  private static final String TLS = "backends: [\"https://app.example:8443\"]";

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  private ServiceConfig.Hosting shop(String backends) {
    return folder.valid(ConfigFolder.GOOD.replace(PLAIN, backends)).services().getFirst().here();
  }

  private List<String> problems(String backends) {
    return folder.problems(PLAIN, backends);
  }

  @Test
  void aBackendIsAUrlAloneOrWithItsWeight() {
    assertThat(
            shop("backends: [\"http://a:1\", {url: \"https://b\", weight: 3},"
                    + " {url: \"http://c\", weight: 0}, {url: \"http://d\"}]")
                .backends())
        .containsExactly(
            new ServiceConfig.Backend("http://a:1", new HostPort("a", 1), false, 1),
            new ServiceConfig.Backend("https://b", new HostPort("b", 443), true, 3),
            new ServiceConfig.Backend("http://c", new HostPort("c", 80), false, 0),
            new ServiceConfig.Backend("http://d", new HostPort("d", 80), false, 1));
  }

  /** The config with these backends, and a probe with this in place of its path. */
  private static String probing(String backends, String probe) {
    return ConfigFolder.GOOD
        .replace(PLAIN, backends)
        .replace("{http: /healthz,", "{" + probe + ",");
  }

  @Test
  void aBackendIsAskedOverHttp2IfThatIsWrittenAndElseOverHttp1() {
    String backends =
        "backends: [{url: \"http://a:1\", protocol: h2}, {url: \"http://b:1\", protocol: h1},"
            + " {url: \"http://c:1\"}, \"http://d:1\"]";
    assertThat(folder.valid(probing(backends, "tcp: true")).services().getFirst().here().backends())
        .extracting(ServiceConfig.Backend::protocol)
        .containsExactly(
            ServiceConfig.Protocol.H2,
            ServiceConfig.Protocol.H1,
            ServiceConfig.Protocol.H1,
            ServiceConfig.Protocol.H1);
    assertThat(problems("backends: [{url: \"http://a:1\", protocol: h3}]"))
        .singleElement()
        .asString()
        .contains("services.shop.backends[0].protocol: 'h3' is not known");
  }

  @Test
  void aProbeOverHttp1DoesNotAskABackendOverHttp2() {
    String backends = "backends: [{url: \"http://a:1\", protocol: h2}]";
    assertThat(problems(backends))
        .singleElement()
        .asString()
        .contains("services.shop.probe: a probe of 'http' is asked over HTTP/1.1");
    assertThat(folder.problems(probing(backends, "http: /healthz, port: 8081"))).isEmpty();
    assertThat(folder.problems(probing(backends, "tcp: true"))).isEmpty();
  }

  private List<String> warnings(String replacement) {
    ConfigResult read =
        ConfigLoader.load(folder.write("node.yaml", probing(replacement, "tcp: true")));
    assertThat(read).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) read)
        .warnings().stream()
            .map(ConfigProblem::toString)
            .filter(w -> !w.contains("region"))
            .toList();
  }

  @Test
  void upgradesThatNoBackendHereTakesAreWarnedOfWhereTheyAreWritten() {
    String h1 = "{url: \"http://b:1\"}";
    String h2 = "{url: \"http://a:1\", protocol: h2}";
    assertThat(warnings("backends: [" + h2 + "]\n    upgrades: [websocket]"))
        .singleElement()
        .asString()
        .contains(
            ":30: services.shop.upgrades: no backend here takes a tunnel: each has 'protocol: h2'");
    assertThat(warnings("backends: [" + h2 + ", " + h1 + "]\n    upgrades: [websocket]")).isEmpty();
    assertThat(warnings("backends: [" + h2 + "]\n    upgrades: []")).isEmpty();
    assertThat(warnings("backends: [" + h2 + "]")).as("the default").isEmpty();
    assertThat(warnings("backends: [" + h1 + "]\n    upgrades: [websocket]")).isEmpty();
  }

  @Test
  void aWeightIsANumberWithBoundsAndOneBackendGetsRequests() {
    for (String weight : List.of("-1", "1001", "1.5", "x")) {
      assertThat(problems("backends: [{url: \"http://a:1\", weight: " + weight + "}]"))
          .singleElement()
          .asString()
          .contains("services.shop.backends[0].weight: ");
    }
    assertThat(problems("backends: [{url: \"http://a:1\", weight: 0}]"))
        .singleElement()
        .asString()
        .contains("services.shop.backends: each has weight 0, so none gets a request");
    assertThat(problems("backends: [{weight: 2}]"))
        .singleElement()
        .asString()
        .contains("services.shop.backends[0].url: is missing");
    assertThat(problems("backends: [{url: \"http://a:1\", wait: 2}]"))
        .singleElement()
        .asString()
        .contains("services.shop.backends[0].wait: unknown key");
  }

  @Test
  void aBackendOverTlsIsVerifiedByWhatTheConfigHasOrElseAsUsual() {
    assertThat(shop(PLAIN).tls()).isEmpty();
    assertThat(shop(TLS).tls()).contains(ServiceConfig.Tls.USUAL);
    assertThat(
            shop(TLS
                    + "\n    backend-tls: {ca: ca.pem, name: app.internal,"
                    + " certificate: site.pem, key: site.key}")
                .tls())
        .contains(
            new ServiceConfig.Tls(
                Optional.of(folder.path("ca.pem")),
                Optional.of("app.internal"),
                Optional.of(
                    new EdgeConfig.KeyPairFiles(
                        folder.path("site.pem"), folder.path("site.key")))));
    assertThat(shop(TLS + "\n    backend-tls: {name: \"2001:db8::7\"}").tls().orElseThrow().name())
        .contains("2001:db8::7");
  }

  @Test
  void whatTlsNeedsIsCheckedWhenTheConfigIsRead() {
    assertThat(problems(PLAIN + "\n    backend-tls: {ca: ca.pem}"))
        .singleElement()
        .asString()
        .contains("services.shop.backend-tls: no backend is https://");
    assertThat(problems(TLS + "\n    backend-tls: {ca: absent.pem}"))
        .singleElement()
        .asString()
        .contains("services.shop.backend-tls.ca: there is no file");
    // It has no end.
    assertThat(problems(TLS + "\n    backend-tls: {ca: /dev/zero}"))
        .singleElement()
        .asString()
        .contains("services.shop.backend-tls.ca: /dev/zero is a pipe, a device or a socket");
    assertThat(problems(TLS + "\n    backend-tls: {certificate: site.pem}"))
        .singleElement()
        .asString()
        .contains("backend-tls.certificate: a certificate and its key are named together");
    assertThat(problems(TLS + "\n    backend-tls: {verify: false}"))
        .singleElement()
        .asString()
        .contains("backend-tls.verify: unknown key");
    for (String bad : List.of("\"app.example:443\"", "\"[2001:db8::7]\"", "a..b", "fe80::1%eth0")) {
      assertThat(problems(TLS + "\n    backend-tls: {name: " + bad + "}"))
          .as(bad)
          .singleElement()
          .asString()
          .contains("services.shop.backend-tls.name: ");
    }
  }

  @Test
  void aProbeOfABackendOverTlsHasNoOpinionOfItsOwnUnlessItGoesToAnotherPort() {
    String probe = "probe: {http: /healthz, interval: 500ms, timeout: 300ms, fall: 2, rise: 3";
    String tls = ConfigFolder.GOOD.replace(PLAIN, TLS);

    assertThat(folder.problems(tls)).isEmpty();
    assertThat(folder.problems(tls.replace(probe, probe + ", tls: true, tls-verify: false")))
        .hasSize(2)
        .first()
        .asString()
        .contains(
            "services.shop.probe.tls: an https:// backend is probed as its requests are sent");
    assertThat(folder.problems(tls.replace(probe, probe + ", tls: false"))).hasSize(1);
    assertThat(folder.problems(tls.replace(probe, probe + ", port: 8080"))).isEmpty();
    assertThat(
            folder.problems(tls.replace(probe, probe + ", port: 9443, tls: true, tls-ca: ca.pem")))
        .isEmpty();
  }
}
