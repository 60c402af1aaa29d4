package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.ConfigResult;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.node.NodeCheck.Purpose;
import io.landfall.trust.Credentials;
import io.landfall.trust.TrustDomain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a check finds is what a start finds: one way for both. */
class NodeCheckTest {
  @TempDir Path folder;
  private TestWorld world;
  private InetSocketAddress overlay;
  private InetSocketAddress http;
  private Path file;

  @BeforeEach
  void aGoodConfig() throws IOException {
    world = new TestWorld(folder);
    overlay = world.free(1);
    http = world.free(1);
    node(world.ca.issue(request("fra").withValidity(now() - 1_000, now() + TestWorld.DAY_MILLIS)));
    CertificateAuthority.save(
        world.ca.issue(CertificateRequest.site(List.of("shop.test"), now(), TestWorld.DAY_MILLIS)),
        folder.resolve("site.pem"),
        folder.resolve("site.key"));
    file = folder.resolve("fra.yaml");
    write("http://192.0.2.7:80", "tcp: true");
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  private static CertificateRequest request(String name) {
    return TestWorld.request(name, 1, "shop");
  }

  private void node(Credentials own) throws IOException {
    Files.deleteIfExists(folder.resolve("fra.pem"));
    Files.deleteIfExists(folder.resolve("fra.key"));
    CertificateAuthority.save(own, folder.resolve("fra.pem"), folder.resolve("fra.key"));
  }

  private void write(String backend, String probe) throws IOException {
    Files.writeString(folder.resolve("revoked"), "");
    Files.writeString(
        file,
        """
        node: {name: fra, identity: 10.32.0.1}
        overlay: {block: 10.32.0.0/23, listen: "OVERLAY"}
        trust:
          domain: landfall.test
          ca: ca.pem
          certificate: fra.pem
          key: fra.key
          revoked: revoked
        edge:
          listen:
            - address: "EDGE"
              tls: {certificate: site.pem, key: site.key}
        services:
          shop:
            identity: 10.32.1.10
            hosts: [shop.test]
            backends: ["BACKEND"]
            probe: {PROBE}
        admin: {socket: fra.sock}
        """
            .replace("OVERLAY", TestSite.text(overlay))
            .replace("EDGE", TestSite.text(http))
            .replace("BACKEND", backend)
            .replace("PROBE", probe));
  }

  private void swap(String from, String to) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  /** The one problem, which a run and a start have too. */
  private ConfigProblem onlyProblem() {
    NodeCheck check = NodeCheck.of(file, Purpose.CHECK_HERE);
    assertThat(check.isStartable()).as(check.lines().toString()).isFalse();
    assertThat(timeless(NodeCheck.of(file, Purpose.RUN).lines()))
        .isEqualTo(timeless(check.lines()));
    assertThat(check.problems()).hasSize(1);
    ConfigProblem problem = check.problems().getFirst();
    assertThat(problem.line()).isPositive();
    assertThat(problem.file()).isEqualTo(file.toString());
    if (ConfigLoader.load(file) instanceof ConfigResult.Valid valid) {
      assertThatThrownBy(() -> Node.start(valid.config(), () -> {}))
          .isInstanceOf(StartFailed.class)
          .satisfies(
              e ->
                  assertThat(timeless(List.of(String.valueOf(e.getMessage()))).getFirst())
                      .contains(timeless(List.of(problem.rule())).getFirst()));
    }
    return problem;
  }

  /** Without what a clock showed: each look at it is a moment later. */
  private static List<String> timeless(List<String> lines) {
    return lines.stream().map(line -> line.replaceAll("clock shows \\S+Z", "clock")).toList();
  }

  private ConfigProblem onlyWarning() {
    NodeCheck check = NodeCheck.of(file, Purpose.CHECK_HERE);
    assertThat(check.problems()).isEmpty();
    assertThat(check.warnings()).hasSize(1);
    assertThat(check.warnings().getFirst().line()).isPositive();
    return check.warnings().getFirst();
  }

  @Test
  void aGoodConfigHasNeitherProblemNorWarning() {
    assertThat(NodeCheck.of(file, Purpose.CHECK_HERE).lines()).isEmpty();
    assertThat(NodeCheck.of(file, Purpose.RUN).plan()).isPresent();
  }

  @Test
  void aCertificateThatHasExpiredOrIsNotYetValidIsFound() throws IOException {
    node(world.ca.issue(request("fra").withValidity(now() - 900_000, now() - 800_000)));
    assertThat(onlyProblem().key()).isEqualTo("trust.certificate");
    node(world.ca.issue(request("fra").withValidity(now() + 800_000, now() + 900_000)));
    assertThat(onlyProblem().key()).isEqualTo("trust.certificate");
  }

  @Test
  void theCertificateOfAnotherNodeIsFound() throws IOException {
    node(world.ca.issue(request("nyc")));
    ConfigProblem problem = onlyProblem();
    assertThat(problem.key()).isEqualTo("trust.certificate");
    assertThat(problem.rule()).contains("nyc");
    assertThat(problem.fix()).isNotEmpty();
  }

  @Test
  void aKeyThatIsNotTheCertificatesIsFound() throws IOException {
    String certificate = Files.readString(folder.resolve("fra.pem"));
    node(world.ca.issue(request("fra").withValidity(now() - 1_000, now() + 600_000)));
    Files.writeString(folder.resolve("fra.pem"), certificate);
    assertThat(onlyProblem().rule())
        .contains("the key does not belong to the first certificate of");
  }

  @Test
  void aCertificateOfAnotherTrustDomainIsFound() throws IOException {
    node(
        world.ca.issue(
            CertificateRequest.node(
                new TrustDomain("other.test"),
                new NodeName("fra"),
                TestWorld.identity(1),
                List.of(new ServiceName("shop")),
                now(),
                600_000)));
    ConfigProblem problem = onlyProblem();
    assertThat(problem.key()).isEqualTo("trust.certificate");
    assertThat(problem.rule()).contains("other.test");
  }

  @Test
  void swappedFilesAreFound() throws IOException {
    swap("certificate: fra.pem", "certificate: fra.key");
    swap("  key: fra.key", "  key: fra.pem");
    ConfigProblem problem = onlyProblem();
    assertThat(problem.key()).isEqualTo("trust.certificate");
    assertThat(problem.rule()).contains("swapped?");
  }

  @Test
  void whatToDoFitsTheRuleThatTheOwnCertificateBreaks() throws IOException {
    CertificateAuthority other = CertificateAuthority.generate("Other CA", now());
    node(other.issue(request("fra").withValidity(now() - 1_000, now() + 600_000)));
    assertThat(onlyProblem().fix()).startsWith("add that CA's certificate to trust.ca, or ");
    node(world.ca.issue(request("fra").withValidity(now() - 60_000, now() - 1_000)));
    assertThat(onlyProblem().fix()).isEmpty();
    node(world.ca.issue(request("fra").withValidity(now() - 1_000, now() + 600_000)));
    swap("domain: landfall.test", "domain: other.test");
    assertThat(onlyProblem().fix()).startsWith("correct trust.domain, or ");
    swap("domain: other.test", "domain: landfall.test");
    swap("ca: ca.pem", "ca: fra.pem");
    assertThat(onlyProblem())
        .satisfies(
            problem -> {
              assertThat(problem.key()).isEqualTo("trust.ca");
              assertThat(problem.rule()).startsWith(folder.resolve("fra.pem") + ": ");
              assertThat(problem.fix()).isNotEmpty();
            });
    swap("ca: fra.pem", "ca: ca.pem");
    String chain = Files.readString(folder.resolve("fra.pem"));
    Files.writeString(
        folder.resolve("fra.pem"), Files.readString(folder.resolve("ca.pem")) + chain);
    assertThat(onlyProblem().rule()).endsWith("put the certificate of the key first");
  }

  @Test
  void anAdminSocketThatCannotBeMadeIsFound() throws IOException {
    Files.writeString(folder.resolve("plain"), "");
    swap("socket: fra.sock", "socket: plain/fra.sock");
    ConfigProblem problem = onlyProblem();
    assertThat(problem.key()).isEqualTo("admin.socket");
    assertThat(problem.rule()).contains(folder.resolve("plain") + " is no folder");
  }

  @Test
  void anAdminSocketWhereNobodyCanMakeAFileIsFound() throws IOException {
    swap("socket: fra.sock", "socket: /proc/x.sock");
    ConfigProblem problem = onlyProblem();
    assertThat(problem.key()).isEqualTo("admin.socket");
    assertThat(problem.rule())
        .isEqualTo(
            "the admin socket /proc/x.sock cannot be created: no file can be made in /proc:"
                + " its file system takes no new ones; choose another admin.socket");
    swap("socket: /proc/x.sock", "socket: /proc/none/x.sock, socket-group: root");
    assertThat(onlyProblem().rule()).contains("no file can be made in /proc: ");
  }

  @Test
  void theFolderOfAnAdminSocketThatANodeMakesIsFineAndNotMade() throws IOException {
    swap("socket: fra.sock", "socket: run/deep/fra.sock");
    List<String> before = names();
    assertThat(NodeCheck.of(file, Purpose.CHECK_HERE).lines()).isEmpty();
    assertThat(names()).isEqualTo(before);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(Path::toString).sorted().toList();
    }
  }

  @Test
  void whatANodeCannotWriteThoughItStartsIsAWarning() throws IOException {
    swap("socket: fra.sock", "socket: fra.sock, state-file: /proc/operator.state");
    swap("admin: {", "cache: {purge-log: purges}\nadmin: {");
    assertThat(onlyWarning())
        .satisfies(
            warning -> {
              assertThat(warning.key()).isEqualTo("admin.state-file");
              assertThat(warning.rule())
                  .isEqualTo("no file can be made in /proc: its file system takes no new ones");
              assertThat(warning.fix()).isNotEmpty();
            });
    swap("state-file: /proc/operator.state", "state-file: none/operator.state");
    assertThat(onlyWarning().rule()).isEqualTo("there is no folder " + folder.resolve("none"));
    swap(", state-file: none/operator.state", "");
    assertThat(NodeCheck.of(file, Purpose.CHECK_HERE).lines()).isEmpty();
    assertThat(folder.resolve("purges")).doesNotExist();
    for (String key : List.of("updates", "table")) {
      String mrt = "watch: {mrt: {" + key + ": /proc/mrt}}\n";
      Files.writeString(file, mrt, StandardOpenOption.APPEND);
      assertThat(onlyWarning().key()).isEqualTo("watch.mrt." + key);
      swap(mrt, "");
    }
  }

  @Test
  void aLogOfPurgesWhereNobodyCanMakeAFileIsFound() throws IOException {
    swap("admin: {", "cache: {purge-log: /proc/purges}\nadmin: {");
    ConfigProblem problem = onlyProblem();
    assertThat(problem.key()).isEqualTo("cache.purge-log");
    assertThat(problem.rule()).startsWith("no file can be made in /proc: ");
  }

  @Test
  void aGroupThatThereIsNotIsFound() throws IOException {
    swap("socket: fra.sock", "socket: fra.sock, socket-group: no-such-group");
    ConfigProblem problem = onlyProblem();
    assertThat(problem.key()).isEqualTo("admin.socket-group");
    assertThat(problem.rule()).contains("this machine has no group 'no-such-group'");
  }

  @Test
  void aGroupThatThereIsNotIsFoundAlsoWhileANodeRuns() throws Exception {
    Node running = Node.start(((ConfigResult.Valid) ConfigLoader.load(file)).config(), () -> {});
    try {
      swap("socket: fra.sock", "socket: fra.sock, socket-group: no-such-group");
      assertThat(NodeCheck.of(file, Purpose.CHECK_HERE).problems())
          .extracting(ConfigProblem::key)
          .containsExactly("admin.socket-group");
    } finally {
      running.close();
    }
  }

  @Test
  void anAddressToConnectFromThatIsNotHereIsAWarning() throws IOException {
    Files.writeString(
        file,
        """
        ingress:
          prefixes: [198.51.100.0/24]
          upstreams: [{address: 192.0.2.1, asn: 64500, local-asn: 64496, local-address: 203.0.113.77}]
        """,
        StandardOpenOption.APPEND);
    ConfigProblem warning = onlyWarning();
    assertThat(warning.key()).isEqualTo("ingress.upstreams[0].local-address");
    assertThat(warning.rule()).contains("203.0.113.77");
  }

  @Test
  void aBrokenListOfRevocationsIsFound() throws IOException {
    Files.writeString(folder.resolve("revoked"), "# fine\nnonsense\n");
    ConfigProblem problem = onlyProblem();
    assertThat(problem.key()).isEqualTo("trust.revoked");
    assertThat(problem.rule()).contains("revoked:2");
  }

  @Test
  void aStateFileThatCannotBeReadIsFoundWhereTheNodeRuns() throws IOException {
    Files.writeString(folder.resolve("operator-fra.state"), "drai");
    ConfigProblem problem = onlyProblem();
    assertThat(problem.key()).isEqualTo("admin.state-file");
    assertThat(problem.rule()).contains("'drai'").contains("remove it");
    assertThat(NodeCheck.of(file, Purpose.CHECK_ELSEWHERE).lines()).isEmpty();
  }

  @Test
  void aProgramThatIsNotThereIsFound() throws IOException {
    write("http://192.0.2.7:80", "exec: no-such-program-of-landfall");
    assertThat(onlyProblem().key()).isEqualTo("services.shop.probe.exec");
    write("http://192.0.2.7:80", "exec: \"true\"");
    assertThat(NodeCheck.of(file, Purpose.CHECK_HERE).lines()).isEmpty();
  }

  @Test
  void authoritiesOfAProbeThatCannotBeReadAreFound() throws IOException {
    Files.writeString(folder.resolve("backends.pem"), "nothing\n");
    write("http://192.0.2.7:80", "tcp: true, tls: true, tls-ca: backends.pem");
    ConfigProblem problem = onlyProblem();
    assertThat(problem.key()).isEqualTo("services.shop.probe.tls-ca");
    assertThat(problem.rule()).contains("backends.pem");
  }

  @Test
  void aPortThatIsInUseIsFoundAndNothingListensForIt() throws IOException {
    try (ServerSocket _ = new ServerSocket(http.getPort(), 1, http.getAddress())) {
      ConfigProblem problem = onlyProblem();
      assertThat(problem.key()).isEqualTo("edge.listen[0].address");
      assertThat(problem.rule()).contains("in use");
    }
    try (DatagramChannel other = DatagramChannel.open()) {
      other.bind(overlay);
      assertThat(onlyProblem().key()).isEqualTo("overlay.bfd");
    }
    assertThat(NodeCheck.of(file, Purpose.CHECK_HERE).lines()).isEmpty();
  }

  @Test
  void anAddressOfAnotherMachineIsAProblemHereAndNoneElsewhere() throws IOException {
    swap(TestSite.text(http), "192.0.2.1:80");
    assertThat(onlyProblem().key()).isEqualTo("edge.listen[0].address");
    assertThat(NodeCheck.of(file, Purpose.CHECK_ELSEWHERE).lines()).isEmpty();
  }

  @Test
  void whereTheNodeRunsAlreadyItsPortsAreInUseByRight() throws Exception {
    ConfigResult loaded = ConfigLoader.load(file);
    try (Node _ = Node.start(((ConfigResult.Valid) loaded).config(), () -> {})) {
      assertThat(onlyWarning().key()).isEqualTo("admin.socket");
      assertThat(NodeCheck.of(file, Purpose.RUN).problems())
          .extracting(ConfigProblem::key)
          .contains("admin.socket", "overlay.listen", "overlay.bfd", "edge.listen[0].address");
    }
  }

  @Test
  void anAdminSocketOfAnotherNodeIsAProblemAndThePortsAreTried() throws Exception {
    ConfigResult loaded = ConfigLoader.load(file);
    try (Node _ = Node.start(((ConfigResult.Valid) loaded).config(), () -> {})) {
      Files.createDirectory(folder.resolve("own"));
      node(world.ca.issue(TestWorld.request("nyc", 2, "shop")));
      swap("name: fra, identity: 10.32.0.1", "name: nyc, identity: 10.32.0.2");
      swap("socket: fra.sock", "socket: fra.sock, state-file: own/operator.state");
      NodeCheck check = NodeCheck.of(file, Purpose.CHECK_HERE);
      assertThat(check.warnings()).isEmpty();
      assertThat(check.problems())
          .extracting(ConfigProblem::key)
          .containsExactlyInAnyOrder(
              "overlay.listen", "overlay.bfd", "edge.listen[0].address", "admin.socket");
      ConfigProblem socket = check.problems().getLast();
      assertThat(socket.rule())
          .isEqualTo(
              "the admin socket "
                  + folder.resolve("fra.sock")
                  + " is in use by node fra (10.32.0.1)");
      assertThat(socket.fix()).isEqualTo("stop that one, or choose another admin.socket");
      assertThat(NodeCheck.of(file, Purpose.RUN).lines()).isEqualTo(check.lines());
    }
  }

  @Test
  void aServiceThatTheCertificateDoesNotNameIsAWarning() throws IOException {
    node(world.ca.issue(TestWorld.request("fra", 1)));
    assertThat(onlyWarning().key()).isEqualTo("services.shop");
    swap("  revoked: revoked", "  revoked: revoked\n  entitlements: {fra: [shop]}");
    assertThat(NodeCheck.of(file, Purpose.CHECK_HERE).lines()).isEmpty();
  }

  @Test
  void aKeyThatOthersCanReadIsAWarning() throws IOException {
    Files.setPosixFilePermissions(
        folder.resolve("fra.key"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(onlyWarning().key()).isEqualTo("trust.key");
    Files.setPosixFilePermissions(
        folder.resolve("fra.key"), PosixFilePermissions.fromString("rw-r-----"));
    Files.setPosixFilePermissions(
        folder.resolve("site.key"), PosixFilePermissions.fromString("rw----r--"));
    assertThat(onlyWarning().key()).isEqualTo("edge.listen[0].tls");
  }

  @Test
  void aSiteCertificateThatHasExpiredIsAWarning() throws IOException {
    Files.delete(folder.resolve("site.pem"));
    Files.delete(folder.resolve("site.key"));
    CertificateAuthority.save(
        world.ca.issue(
            CertificateRequest.site(List.of("shop.test"), now(), 600_000)
                .withValidity(now() - 900_000, now() - 800_000)),
        folder.resolve("site.pem"),
        folder.resolve("site.key"));
    assertThat(onlyWarning().rule()).contains("expired at");
  }

  @Test
  void aCertificateThatEndsWithinTheHourIsAWarning() throws IOException {
    node(world.ca.issue(request("fra").withValidity(now() - 1_000, now() + 3_590_000)));
    assertThat(onlyWarning().key()).isEqualTo("trust.certificate");
    assertThat(onlyWarning().rule()).contains("fra.pem ends at ").endsWith("in 59 minutes");
    node(world.ca.issue(request("fra").withValidity(now() - 1_000, now() + 3_660_000)));
    assertThat(NodeCheck.of(file, Purpose.CHECK_HERE).lines()).isEmpty();

    Files.delete(folder.resolve("site.pem"));
    Files.delete(folder.resolve("site.key"));
    CertificateAuthority.save(
        world.ca.issue(CertificateRequest.site(List.of("shop.test"), now(), 600_000)),
        folder.resolve("site.pem"),
        folder.resolve("site.key"));
    assertThat(onlyWarning().key()).isEqualTo("edge.listen[0].tls");
    assertThat(onlyWarning().rule()).contains("site.pem ends at ");
  }

  @Test
  void aHostThatNoCertificateOfAListenerCoversIsAWarning() throws IOException {
    swap("hosts: [shop.test]", "hosts: [shop.test, other.test, \"*.shop.test\"]");
    ConfigProblem warning = onlyWarning();
    assertThat(warning.key()).isEqualTo("edge.listen[0].tls");
    assertThat(warning.rule()).contains("covers other.test, *.shop.test: over TLS").contains("421");
    swap("edge:\n", "edge:\n  tls-hosts: any\n");
    assertThat(NodeCheck.of(file, Purpose.CHECK_HERE).lines()).isEmpty();
  }

  @Test
  void whatBackendsAreVerifiedWithIsReadBeforeTheStart() throws IOException {
    write("https://192.0.2.7:8443", "tcp: true");
    swap(
        "    probe:",
        "    backend-tls: {ca: ca.pem, certificate: fra.pem, key: fra.key}\n    probe:");
    assertThat(NodeCheck.of(file, Purpose.CHECK_HERE).lines()).isEmpty();
    swap("{ca: ca.pem,", "{ca: revoked,");
    assertThat(onlyProblem().key()).isEqualTo("services.shop.backend-tls.ca");
    assertThat(onlyProblem().rule()).contains("it holds no CERTIFICATE block");
    swap("{ca: revoked, certificate: fra.pem", "{certificate: ca.pem");
    assertThat(onlyProblem().key()).isEqualTo("services.shop.backend-tls.certificate");
  }

  @Test
  void aNameThatDoesNotResolveIsAWarning() throws IOException {
    write("http://no-such-host.invalid:80", "tcp: true");
    ConfigProblem warning = onlyWarning();
    assertThat(warning.key()).isEqualTo("services.shop.backends");
    assertThat(warning.rule()).contains("no-such-host.invalid does not resolve");
  }

  @Test
  void aCandidateWhoseNameDoesNotResolveIsAWarning() throws IOException {
    write("http://192.0.2.7:80", "tcp: true");
    swap("overlay: {", "overlay: {candidates: ['no-such-node.invalid:7443'], ");
    ConfigProblem warning = onlyWarning();
    assertThat(warning.key()).isEqualTo("overlay.candidates");
    assertThat(warning.rule()).contains("no-such-node.invalid does not resolve");
  }

  @Test
  void theListenerOfPurgesIsTriedToo() throws IOException {
    write("http://192.0.2.7:80", "tcp: true");
    Path token = Files.writeString(folder.resolve("token"), "0123456789abcdef0123456789abcdef");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      swap(
          "admin: {",
          "admin: {purge: '127.0.0.1:" + taken.getLocalPort() + "', purge-token-file: token, ");
      assertThat(onlyProblem().key()).isEqualTo("admin.purge");
      assertThat(onlyProblem().rule()).contains("in use");
    }
  }

  @Test
  void allThatIsWrongStandsInOneReport() throws IOException {
    Files.writeString(folder.resolve("site.key"), "nothing\n");
    write("http://192.0.2.7:80", "exec: no-such-program-of-landfall");
    Files.writeString(folder.resolve("revoked"), "nonsense\n");
    try (ServerSocket _ = new ServerSocket(overlay.getPort(), 1, overlay.getAddress())) {
      assertThat(NodeCheck.of(file, Purpose.CHECK_HERE).problems())
          .extracting(ConfigProblem::key)
          .containsExactly(
              "overlay.listen", "trust.revoked", "edge.listen[0].tls", "services.shop.probe.exec");
    }
  }
}
