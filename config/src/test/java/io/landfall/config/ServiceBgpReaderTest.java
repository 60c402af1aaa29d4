package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code service-bgp} and {@code services.NAME.bgp}: what they mean, and what they refuse. */
class ServiceBgpReaderTest {
  @TempDir Path dir;

  @BeforeEach
  void aKey() throws Exception {
    Files.writeString(dir.resolve("web7.key"), "swordfish\n");
    for (String name : List.of("ca.pem", "fra.pem", "fra.key")) {
      Files.writeString(dir.resolve(name), "x\n");
    }
  }

  private ConfigResult load(String serviceBgp, String bgpOfShop) throws Exception {
    String config =
        """
        node: {name: fra, identity: 10.32.0.1}
        overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:8443"}
        trust: {domain: cdn.example, ca: ca.pem, certificate: fra.pem, key: fra.key}
        edge: {listen: [{address: "127.0.0.1:8080"}]}
        """
            + serviceBgp
            + """

            services:
              shop:
                identity: 10.32.1.10
                hosts: [shop.example]
                backends: ["http://10.0.0.7:8080"]
            """
            + bgpOfShop
            + "\n";
    return ConfigLoader.load(Files.writeString(dir.resolve("node.yaml"), config));
  }

  private NodeConfig good(String serviceBgp, String bgpOfShop) throws Exception {
    ConfigResult loaded = load(serviceBgp, bgpOfShop);
    assertThat(loaded).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) loaded).config();
  }

  private List<String> problems(String serviceBgp, String bgpOfShop) throws Exception {
    ConfigResult loaded = load(serviceBgp, bgpOfShop);
    assertThat(loaded).isInstanceOf(ConfigResult.Invalid.class);
    return ((ConfigResult.Invalid) loaded)
        .problems().stream().map(p -> p.line() + " " + p.key() + ": " + p.rule()).toList();
  }

  @Test
  void hostsAndWhoSpeaksForWhat() throws Exception {
    NodeConfig config =
        good(
            """
            service-bgp:
              listen: "127.0.0.1:179"
              hosts:
                web7: {address: 10.0.0.7, asn: 65010, password-file: web7.key, ttl-security: true}
                web8: {address: 10.0.0.8, port: 1179, dial: true}
            """,
            "    bgp: {hosts: [web7, web8], med: {tiers: {0: 1, 50: 2}, draining: 70, down: never}}");
    ServiceBgpConfig.Host web7 = config.serviceBgp().hosts().getFirst();
    assertThat(web7.name()).isEqualTo("web7");
    assertThat(web7.asn()).isEqualTo(65_010);
    assertThat(web7.passwordFile()).contains(dir.resolve("web7.key"));
    assertThat(web7.ttlSecurity()).isTrue();
    assertThat(web7.dial()).isFalse();
    ServiceBgpConfig.Host web8 = config.serviceBgp().hosts().get(1);
    assertThat(web8.asn()).as("iBGP").isEqualTo(OverlayConfig.DEFAULT_ASN);
    assertThat(web8.port()).isEqualTo(1179);
    assertThat(web8.dial()).isTrue();
    ServiceConfig.Bgp bgp = config.services().getFirst().bgp().orElseThrow();
    assertThat(bgp.hosts()).containsExactly("web7", "web8");
    assertThat(bgp.tiers()).containsEntry(50L, 2L);
    assertThat(bgp.drainingMed()).isEqualTo(OptionalLong.of(70));
    assertThat(bgp.downMed()).isEmpty();
  }

  @Test
  void theDefaultsAreThoseOfExaBgpsHealthCheck() throws Exception {
    NodeConfig config =
        good(
            "service-bgp: {listen: \"127.0.0.1:179\", hosts: {web7: {address: 10.0.0.7}}}",
            "    bgp: {hosts: [web7]}");
    ServiceConfig.Bgp bgp = config.services().getFirst().bgp().orElseThrow();
    assertThat(bgp.tiers()).isEqualTo(java.util.Map.of(0L, 0L, 200L, 1L, 300L, 2L, 400L, 3L));
    assertThat(bgp.drainingMed()).isEqualTo(OptionalLong.of(500));
    assertThat(bgp.downMed()).isEqualTo(OptionalLong.of(1000));
    assertThat(config.serviceBgp().holdTimeMillis()).isEqualTo(9_000);
  }

  @Test
  void aServiceSpokenForByNobodyKnownIsNamedWithItsLine() throws Exception {
    assertThat(
            problems(
                "service-bgp: {listen: \"127.0.0.1:179\", hosts: {web7: {address: 10.0.0.7}}}",
                "    bgp: {hosts: [web77, web7, web7]}"))
        .containsExactly(
            "11 services.shop.bgp.hosts[0]: host 'web77' is not under service-bgp.hosts",
            "11 services.shop.bgp.hosts[2]: is here twice");
    assertThat(problems("", "    bgp: {hosts: [web7]}"))
        .containsExactly(
            "11 services.shop.bgp.hosts[0]: host 'web7' is not under service-bgp.hosts");
    assertThat(problems("", "    bgp: {hosts: []}"))
        .containsExactly("11 services.shop.bgp.hosts: names no host");
  }

  @Test
  void whatCannotWorkIsRefused() throws Exception {
    assertThat(
            problems(
                """
                service-bgp:
                  hosts:
                    web7: {address: 10.0.0.7}
                    Web8: {address: 10.0.0.8, dial: true}
                    web9: {address: 10.0.0.8, dial: true}
                    web6: {address: nowhere, dial: true, asn: 0, ttl: 1}
                """,
                ""))
        .anySatisfy(p -> assertThat(p).startsWith("7 service-bgp.hosts.web7.dial: neither side"))
        .anySatisfy(p -> assertThat(p).startsWith("8 service-bgp.hosts.Web8: 'Web8' is not a name"))
        .anySatisfy(p -> assertThat(p).startsWith("10 service-bgp.hosts.web6.address: 'nowhere'"))
        .anySatisfy(p -> assertThat(p).startsWith("10 service-bgp.hosts.web6.asn: 0 is not"))
        .anySatisfy(p -> assertThat(p).startsWith("10 service-bgp.hosts.web6.ttl: unknown key"));
    assertThat(
            problems(
                """
                service-bgp:
                  hosts:
                    web8: {address: 10.0.0.8, dial: true}
                    web9: {address: 10.0.0.8, dial: true}
                """,
                ""))
        .singleElement()
        .asString()
        .startsWith("8 service-bgp.hosts.web9: has the address of web8");
    assertThat(problems("service-bgp: {listen: \"127.0.0.1:8443\", hosts: {}}", ""))
        .anySatisfy(p -> assertThat(p).contains("service-bgp.listen: 127.0.0.1:8443 is already"));
  }

  @Test
  void aLadderThatMakesAHigherMedBetterIsRefused() throws Exception {
    String hosts = "service-bgp: {listen: \"127.0.0.1:179\", hosts: {web7: {address: 10.0.0.7}}}";
    assertThat(problems(hosts, "    bgp: {hosts: [web7], med: {tiers: {0: 2, 100: 1}}}"))
        .singleElement()
        .asString()
        .startsWith("11 services.shop.bgp.med: MED 100 maps to tier 1, better than");
    assertThat(problems(hosts, "    bgp: {hosts: [web7], med: {draining: 1000}}"))
        .singleElement()
        .asString()
        .contains("draining has to begin below down");
    assertThat(problems(hosts, "    bgp: {hosts: [web7], med: {draining: soon}}"))
        .singleElement()
        .asString()
        .contains("services.shop.bgp.med.draining: 'soon' is not a whole number");
  }
}
