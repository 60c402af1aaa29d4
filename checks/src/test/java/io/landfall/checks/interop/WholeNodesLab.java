package io.landfall.checks.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.checks.interop.ReflectorRig.Overlay;
import io.landfall.checks.lab.LabRequirements;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The guide followed word by word: its BIRD, and two whole nodes from its node config, which find
 * each other through the reflector, prove themselves to each other, and forward in one hop. Over
 * IPv4, and with the IPv6 block of the guide over IPv6.
 */
class WholeNodesLab {
  /** Two whole nodes start at once on a machine that has other things to do. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path dir;

  private @Nullable ReflectorRig rig;
  private Overlay at = Overlay.IPV4;

  @AfterEach
  void nothingStays() {
    if (rig != null) {
      rig.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void twoNodesForwardToEachOtherThroughWhatTheGuideSays(boolean ipv6) throws IOException {
    LabRequirements.require("ip-netns-root", "tcp-md5", "bird", "python3", "curl");
    ReflectorRig made = new ReflectorRig(dir);
    rig = made;
    at = ipv6 ? Overlay.IPV6 : Overlay.IPV4;
    routed(made);
    CertificateAuthority ca = CertificateAuthority.generate("lab", System.currentTimeMillis());
    Path birdConfig = GuidePage.REFLECTORS.write(dir, StockReflector.BIRD.guide(ipv6));
    ChildProcess bird = StockReflector.BIRD.start(made.reflector, dir, birdConfig);
    backend(made.nyc);
    UnaryOperator<String> family = ipv6 ? WholeNodesLab::overIpv6 : UnaryOperator.identity();
    WholeNode fra = node(made.fra, ca, "fra", family);
    WholeNode nyc = node(made.nyc, ca, "nyc", text -> likewise(family.apply(text)));

    awaitAnswer(made.fra, "from nyc", fra.process(), nyc.process(), bird);
    assertThat(fra.tell("explain", "http://shop.example/")).contains("nyc");
    assertThat(fra.tell("show", "routes")).contains(at.service()).contains("rr1");
    assertThat(fra.tell("show", "peers")).contains("rr1").contains("established");
    assertThat(fra.tell("show", "routes", "for", at.service(), "all", "--json"))
        .as("NEXT_HOP as every address is written")
        .contains("\"nextHop\":\"" + at.nyc() + "\"")
        .doesNotContain(":0:0:0");

    // Without the reflector nothing is known; with it again, all is.
    bird.kill();
    awaitAnswer(made.fra, "503", fra.process(), nyc.process(), bird);
    bird = StockReflector.BIRD.start(made.reflector, dir, birdConfig);
    awaitAnswer(made.fra, "from nyc", fra.process(), nyc.process(), bird);

    // A drain of the node: still served, since nobody else has it; then it is gone for good.
    nyc.tell("drain", "service", "shop");
    Await.until(
        "DRAINING at fra",
        () -> fra.tell("show", "routes", "--json").contains("DRAINING"),
        () -> fra.tell("show", "routes", "--json"));
    awaitAnswer(made.fra, "from nyc", fra.process(), nyc.process(), bird);
    nyc.process().kill();
    awaitAnswer(made.fra, "503", fra.process(), nyc.process(), bird);
  }

  private void routed(ReflectorRig made) {
    if (at.equals(Overlay.IPV6)) {
      made.reflector.must("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
      made.fra.addRoute("::/0", "2001:db8:1::1");
      made.nyc.addRoute("::/0", "2001:db8:2::1");
    } else {
      made.reflector.must("sysctl", "-qw", "net.ipv4.ip_forward=1");
      made.fra.addRoute("default", "192.0.2.1");
      made.nyc.addRoute("default", "198.51.100.1");
    }
  }

  /** The guide's config of fra with the guide's IPv6 addresses, and with no IPv4 address left. */
  private static String overIpv6(String text) {
    String ipv6 =
        text.replace("10.32.0.0/23", "\"fd00:32::/112\"")
            .replace("10.32.0.250", "\"fd00:32::fa\"")
            .replace("10.32.0.1}", "\"fd00:32::1\"}")
            .replace("10.32.1.10", "\"fd00:32::10a\"")
            .replace("192.0.2.1,", "\"2001:db8:1::1\",")
            .replace("192.0.2.2:", "[2001:db8:1::2]:");
    assertThat(ipv6).doesNotContain("192.0.2.").doesNotContain("10.32.");
    return ipv6;
  }

  private static String likewise(String text) {
    return text.replace("fra", "nyc")
        .replace("10.32.0.1}", "10.32.0.2}")
        .replace("fd00:32::1\"", "fd00:32::2\"")
        .replace("192.0.2.", "198.51.100.")
        .replace("2001:db8:1:", "2001:db8:2:")
        .replace("[shop.example]", "[shop.example], backends: [\"http://127.0.0.1:9000\"]");
  }

  private void awaitAnswer(NetworkNamespace from, String wanted, ChildProcess... logs) {
    Await.until(
        PATIENCE,
        "the answer at fra is " + wanted,
        () -> ask(from).contains(wanted),
        () ->
            ask(from)
                + Stream.of(logs).map(ChildProcess::output).collect(Collectors.joining("\n")));
  }

  private String ask(NetworkNamespace from) {
    String edge = at.equals(Overlay.IPV6) ? "[2001:db8:1::2]" : "192.0.2.2";
    return from.run(
        "curl", "-s", "-m", "5", "-i", "-H", "Host: shop.example", "http://" + edge + ":8080/");
  }

  private void backend(NetworkNamespace host) throws IOException {
    Path files = Files.createDirectory(dir.resolve("www"));
    Files.writeString(files.resolve("index.html"), "from nyc\n");
    host.start(
        "backend",
        dir,
        List.of(
            "/usr/bin/python3",
            "-m",
            "http.server",
            "9000",
            "--bind",
            "127.0.0.1",
            "--directory",
            files.toString()));
  }

  private WholeNode node(
      NetworkNamespace host, CertificateAuthority ca, String name, UnaryOperator<String> change)
      throws IOException {
    return WholeNode.start(
        host,
        dir,
        ca,
        new NodeName(name),
        Block.parse(at.block()).parseHost(name.equals("fra") ? at.fra() : at.nyc()),
        name.equals("nyc") ? List.of(new ServiceName("shop")) : List.of(),
        folder ->
            GuidePage.REFLECTORS.write(
                folder, "node-fra.yaml", text -> change.apply(text).replace("rr1.key", "md5.key")));
  }
}
