package io.landfall.checks.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.lab.Await;
import io.landfall.checks.lab.LabProcess;
import io.landfall.checks.lab.LabRequirements;
import io.landfall.checks.lab.NetworkNamespace;
import io.landfall.cli.Main;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.trust.TrustDomain;
import io.landfall.trust.ca.CertificateAuthority;
import io.landfall.trust.ca.CertificateRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The guide followed word by word: its BIRD, and two whole nodes from its node config, which find
 * each other through the reflector, prove themselves to each other, and forward in one hop.
 */
class WholeNodesLab {
  /** Two whole nodes start at once on a machine that has other things to do. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final TrustDomain DOMAIN = new TrustDomain("cdn.example");

  @TempDir Path dir;

  private @Nullable ReflectorRig rig;

  @AfterEach
  void nothingStays() {
    if (rig != null) {
      rig.close();
    }
  }

  @Test
  void twoNodesForwardToEachOtherThroughWhatTheGuideSays() throws IOException {
    LabRequirements.require("ip-netns-root", "tcp-md5", "bird");
    ReflectorRig made = new ReflectorRig(dir);
    rig = made;
    made.reflector.must("sysctl", "-qw", "net.ipv4.ip_forward=1");
    made.fra.addRoute("default", "192.0.2.1");
    made.nyc.addRoute("default", "198.51.100.1");
    CertificateAuthority ca = CertificateAuthority.generate("lab", System.currentTimeMillis());
    Path birdConfig = GuidePage.write(dir, "bird.conf");
    LabProcess bird = StockReflector.BIRD.start(made.reflector, dir, birdConfig);
    backend(made.nyc);
    LabProcess fra = node(made.fra, ca, "fra", UnaryOperator.identity());
    UnaryOperator<String> likewise =
        text ->
            text.replace("fra", "nyc")
                .replace("10.32.0.1}", "10.32.0.2}")
                .replace("192.0.2.", "198.51.100.")
                .replace("[shop.example]", "[shop.example], backends: [\"http://127.0.0.1:9000\"]");
    LabProcess nyc = node(made.nyc, ca, "nyc", likewise);

    awaitAnswer(made.fra, "from nyc", fra, nyc, bird);
    assertThat(tell("fra", "explain", "http://shop.example/")).contains("nyc");
    assertThat(tell("fra", "show", "routes")).contains("10.32.1.10").contains("rr1");
    assertThat(tell("fra", "show", "peers")).contains("rr1").contains("established");

    // Without the reflector nothing is known; with it again, all is.
    bird.kill9();
    awaitAnswer(made.fra, "503", fra, nyc, bird);
    bird = StockReflector.BIRD.start(made.reflector, dir, birdConfig);
    awaitAnswer(made.fra, "from nyc", fra, nyc, bird);

    // A drain of the node: still served, since nobody else has it; then it is gone for good.
    tell("nyc", "drain", "service", "shop");
    Await.until(
        "DRAINING at fra",
        () -> tell("fra", "show", "routes", "--json").contains("DRAINING"),
        () -> tell("fra", "show", "routes", "--json"));
    awaitAnswer(made.fra, "from nyc", fra, nyc, bird);
    nyc.kill9();
    awaitAnswer(made.fra, "503", fra, nyc, bird);
  }

  private static void awaitAnswer(NetworkNamespace at, String wanted, LabProcess... logs) {
    Await.until(
        PATIENCE,
        "the answer at fra is " + wanted,
        () -> ask(at).contains(wanted),
        () -> ask(at) + Stream.of(logs).map(LabProcess::output).collect(Collectors.joining("\n")));
  }

  private static String ask(NetworkNamespace at) {
    return at.run(
        "curl", "-s", "-m", "5", "-i", "-H", "Host: shop.example", "http://192.0.2.2:8080/");
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

  private LabProcess node(
      NetworkNamespace host, CertificateAuthority ca, String name, UnaryOperator<String> change)
      throws IOException {
    Path folder = Files.createDirectory(dir.resolve(name));
    long now = System.currentTimeMillis();
    ca.save(folder.resolve("ca.pem"), folder.resolve("ca.key"));
    CertificateRequest request =
        CertificateRequest.node(
            DOMAIN,
            new NodeName(name),
            Block.parse("10.32.0.0/23").parseHost(name.equals("fra") ? "10.32.0.1" : "10.32.0.2"),
            name.equals("nyc") ? List.of(new ServiceName("shop")) : List.of(),
            now,
            TimeUnit.DAYS.toMillis(1));
    CertificateAuthority.save(
        ca.issue(request), folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
    Files.writeString(folder.resolve("rr1.key"), "swordfish\n");
    Path config = GuidePage.write(folder, "node-fra.yaml", change);
    // Surefire hides the class path behind a jar of its own.
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
    return host.start(
        name,
        dir,
        List.of(
            Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            classPath,
            Main.class.getName(),
            "run",
            "-c",
            config.toString()));
  }

  private String tell(String node, String... command) {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    String[] arguments = new String[2 + command.length];
    arguments[0] = "--socket";
    arguments[1] = dir.resolve(node).resolve(node + ".sock").toString();
    System.arraycopy(command, 0, arguments, 2, command.length);
    Main.run(writer, writer, arguments);
    writer.flush();
    return text.toString();
  }
}
