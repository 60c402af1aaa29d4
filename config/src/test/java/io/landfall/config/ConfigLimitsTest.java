package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each bound that a room has is a rule of the config: what is valid here also runs. That the bounds
 * are those of the rooms is asserted in room node, which sees both (ConfigBoundsTest).
 */
class ConfigLimitsTest {
  private static final String HEAD =
      """
      node: {name: fra, identity: 10.32.0.1}
      trust: {domain: cdn.example, ca: ca.pem, certificate: fra.pem, key: fra.key}
      edge: {listen: [{address: "127.0.0.1:8080"}]}
      """;
  private static final String OVERLAY =
      "overlay: {block: 10.32.0.0/16, listen: \"127.0.0.1:8443\"}\n";

  @TempDir Path dir;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(dir);
  }

  private static String listed(int count, String between, IntFunction<String> each) {
    return IntStream.range(0, count).mapToObj(each).collect(Collectors.joining(between));
  }

  /** At the bound the config is good; with one more it is not, and the problem has the reason. */
  private void bound(int most, IntFunction<String> config, String... problem) {
    assertThat(folder.problems(config.apply(most))).as("at the bound").isEmpty();
    assertThat(folder.problems(config.apply(most + 1)))
        .as("one more")
        .singleElement()
        .satisfies(text -> assertThat(text).startsWith("node.yaml:").contains(problem));
  }

  private static String shop(String more) {
    return HEAD
        + OVERLAY
        + "services:\n  shop:\n    identity: 10.32.1.10\n    hosts: [shop.example]\n"
        + more;
  }

  @Test
  void services() {
    bound(
        Bounds.SERVICES,
        count ->
            HEAD
                + OVERLAY
                + "services:\n"
                + listed(
                    count,
                    "",
                    i ->
                        "  s"
                            + i
                            + ": {identity: 10.32."
                            + (1 + i / 250)
                            + "."
                            + i % 250
                            + ", hosts: [s"
                            + i
                            + ".example]}\n"),
        "services: has 4097 entries, more than 4096");
  }

  @Test
  void backendsOfAService() {
    bound(
        Bounds.BACKENDS,
        count ->
            shop(
                "    backends: ["
                    + listed(count, ", ", i -> "\"http://10.0.0.7:" + (1 + i) + "\"")
                    + "]\n"),
        "services.shop.backends: has 257 entries, more than 256");
  }

  private static String hosts(int count) {
    return "service-bgp:\n  hosts:\n"
        + listed(
            count,
            "",
            i ->
                "    web"
                    + i
                    + ": {address: 10.1."
                    + i / 250
                    + "."
                    + (1 + i % 250)
                    + ", dial: true}\n");
  }

  @Test
  void hostsThatSpeakForAService() {
    bound(
        Bounds.HOSTS_OF_A_SERVICE,
        count ->
            shop(
                "    backends: [\"http://10.0.0.7:80\"]\n    bgp: {hosts: ["
                    + listed(count, ", ", i -> "web" + i)
                    + "]}\n"
                    + hosts(count)),
        "services.shop.bgp.hosts: has 65 entries, more than 64");
  }

  @Test
  void hostsThatSpeak() {
    bound(
        Bounds.SERVICE_HOSTS,
        count -> HEAD + OVERLAY + hosts(count),
        "service-bgp.hosts: names 257 hosts; at most 256");
  }

  @Test
  void servicesForWhichOneHostSpeaks() {
    bound(
        Bounds.SERVICES_OF_A_HOST,
        count ->
            HEAD
                + OVERLAY
                + hosts(1)
                + "services:\n"
                + listed(
                    count,
                    "",
                    i ->
                        "  s"
                            + i
                            + ": {identity: 10.32."
                            + (1 + i / 250)
                            + "."
                            + i % 250
                            + ", hosts: [s"
                            + i
                            + ".example], backends: [\"http://10.0.0.7:80\"], bgp: {hosts: [web0]}}\n"),
        "services.s1024.bgp.hosts[0]: host 'web0' speaks for more than 1024 services");
  }

  private static String ingress(int prefixes, int upstreams) {
    return HEAD
        + OVERLAY
        + "ingress:\n  prefixes: ["
        + listed(prefixes, ", ", i -> "198.51." + i + ".0/24")
        + "]\n  upstreams:\n"
        + listed(
            upstreams,
            "",
            i -> "    - {address: 192.0.2." + (1 + i) + ", asn: 64500, local-asn: 64496}\n");
  }

  @Test
  void upstreams() {
    bound(
        Bounds.UPSTREAMS,
        count -> ingress(1, count),
        "ingress.upstreams: has 17 entries, more than 16",
        "route server");
  }

  @Test
  void prefixes() {
    bound(
        Bounds.PREFIXES,
        count -> ingress(count, 1),
        "ingress.prefixes: has 65 entries, more than 64");
  }

  @Test
  void candidates() {
    bound(
        Bounds.CANDIDATES,
        count ->
            HEAD
                + "overlay: {block: 10.32.0.0/16, listen: \"127.0.0.1:8443\", candidates: ["
                + listed(count, ", ", i -> "\"n" + i + ".example:8443\"")
                + "]}\n",
        "overlay.candidates: has 4097 entries, more than 4096");
  }

  @Test
  void wordsOfAProbesCommand() {
    bound(
        Bounds.PROBE_WORDS,
        count ->
            shop(
                "    backends: [\"http://10.0.0.7:80\"]\n    probe: {exec: [/bin/true"
                    + listed(count - 1, "", i -> ", w" + i)
                    + "]}\n"),
        "services.shop.probe.exec: has 65 entries, more than 64");
  }

  @Test
  void theShortestIntervalOfAProbe() {
    assertThat(
            folder.problems(
                shop(
                    "    backends: [\"http://a:80\"]\n    probe: {tcp: true, interval: 50ms, timeout: 50ms}\n")))
        .isEmpty();
    assertThat(
            folder.problems(
                shop(
                    "    backends: [\"http://a:80\"]\n    probe: {tcp: true, interval: 49ms, timeout: 40ms}\n")))
        .singleElement()
        .satisfies(text -> assertThat(text).contains("interval", "50ms"));
  }

  @Test
  void aPrefixThatPlaneOneWouldNotAnnounce() {
    for (String prefix :
        new String[] {"128.0.0.0/7", "224.0.0.0/24", "127.1.0.0/16", "fe80::/16"}) {
      assertThat(folder.problems(ingress(1, 1).replace("198.51.0.0/24", "\"" + prefix + "\"")))
          .as(prefix)
          .singleElement()
          .satisfies(text -> assertThat(text).contains("ingress.prefixes[0]: anycast prefix"));
    }
  }
}
