package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.CommandResult;
import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigResult;
import io.landfall.config.NodeConfig;
import io.landfall.core.Clock;
import io.landfall.edge.tls.ServerNames;
import io.landfall.edge.tls.TicketKeys;
import io.landfall.edge.tls.TlsStore;
import io.landfall.trust.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of changed files of certificates is put in force, and when. */
class CertificateWatchTest {
  private static final long START = System.currentTimeMillis();

  @TempDir Path folder;
  private final CapturedLog log = new CapturedLog();
  private final CertificateAuthority ca = CertificateAuthority.generate("Test", START);
  private long now = START;
  private TlsStore store;
  private WatchedListener listener;
  private ServerNames atStart;

  private final Clock clock =
      new Clock() {
        @Override
        public long monotonicNanos() {
          return TimeUnit.MILLISECONDS.toNanos(now);
        }

        @Override
        public long wallMillis() {
          return now;
        }
      };

  @BeforeEach
  void aListenerWithTwoCertificates() throws IOException {
    ca.save(folder.resolve("ca.pem"), folder.resolve("ca.key"));
    CertificateAuthority.save(
        ca.issue(TestWorld.request("fra", 1)),
        folder.resolve("fra.pem"),
        folder.resolve("fra.key"));
    write("a", made("a.test", 90));
    write("b", made("b.test", 90));
    NodeConfig config = config("");
    ListenerCertificates certificates = ListenerCertificates.of(config, 0);
    atStart = certificates.load(clock, new Findings(config)).orElseThrow().names();
    store = new TlsStore(atStart);
    listener =
        new WatchedListener(
            config,
            config.edge().orElseThrow().listen().getFirst(),
            certificates,
            store,
            Instant.ofEpochMilli(now));
    listener.look(clock);
    listener.look(clock);
    assertThat(store.inForce()).as("the same files are no change").isSameAs(atStart);
  }

  @AfterEach
  void stop() {
    log.close();
  }

  private NodeConfig config(String more) throws IOException {
    Path file = folder.resolve("fra.yaml");
    Files.writeString(
        file,
        """
        node: {name: fra, identity: 10.32.0.1}
        overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:1"}
        trust: {domain: landfall.test, ca: ca.pem, certificate: fra.pem, key: fra.key}
        edge:
          listen:
            - address: "127.0.0.1:2"
              tls:
                certificates: [{certificate: a.pem, key: a.key}, {certificate: b.pem, key: b.key}]
                %s
        services: {shop: {identity: 10.32.1.10, hosts: [c.test]}}
        admin: {socket: fra.sock}
        """
            .formatted(more));
    if (ConfigLoader.load(file) instanceof ConfigResult.Valid valid) {
      return valid.config();
    }
    throw new AssertionError(ConfigLoader.load(file).toString());
  }

  private Credentials made(String name, int days) {
    return ca.issue(
        CertificateRequest.site(List.of(name), START, 1)
            .withValidity(START - 1_000, START + Duration.ofDays(days).toMillis()));
  }

  /** Each file is replaced by another one, as most tools do. */
  private void write(String name, Credentials pair) throws IOException {
    Path made = Files.createTempDirectory(folder, "made");
    CertificateAuthority.save(pair, made.resolve("pem"), made.resolve("key"));
    move(made, name, "pem");
    move(made, name, "key");
  }

  private void move(Path from, String name, String kind) throws IOException {
    Files.move(
        from.resolve(kind),
        folder.resolve(name + "." + kind),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  private void looks(int count) {
    for (int i = 0; i < count; i++) {
      listener.look(clock);
    }
  }

  private String problem() {
    return listener.state().problem().orElse("");
  }

  @Test
  void anotherPairIsInForceAfterTwoLooksThatFoundTheSame() throws IOException {
    Credentials next = made("a.test", 90);
    write("a", next);
    looks(1);
    assertThat(store.inForce()).isSameAs(atStart);
    looks(1);
    assertThat(store.inForce().identities().getFirst().chain()).isEqualTo(next.chain());
    assertThat(store.inForce().identities().getLast()).isEqualTo(atStart.identities().getLast());
    looks(3);
    assertThat(log.with("certificates applied", "listener=127.0.0.1:2")).hasSize(1);
    assertThat(listener.state().applied()).isEqualTo(1);
    assertThat(listener.state().changed().orElseThrow().toEpochMilli()).isEqualTo(now);
  }

  @Test
  void aCertificateWaitsForItsKey() throws IOException {
    Path made = Files.createTempDirectory(folder, "made");
    Credentials next = made("a.test", 90);
    CertificateAuthority.save(next, made.resolve("pem"), made.resolve("key"));
    move(made, "a", "pem");
    looks(4);
    assertThat(store.inForce()).isSameAs(atStart);
    assertThat(problem())
        .contains(
            "edge.listen[0].tls.certificates[0]: ",
            "a.key: the key does not belong to the first certificate");
    assertThat(log.with("certificates not applied", "a.key")).hasSize(1);
    move(made, "a", "key");
    looks(2);
    assertThat(store.inForce().identities().getFirst().chain()).isEqualTo(next.chain());
    assertThat(problem()).isEmpty();
    assertThat(listener.state().refused()).isEqualTo(1);
  }

  @Test
  void aHalfWrittenFileAndOneThatIsGoneChangeNothing() throws IOException {
    Path file = folder.resolve("b.pem");
    String whole = Files.readString(file);
    Files.writeString(file, whole.substring(0, whole.length() / 2));
    looks(3);
    assertThat(problem()).contains("b.pem:1: the CERTIFICATE block that starts here does not end");
    Files.delete(file);
    looks(3);
    assertThat(problem()).contains("b.pem: there is no such file");
    assertThat(store.inForce()).isSameAs(atStart);
    assertThat(log.with("certificates not applied")).hasSize(2);
    Files.writeString(file, whole);
    looks(2);
    assertThat(problem()).isEmpty();
    assertThat(store.inForce()).as("what is in force all the time").isSameAs(atStart);
    assertThat(log.with("certificates applied")).as("that it is good again").hasSize(1);
  }

  @Test
  void whatCouldNotBeReadIsReadAgainAMinuteLaterThoughNoStampChanges() throws IOException {
    Path file = folder.resolve("b.pem");
    String whole = Files.readString(file);
    Files.writeString(file, "-".repeat(whole.length()));
    looks(2);
    assertThat(problem()).contains("b.pem");
    // As with rights that are set right: neither size, time nor number of the file shows it.
    FileTime before = Files.getLastModifiedTime(file);
    Files.writeString(file, whole);
    Files.setLastModifiedTime(file, before);
    looks(2);
    assertThat(problem()).contains("b.pem");
    now += TimeUnit.NANOSECONDS.toMillis(WatchedListener.AGAIN_NANOS);
    looks(1);
    assertThat(problem()).isEmpty();
    assertThat(listener.state().refused()).as("once for one change").isEqualTo(1);
  }

  @Test
  void aLinkThatIsTurnedIsAChange() throws IOException {
    // As Kubernetes mounts a secret: a.pem -> data/a.pem, data -> one or the other folder.
    Credentials next = made("a.test", 90);
    for (String kind : List.of("pem", "key")) {
      Path old = Files.createDirectories(folder.resolve("old")).resolve("a." + kind);
      Files.move(folder.resolve("a." + kind), old);
      Files.createSymbolicLink(folder.resolve("a." + kind), Path.of("data", "a." + kind));
    }
    Files.createDirectories(folder.resolve("new"));
    CertificateAuthority.save(next, folder.resolve("new/a.pem"), folder.resolve("new/a.key"));
    Files.createSymbolicLink(folder.resolve("data"), Path.of("old"));
    looks(2);
    assertThat(store.inForce()).isSameAs(atStart);
    Files.createSymbolicLink(folder.resolve("data2"), Path.of("new"));
    Files.move(folder.resolve("data2"), folder.resolve("data"), StandardCopyOption.ATOMIC_MOVE);
    looks(2);
    assertThat(store.inForce().identities().getFirst().chain()).isEqualTo(next.chain());
  }

  @Test
  void twoForOneNameAreRefusedWithBothFiles() throws IOException {
    write("b", made("a.test", 90));
    looks(2);
    assertThat(problem())
        .contains(folder.resolve("a.pem") + " and " + folder.resolve("b.pem"))
        .contains("are both for a.test, with keys of one kind");
    assertThat(store.inForce()).isSameAs(atStart);
  }

  @Test
  void hostsThatNoCertificateCoversAreWarnedOf() throws IOException {
    for (String unknown : List.of("default", "refuse")) {
      NodeConfig config = config("unknown-name: " + unknown);
      Findings findings = new Findings(config);
      ListenerCertificates certificates = ListenerCertificates.of(config, 0);
      certificates.coverage(certificates.load(clock, findings).orElseThrow().names(), findings);
      assertThat(findings.warnings())
          .singleElement()
          .asString()
          .contains("no certificate covers c.test")
          .contains(unknown.equals("refuse") ? "their handshakes are refused" : "refused with 421");
    }
  }

  @Test
  void aCertificateThatIsNoCaAmongThoseOfClientsIsWarnedOf() throws IOException {
    for (String file : List.of("a.pem", "ca.pem")) {
      NodeConfig config = config("client-ca: " + file);
      Findings findings = new Findings(config);
      assertThat(ListenerCertificates.of(config, 0).load(clock, findings)).isPresent();
      if (file.equals("ca.pem")) {
        assertThat(findings.warnings()).isEmpty();
      } else {
        assertThat(findings.warnings())
            .singleElement()
            .asString()
            .contains("edge.listen[0].tls.client-ca", "a.pem has a certificate that is no CA");
      }
    }
  }

  @Test
  void aReloadReadsAtOnceAndHasTheAnswer() throws IOException {
    CertificateWatch watch =
        new CertificateWatch(clock, Runnable::run, (_, _) -> () -> {}, List.of(listener));
    assertThat(watch.reload()).isEqualTo(new CommandResult.Done("certificates: 2 in force"));
    Credentials next = made("a.test", 90);
    write("a", next);
    assertThat(watch.reload()).isInstanceOf(CommandResult.Done.class);
    assertThat(store.inForce().identities().getFirst().chain()).isEqualTo(next.chain());
    Files.writeString(folder.resolve("a.pem"), "nothing");
    assertThat(watch.reload())
        .isInstanceOf(CommandResult.Conflict.class)
        .extracting(CommandResult::sentence)
        .asString()
        .contains("a.pem: it holds no CERTIFICATE block", "the certificates before stay in force");
    assertThat(store.inForce().identities().getFirst().chain()).isEqualTo(next.chain());
  }

  @Test
  void randomKeysOfTicketsRotateAndTheOneBeforeStays() {
    CertificateWatch watch =
        new CertificateWatch(clock, Runnable::run, (_, _) -> () -> {}, List.of(listener));
    TicketKeys first = store.tickets().orElseThrow();
    assertThat(first.size()).isEqualTo(1);
    now += Duration.ofHours(11).toMillis();
    watch.look();
    assertThat(store.tickets().orElseThrow()).isSameAs(first);
    now += Duration.ofHours(1).toMillis();
    watch.look();
    TicketKeys second = store.tickets().orElseThrow();
    assertThat(second.size()).isEqualTo(2);
    assertThat(listener.ticketsSince().toEpochMilli()).isEqualTo(now);
    now += Duration.ofHours(12).toMillis();
    watch.look();
    assertThat(store.tickets().orElseThrow().size()).isEqualTo(2);
    assertThat(store.tickets().orElseThrow().isSame(second)).isFalse();
  }

  @Test
  void keysOfTicketsAreReadAgainWhenTheirFileChanges() throws IOException {
    Path keys = folder.resolve("tickets.keys");
    String one = Base64.getEncoder().encodeToString(new byte[48]) + "\n";
    Files.writeString(keys, one);
    NodeConfig config = config("tickets: {keys: tickets.keys}");
    ListenerCertificates certificates = ListenerCertificates.of(config, 0);
    certificates.load(clock, new Findings(config)).orElseThrow().to(store);
    TicketKeys first = store.tickets().orElseThrow();
    listener =
        new WatchedListener(
            config,
            config.edge().orElseThrow().listen().getFirst(),
            certificates,
            store,
            Instant.ofEpochMilli(now));
    CertificateWatch watch =
        new CertificateWatch(clock, Runnable::run, (_, _) -> () -> {}, List.of(listener));
    looks(2);
    assertThat(store.tickets()).contains(first);
    now += Duration.ofHours(13).toMillis();
    Files.writeString(keys, Base64.getEncoder().encodeToString(new byte[80]) + "\n" + one);
    watch.look();
    watch.look();
    assertThat(store.tickets().orElseThrow().size()).isEqualTo(2);
    assertThat(listener.ticketsSince().toEpochMilli()).isEqualTo(now);
    TicketKeys second = store.tickets().orElseThrow();
    Files.writeString(keys, "none");
    looks(2);
    assertThat(store.tickets()).contains(second);
    assertThat(problem())
        .contains("edge.listen[0].tls.tickets.keys: ", "tickets.keys:1: this line is not");
  }

  @Test
  void aCertificateThatEndsIsWarnedOfOnceADayAndWhenItHasEnded() {
    String soon = "a certificate for clients ends soon";
    String ended = "a certificate for clients has expired";
    now = START + Duration.ofDays(76).toMillis() - 2_000;
    looks(2);
    assertThat(log.with(soon)).isEmpty();
    now += 3_000;
    looks(2);
    assertThat(log.with(soon)).hasSize(2);
    assertThat(log.with(soon, "a.pem")).hasSize(1);
    now += Duration.ofHours(23).toMillis();
    looks(2);
    assertThat(log.with(soon)).hasSize(2);
    now += Duration.ofHours(2).toMillis();
    looks(2);
    assertThat(log.with(soon)).hasSize(4);
    now = START + Duration.ofDays(90).toMillis() - 1_000;
    looks(2);
    assertThat(log.with(ended)).isEmpty();
    now += 3_000;
    looks(2);
    assertThat(log.with(ended)).hasSize(2);
  }

  @Test
  void oneForAFewDaysIsWarnedOfInItsLastThird() throws IOException {
    write("a", made("a.test", 6));
    looks(2);
    now = START + Duration.ofDays(4).toMillis() - 3_600_000;
    looks(1);
    assertThat(log.with("ends soon")).isEmpty();
    now += 7_200_000;
    looks(1);
    assertThat(log.with("ends soon", "a.pem")).hasSize(1);
  }
}
