package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The PROXY protocol: from which sources, and to which backends. */
class ProxyProtocolTest {
  private static final String LISTEN = "    - address: 127.0.0.1:8080\n";
  private static final String PLAIN = "backends: [\"http://10.0.0.7:8080\"]";

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  private static String sources(String prefixes) {
    String text =
        ConfigFolder.GOOD.replace(LISTEN, LISTEN + "      proxy-protocol: [" + prefixes + "]\n");
    assertThat(text).contains("proxy-protocol");
    return text;
  }

  @Test
  void aListenerHasItsSources() {
    NodeConfig config = folder.valid(sources("192.0.2.0/24, \"2001:db8::/48\""));
    List<EdgeConfig.Listen> listen = config.edge().orElseThrow().listen();
    assertThat(listen.getLast().proxies()).extracting(PrefixConfig::length).containsExactly(24, 48);
    assertThat(folder.valid(ConfigFolder.GOOD).edge().orElseThrow().listen())
        .allSatisfy(each -> assertThat(each.proxies()).isEmpty());
  }

  @Test
  void sourcesAreFewAndNotEverybody() {
    String many =
        IntStream.range(0, 65)
            .mapToObj(i -> "10.0." + i + ".0/24")
            .collect(Collectors.joining(", "));
    assertThat(folder.problems(sources(many)))
        .singleElement()
        .asString()
        .contains("edge.listen[1].proxy-protocol: has 65 entries, more than 64");
    assertThat(folder.problems(sources("0.0.0.0/0")))
        .singleElement()
        .asString()
        .contains("edge.listen[1].proxy-protocol[0]: 0.0.0.0/0 is every address");
  }

  @Test
  void aBackendMayGetHeaders() {
    String backends =
        "backends: [{url: \"http://a:1\", proxy-protocol: v1},"
            + " {url: \"https://b:1\", proxy-protocol: v2}, \"http://c:1\"]";
    assertThat(
            folder
                .valid(ConfigFolder.GOOD.replace(PLAIN, backends))
                .services()
                .getFirst()
                .here()
                .backends())
        .extracting(ServiceConfig.Backend::proxy)
        .containsExactly(
            ServiceConfig.ProxyProtocol.V1,
            ServiceConfig.ProxyProtocol.V2,
            ServiceConfig.ProxyProtocol.NONE);
  }

  @Test
  void aBackendOverHttp2GetsNone() {
    assertThat(
            folder.problems(
                ConfigFolder.GOOD
                    .replace(
                        PLAIN,
                        "backends: [{url: \"http://a:1\", protocol: h2, proxy-protocol: v2}]")
                    .replace("{http: /healthz,", "{tcp: true,")))
        .singleElement()
        .asString()
        .contains("services.shop.backends[0].proxy-protocol: a connection of HTTP/2 carries");
  }
}
