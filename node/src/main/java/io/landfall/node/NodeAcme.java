package io.landfall.node;

import io.landfall.acme.AcmeClient;
import io.landfall.acme.AcmeOrders;
import io.landfall.acme.AcmeSettings;
import io.landfall.acme.CertificateKeys;
import io.landfall.acme.ChallengeType;
import io.landfall.acme.WantedCertificate;
import io.landfall.config.AcmeConfig;
import io.landfall.config.EdgeConfig;
import io.landfall.config.NodeConfig;
import io.landfall.core.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ACME of one node: the certificates that it orders, if the config has any, and the challenges of
 * all nodes, which it answers in any case.
 */
final class NodeAcme implements AutoCloseable {
  /** A node that has candidates for other nodes gets channels to them first. */
  private static final Duration START_WAIT = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger("landfall.acme");

  private final SharedChallenges challenges;
  private final BetweenNodes nodes;
  private final Optional<AcmeOrders> orders;
  private final Duration startWait;

  private NodeAcme(BetweenNodes nodes, Optional<AcmeOrders> orders, Duration startWait) {
    this.startWait = startWait;
    this.challenges = nodes.challenges();
    this.nodes = nodes;
    this.orders = orders;
  }

  /**
   * That of a config, at rest.
   *
   * @param purges what else nodes ask each other
   * @param requests the same
   */
  static NodeAcme of(
      NodeConfig config,
      ControlLoop control,
      Executor background,
      FleetPurges purges,
      RequestQuestions requests) {
    SharedChallenges challenges = new SharedChallenges(control, background, control);
    Optional<AcmeOrders> orders =
        config
            .edge()
            .filter(edge -> !edge.ordered().isEmpty())
            .flatMap(edge -> edge.acme().map(acme -> orders(edge, acme, challenges, control)));
    boolean isAlone = config.overlay().reach().candidates().isEmpty();
    return new NodeAcme(
        new BetweenNodes(purges, challenges, requests),
        orders,
        isAlone ? Duration.ZERO : START_WAIT);
  }

  private static AcmeOrders orders(
      EdgeConfig edge, AcmeConfig acme, SharedChallenges challenges, Clock clock) {
    AcmeClient client = new AcmeClient(settings(acme), challenges, clock);
    return new AcmeOrders(
        edge.ordered().stream().map(NodeAcme::wanted).toList(),
        acme.renewBeforeMillis().map(Duration::ofMillis),
        client::order,
        new Logged(client),
        // Orders are due by the time of day: certificates end by it, and it goes on over restarts.
        () -> Instant.ofEpochMilli(clock.wallMillis()),
        () -> ThreadLocalRandom.current().nextDouble());
  }

  /** The settings of room acme. */
  static AcmeSettings settings(AcmeConfig acme) {
    return new AcmeSettings(
        acme.directory(),
        acme.contacts(),
        acme.authorities(),
        acme.external().map(each -> new AcmeSettings.ExternalAccount(each.keyId(), each.hmacKey())),
        acme.accountKey(),
        acme.challenges().stream()
            .map(
                each ->
                    switch (each) {
                      case HTTP_01 -> ChallengeType.HTTP_01;
                      case TLS_ALPN_01 -> ChallengeType.TLS_ALPN_01;
                    })
            .toList());
  }

  private static WantedCertificate wanted(AcmeConfig.Ordered ordered) {
    return new WantedCertificate(
        ordered.names(), keys(ordered.keyType()), ordered.files().certificate());
  }

  /** The kind of keys. */
  static CertificateKeys keys(AcmeConfig.KeyType type) {
    return switch (type) {
      case ECDSA_P256 -> CertificateKeys.ECDSA_P256;
      case RSA_2048 -> CertificateKeys.RSA_2048;
    };
  }

  private record Logged(AcmeClient client) implements AcmeOrders.Listener {
    @Override
    public void issued(WantedCertificate wanted) {
      log.atInfo()
          .addKeyValue("names", wanted.names())
          .addKeyValue("file", wanted.file())
          .addKeyValue("account", client.account())
          .log("certificate issued");
    }

    @Override
    public void broken(RuntimeException fault) {
      log.atError().setCause(fault).log("certificates could not be looked at");
    }

    @Override
    public void failed(WantedCertificate wanted, String why, Instant next) {
      log.atWarn()
          .addKeyValue("names", wanted.names())
          .addKeyValue("why", why)
          .addKeyValue("next", next)
          .log("no certificate issued");
    }
  }

  /** Begins to order; clients are served by now. */
  void start() {
    orders.ifPresent(each -> each.start(startWait));
  }

  /** What nodes tell each other. */
  BetweenNodes nodes() {
    return nodes;
  }

  /** The challenges that are answered here. */
  SharedChallenges challenges() {
    return challenges;
  }

  /** How the ordered certificates stand; any thread. */
  List<AcmeOrders.Status> statuses() {
    return orders.map(AcmeOrders::statuses).orElse(List.of());
  }

  /** Stops; an order under way is given up. */
  @Override
  public void close() {
    orders.ifPresent(AcmeOrders::close);
  }
}
