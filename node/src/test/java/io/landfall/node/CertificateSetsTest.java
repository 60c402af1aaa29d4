package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.CommandResult;
import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigResult;
import io.landfall.config.EdgeConfig.KeyPairFiles;
import io.landfall.config.EdgeConfig.Listen;
import io.landfall.config.ListenTlsConfig;
import io.landfall.config.NodeConfig;
import io.landfall.core.Clock;
import io.landfall.edge.TlsContexts;
import io.landfall.edge.tls.TlsStore;
import io.landfall.trust.Credentials;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several certificates, several listeners: what changes of one leaves the others as they are. */
class CertificateSetsTest {
  private static final long START = System.currentTimeMillis();

  @TempDir Path folder;
  private final CapturedLog log = new CapturedLog();
  private final CertificateAuthority ca = CertificateAuthority.generate("Test", START);
  private long now = START;
  private NodeConfig config;

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
    write("a", made("a.test"));
    write("b", made("b.test"));
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
        services: {shop: {identity: 10.32.1.10, hosts: [a.test]}}
        admin: {socket: fra.sock}
        """);
    config = ((ConfigResult.Valid) ConfigLoader.load(file)).config();
  }

  @AfterEach
  void stop() {
    log.close();
  }

  private Credentials made(String name) {
    return ca.issue(CertificateRequest.site(List.of(name), START, Duration.ofDays(90).toMillis()));
  }

  private void write(String name, Credentials pair) throws IOException {
    Path certificate = folder.resolve(name + ".pem");
    Path key = folder.resolve(name + ".key");
    Files.deleteIfExists(certificate);
    Files.deleteIfExists(key);
    CertificateAuthority.save(pair, certificate, key);
  }

  private Listen configured() {
    return config.edge().orElseThrow().listen().getFirst();
  }

  private WatchedListener listener(Listen listen) {
    ListenerCertificates certificates = ListenerCertificates.of(config, 0);
    TlsStore store =
        new TlsStore(certificates.load(clock, new Findings(config)).orElseThrow().names());
    return new WatchedListener(
        config, listen, ListenerCertificates.of(config, 0), store, Instant.ofEpochMilli(now));
  }

  private static SslContext context(WatchedListener listener, String name) {
    return listener
        .store()
        .choose(new TlsContexts.Offer(Optional.of(name), EnumSet.allOf(TlsContexts.KeyKind.class)))
        .orElseThrow();
  }

  private void looks(WatchedListener listener) {
    listener.look(clock);
    listener.look(clock);
  }

  @Test
  void aCertificateThatIsTheSameKeepsItsContextWhenAnotherOneChanges() throws IOException {
    WatchedListener listener = listener(configured());
    SslContext a = context(listener, "a.test");
    SslContext b = context(listener, "b.test");
    looks(listener);
    assertThat(context(listener, "a.test")).isSameAs(a);
    Credentials next = made("a.test");
    write("a", next);
    looks(listener);
    assertThat(listener.state().applied()).isEqualTo(1);
    assertThat(listener.store().inForce().identities().getFirst().chain()).isEqualTo(next.chain());
    assertThat(context(listener, "a.test")).isNotSameAs(a);
    assertThat(context(listener, "b.test")).isSameAs(b);
  }

  @Test
  void filesThatLookAsBeforeAreNotReadAgainButByAReload() throws IOException {
    WatchedListener listener = listener(configured());
    CertificateWatch watch =
        new CertificateWatch(clock, Runnable::run, (_, _) -> () -> {}, List.of(listener));
    looks(listener);
    Path file = folder.resolve("b.pem");
    FileTime before = Files.getLastModifiedTime(file);
    Files.writeString(file, "-".repeat((int) Files.size(file)));
    Files.setLastModifiedTime(file, before);
    Credentials next = made("a.test");
    write("a", next);
    looks(listener);
    assertThat(listener.state().problem()).isEmpty();
    assertThat(listener.store().inForce().identities().getFirst().chain()).isEqualTo(next.chain());
    assertThat(watch.reload())
        .isInstanceOf(CommandResult.Conflict.class)
        .extracting(CommandResult::sentence)
        .asString()
        .contains("edge.listen[0].tls.certificates[1]: ", "b.pem: it holds no CERTIFICATE block");
  }

  /** One whose look fails each time, as by a fault of this program: a file too many. */
  private WatchedListener broken() {
    ListenTlsConfig tls = configured().tls().orElseThrow();
    List<KeyPairFiles> more = new ArrayList<>(tls.certificates());
    more.add(tls.certificates().getFirst());
    return listener(
        new Listen(
            configured().address(),
            Optional.of(new ListenTlsConfig(more)),
            List.of(),
            Optional.empty()));
  }

  @Test
  void aListenerWhoseLookFailsKeepsNeitherTheOthersNorTheTicketsFromBeingLookedAt()
      throws IOException {
    WatchedListener broken = broken();
    WatchedListener good = listener(configured());
    CertificateWatch watch =
        new CertificateWatch(clock, Runnable::run, (_, _) -> () -> {}, List.of(broken, good));
    Credentials next = made("a.test");
    write("a", next);
    now += Duration.ofHours(12).toMillis();
    watch.look();
    watch.look();
    assertThat(good.store().inForce().identities().getFirst().chain()).isEqualTo(next.chain());
    assertThat(good.store().tickets().orElseThrow().size()).isEqualTo(2);
    assertThat(log.with("looking at the files of certificates failed")).hasSize(1);
    assertThat(new TlsRows(watch, List::of, clock).all().listeners())
        .satisfiesExactly(
            shown -> assertThat(shown.problem()).get().asString().contains("looking at the files"),
            shown -> assertThat(shown.problem()).isEmpty());
    assertThat(watch.reload()).isInstanceOf(CommandResult.Done.class);
  }
}
