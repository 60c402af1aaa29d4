package io.landfall.acme;

import io.landfall.core.Clock;
import io.landfall.core.FailureText;
import io.landfall.trust.FileResult;
import io.landfall.trust.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Orders one certificate (RFC 8555 section 7): account, order, challenges, request, certificate.
 * Blocks, for at most {@link #ORDER_TIME}; each call is a session of its own.
 */
public final class AcmeClient {
  /** How long an order may take, before it is given up. */
  public static final Duration ORDER_TIME = Duration.ofMinutes(5);

  /** The most names of one certificate: what public CAs take. */
  public static final int MAX_NAMES = 100;

  private static final Duration MIN_POLL = Duration.ofSeconds(1);
  private static final Duration MAX_POLL = Duration.ofSeconds(20);
  private static final int DNS_NAME = 2;
  private static final int OK = 200;
  private static final int CREATED = 201;

  private final AcmeSettings settings;
  private final ChallengePublisher publisher;
  private final Clock clock;
  private volatile String account = "";

  /**
   * A client of one CA.
   *
   * @param publisher answers its challenges
   * @param clock monotonic for how long an order takes, and the time of day for certificates
   */
  public AcmeClient(AcmeSettings settings, ChallengePublisher publisher, Clock clock) {
    this.settings = settings;
    this.publisher = publisher;
    this.clock = clock;
  }

  /** What is ordered, and until when. */
  private record Order(AcmeSession session, List<String> names, long deadlineNanos) {}

  /**
   * Gets a certificate with a new key.
   *
   * @return PEM: the key, then the chain from the certificate on
   * @throws AcmeFailure when there is none, with the reason
   * @throws InterruptedException when the thread is interrupted
   */
  public String order(List<String> names, CertificateKeys kind)
      throws AcmeFailure, InterruptedException {
    AccountKey key = AccountKey.at(settings.accountKey());
    long deadlineNanos = clock.monotonicNanos() + ORDER_TIME.toNanos();
    try (AcmeHttp http = new AcmeHttp(settings.authorities());
        AcmeSession session =
            new AcmeSession(http, key, settings.directory().toString(), clock, deadlineNanos)) {
      session.login(settings.contacts(), binding());
      this.account = AcmeFailure.clean(session.account());
      return order(new Order(session, names, deadlineNanos), kind);
    }
  }

  /** The URL of its account, by which a CAA record names it (RFC 8657); empty before an order. */
  public String account() {
    return account;
  }

  private Optional<AcmeSession.Binding> binding() throws AcmeFailure {
    if (settings.account().isEmpty()) {
      return Optional.empty();
    }
    AcmeSettings.ExternalAccount external = settings.account().get();
    try {
      byte[] key = Base64.getUrlDecoder().decode(PrivateFiles.read(external.hmacKey()).strip());
      return Optional.of(new AcmeSession.Binding(external.keyId(), key));
    } catch (IOException e) {
      throw new AcmeFailure(
          external.hmacKey() + " cannot be read: " + AcmeFailure.clean(FailureText.of(e)));
    } catch (IllegalArgumentException e) {
      throw new AcmeFailure(external.hmacKey() + " is not base64url");
    }
  }

  private String order(Order order, CertificateKeys kind) throws AcmeFailure, InterruptedException {
    AcmeSession session = order.session;
    List<String> identifiers =
        order.names.stream()
            .map(name -> "{\"type\":\"dns\",\"value\":" + AcmeJson.quote(name) + "}")
            .toList();
    AcmeHttp.Answer answer =
        session.send(
            session.url("newOrder"),
            "{\"identifiers\":[" + String.join(",", identifiers) + "]}",
            "newOrder");
    if (answer.status() != CREATED && answer.status() != OK) {
      throw session.failure("newOrder", answer);
    }
    String url =
        answer
            .field("Location")
            .orElseThrow(() -> new AcmeFailure("the CA's answer to newOrder has no Location"));
    AcmeJson made = AcmeJson.of(answer.body());
    prove(order, made.texts("authorizations"));
    KeyPair keys = kind.generate();
    AcmeJson ready = poll(order, url, "the order", Set.of("ready", "valid"));
    if (ready.required("status").equals("ready")) {
      session.send(
          ready.required("finalize"),
          "{\"csr\":\"" + AccountKey.base64(OwnCertificates.request(keys, order.names)) + "\"}",
          "finalize");
    }
    AcmeJson issued = poll(order, url, "the order", Set.of("valid"));
    AcmeHttp.Answer chain =
        session.read(
            issued.required("certificate"), "application/pem-certificate-chain", "certificate");
    String pem = new String(chain.body(), StandardCharsets.US_ASCII);
    return Pem.format("PRIVATE KEY", keys.getPrivate().getEncoded()) + good(pem, keys, order.names);
  }

  /** Proves all names that are not proved yet, together. */
  private void prove(Order order, List<String> authorizations)
      throws AcmeFailure, InterruptedException {
    if (authorizations.isEmpty() || authorizations.size() > MAX_NAMES) {
      throw new AcmeFailure("the CA's order has no authorizations, or too many");
    }
    List<PendingChallenge> challenges = new ArrayList<>();
    List<String> urls = new ArrayList<>();
    List<String> pending = new ArrayList<>();
    for (String each : authorizations) {
      AcmeJson authorization = AcmeJson.of(order.session.read(each, "an authorization").body());
      String status = authorization.required("status");
      if (status.equals("pending")) {
        AcmeJson chosen = choose(authorization);
        challenges.add(challenge(order, authorization, chosen));
        urls.add(chosen.required("url"));
        pending.add(each);
      } else if (!status.equals("valid")) {
        throw new AcmeFailure("the CA has an authorization as " + AcmeFailure.clean(status));
      }
    }
    if (challenges.isEmpty()) {
      return;
    }
    try {
      publisher.publish(challenges);
      for (String url : urls) {
        order.session.send(url, "{}", "a challenge");
      }
      for (int i = 0; i < pending.size(); i++) {
        poll(order, pending.get(i), challenges.get(i).toString(), Set.of("valid"));
      }
    } finally {
      publisher.withdraw(challenges);
    }
  }

  private AcmeJson choose(AcmeJson authorization) throws AcmeFailure {
    List<AcmeJson> offered = authorization.objects("challenges");
    for (ChallengeType type : settings.challenges()) {
      for (AcmeJson each : offered) {
        if (each.text("type").flatMap(ChallengeType::of).filter(type::equals).isPresent()) {
          return each;
        }
      }
    }
    throw new AcmeFailure("the CA offers none of the challenges " + settings.challenges());
  }

  private static PendingChallenge challenge(Order order, AcmeJson authorization, AcmeJson chosen)
      throws AcmeFailure {
    String name =
        authorization
            .object("identifier")
            .flatMap(identifier -> identifier.text("value"))
            .map(value -> value.toLowerCase(Locale.ROOT))
            .filter(order.names::contains)
            .orElseThrow(() -> new AcmeFailure("the CA wants a name proved that was not ordered"));
    String token = chosen.required("token");
    try {
      return new PendingChallenge(
          ChallengeType.of(chosen.required("type")).orElseThrow(),
          name,
          token,
          order.session.key().keyAuthorization(token));
    } catch (IllegalArgumentException e) {
      throw new AcmeFailure("the CA's challenge is malformed: " + FailureText.of(e));
    }
  }

  /** Reads an object until it has one of these states; fails when it becomes invalid. */
  private AcmeJson poll(Order order, String url, String what, Set<String> wanted)
      throws AcmeFailure, InterruptedException {
    Duration wait = MIN_POLL;
    while (true) {
      AcmeHttp.Answer answer = order.session.read(url, what);
      AcmeJson read = AcmeJson.of(answer.body());
      String status = read.required("status");
      if (wanted.contains(status)) {
        return read;
      }
      if (!status.equals("pending") && !status.equals("processing") && !status.equals("ready")) {
        throw invalid(what, status, read);
      }
      Duration asked = answer.retryAfter(now()).orElse(wait);
      Duration next = asked.compareTo(MIN_POLL) < 0 ? MIN_POLL : asked;
      if (clock.monotonicNanos() + next.toNanos() - order.deadlineNanos > 0) {
        throw new AcmeFailure(
            "the CA has "
                + what
                + " still as "
                + status
                + " after "
                + ORDER_TIME.toSeconds()
                + " s");
      }
      Thread.sleep(next);
      wait = wait.multipliedBy(2).compareTo(MAX_POLL) > 0 ? MAX_POLL : wait.multipliedBy(2);
    }
  }

  /** The time of day. */
  private Instant now() {
    return Instant.ofEpochMilli(clock.wallMillis());
  }

  private static AcmeFailure invalid(String what, String status, AcmeJson read) {
    Optional<AcmeJson> error = read.object("error");
    for (AcmeJson challenge : read.objects("challenges")) {
      if (error.isEmpty()) {
        error = challenge.object("error");
      }
    }
    return error
        .map(problem -> AcmeSession.failure(what, problem, Optional.empty()))
        .orElseGet(
            () -> new AcmeFailure("the CA has " + what + " as " + AcmeFailure.clean(status)));
  }

  /** The chain, if it is for the key and the names; else nothing of it is kept. */
  private String good(String pem, KeyPair keys, List<String> names) throws AcmeFailure {
    List<X509Certificate> chain =
        switch (Pem.parseCertificates("the CA's chain", pem)) {
          case FileResult.Bad<List<X509Certificate>> bad -> throw new AcmeFailure(bad.sentence());
          case FileResult.Good<List<X509Certificate>>(List<X509Certificate> good) -> good;
        };
    X509Certificate issued = chain.getFirst();
    if (!issued.getPublicKey().equals(keys.getPublic())) {
      throw new AcmeFailure("the CA's certificate is for another key");
    }
    Set<String> missing = new TreeSet<>(names);
    missing.removeAll(namesOf(issued));
    if (!missing.isEmpty()) {
      throw new AcmeFailure("the CA's certificate is not for " + missing.iterator().next());
    }
    if (!issued.getNotAfter().toInstant().isAfter(now())) {
      throw new AcmeFailure("the CA's certificate has ended already");
    }
    StringBuilder out = new StringBuilder();
    try {
      for (X509Certificate each : chain) {
        out.append(Pem.format("CERTIFICATE", each.getEncoded()));
      }
    } catch (CertificateEncodingException e) {
      throw new AcmeFailure("the CA's chain cannot be written");
    }
    return out.toString();
  }

  /** The DNS names of a certificate, in lower case. */
  static Set<String> namesOf(X509Certificate certificate) {
    Set<String> names = new HashSet<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      for (List<?> name : all == null ? List.<List<?>>of() : all) {
        if (name.get(0).equals(DNS_NAME)) {
          names.add(String.valueOf(name.get(1)).toLowerCase(Locale.ROOT));
        }
      }
    } catch (CertificateParsingException e) {
      return Set.of();
    }
    return names;
  }
}
