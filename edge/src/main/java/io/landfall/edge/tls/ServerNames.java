package io.landfall.edge.tls;

import io.landfall.core.FailureText;
import io.landfall.edge.CoveredHosts;
import io.landfall.edge.TlsContexts;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.util.AttributeKey;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLException;

/**
 * The certificates of one listener by the server name that a client sends (RFC 6066 section 3): one
 * with that DNS name, else one with a wildcard for it (RFC 9525 section 6.3), else the first. Of
 * several for one name, the first in the order of {@link TlsContexts.KeyKind} that the client can
 * verify. Immutable: other files make another one.
 */
public final class ServerNames implements TlsContexts {
  /** With the context of a certificate, the hosts that it covers, if they are checked. */
  static final AttributeKey<CoveredHosts> COVERED =
      AttributeKey.valueOf(ServerNames.class, "covered");

  /**
   * What is chosen if it is offered; who offers others only is refused by {@link AlpnSniHandler}.
   */
  static final ApplicationProtocolConfig HTTP_1 =
      new ApplicationProtocolConfig(
          ApplicationProtocolConfig.Protocol.ALPN,
          ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
          ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_1_1);

  /** With the context of a certificate, the response of OCSP that is sent with it. */
  static final AttributeKey<byte[]> STAPLE = AttributeKey.valueOf(ServerNames.class, "staple");

  private static final int P256_BITS = 256;

  private final Map<String, EnumMap<KeyKind, SslContext>> byName;
  private final EnumMap<KeyKind, SslContext> usual;
  private final List<SslContext> contexts;
  private final List<Identity> identities;
  private final Rules rules;

  private ServerNames(
      Map<String, EnumMap<KeyKind, SslContext>> byName,
      EnumMap<KeyKind, SslContext> usual,
      List<SslContext> contexts,
      List<Identity> identities,
      Rules rules) {
    this.byName = byName;
    this.usual = usual;
    this.contexts = List.copyOf(contexts);
    this.identities = List.copyOf(identities);
    this.rules = rules;
  }

  /**
   * A key and what it proves.
   *
   * @param key the private key
   * @param chain its certificate, and those that signed it
   */
  public record Identity(PrivateKey key, List<X509Certificate> chain) {
    /** Copies the list. */
    public Identity {
      chain = List.copyOf(chain);
    }
  }

  /** Whether a listener can use its certificates. */
  public sealed interface Result {
    /** It can. */
    record Usable(ServerNames names) implements Result {}

    /** It cannot, and why, for people. */
    record Unusable(String why) implements Result {}
  }

  /** Whether requests are held to the certificate that is shown on their connection. */
  public enum Hosts {
    /** A request for a host that it does not cover is refused (421). */
    CERTIFIED_ONLY,
    /** A request for any host is taken. */
    ANY
  }

  /** What a client gets that sends no name, or one that no certificate has. */
  public enum UnknownName {
    /** The first certificate. */
    DEFAULT,
    /** The alert unrecognized_name. */
    REFUSE
  }

  /**
   * Two certificates between which nothing decides.
   *
   * @param first the place of one in the list, from 0
   * @param second the place of the other
   * @param name the name that both have
   */
  public record Clash(int first, int second, String name) {}

  /**
   * The rules of a listener.
   *
   * @param hosts for which hosts requests are taken
   * @param unknown what a client gets that sends no name that is known
   * @param http2 whether HTTP/2 is offered
   * @param clients who issues the certificates of clients; empty when they are not asked for one
   */
  public record Rules(
      Hosts hosts, UnknownName unknown, boolean http2, Optional<ClientAuthority> clients) {
    /** Without certificates of clients. */
    public Rules(Hosts hosts, UnknownName unknown, boolean http2) {
      this(hosts, unknown, http2, Optional.empty());
    }
  }

  /**
   * Who issues the certificates of clients.
   *
   * @param authorities the CAs that they must lead to
   * @param required whether a client must have one
   */
  public record ClientAuthority(List<X509Certificate> authorities, boolean required) {
    /** Copies the list. */
    public ClientAuthority {
      authorities = List.copyOf(authorities);
    }
  }

  /**
   * The contexts of a listener's identities; there must be one at least.
   *
   * @param http2 whether HTTP/2 is offered
   */
  public static Result of(List<Identity> identities, Hosts hosts, boolean http2) {
    return of(identities, new Rules(hosts, UnknownName.DEFAULT, http2));
  }

  /** The contexts of a listener's identities; there must be one at least. */
  public static Result of(List<Identity> identities, Rules rules) {
    return of(identities, rules, Optional.empty());
  }

  /**
   * The contexts of a listener's identities; there must be one at least.
   *
   * @param before what they replace: an identity that was in it, by the same rules, keeps its
   *     context, with what was set on it
   */
  public static Result of(List<Identity> identities, Rules rules, Optional<ServerNames> before) {
    if (identities.isEmpty()) {
      return new Result.Unusable("no certificate");
    }
    Map<String, EnumMap<KeyKind, SslContext>> byName = new HashMap<>();
    List<SslContext> contexts = new ArrayList<>();
    Map<Identity, SslContext> kept =
        before
            .filter(other -> other.rules.equals(rules))
            .map(ServerNames::byIdentity)
            .orElse(Map.of());
    try {
      for (Identity identity : identities) {
        SslContext context = kept.get(identity);
        if (context == null) {
          context = ServerContexts.of(identity, rules);
        }
        contexts.add(context);
        CoveredHosts covered = covered(identity.chain().getFirst());
        if (rules.hosts() == Hosts.CERTIFIED_ONLY) {
          context.attributes().attr(COVERED).set(covered);
        }
        for (String name : covered.dnsNames()) {
          byName
              .computeIfAbsent(name, each -> new EnumMap<>(KeyKind.class))
              .putIfAbsent(kind(identity), context);
        }
      }
      EnumMap<KeyKind, SslContext> usual = new EnumMap<>(KeyKind.class);
      List<String> names = covered(identities.getFirst().chain().getFirst()).dnsNames();
      if (!names.isEmpty()) {
        usual.putAll(byName.get(names.getFirst()));
      }
      usual.put(kind(identities.getFirst()), contexts.getFirst());
      return new Result.Usable(new ServerNames(byName, usual, contexts, identities, rules));
    } catch (SSLException e) {
      return new Result.Unusable("TLS refuses it: " + FailureText.of(e));
    } catch (CertificateParsingException e) {
      return new Result.Unusable("a certificate has unreadable names: " + FailureText.of(e));
    }
  }

  private Map<Identity, SslContext> byIdentity() {
    Map<Identity, SslContext> all = new HashMap<>();
    for (int i = 0; i < contexts.size(); i++) {
      all.put(identities.get(i), contexts.get(i));
    }
    return all;
  }

  /** The first two certificates for one name whose keys are both EC, or both RSA. */
  public static Optional<Clash> clash(List<Identity> identities) {
    Map<String, Integer> seen = new TreeMap<>();
    for (int i = 0; i < identities.size(); i++) {
      X509Certificate certificate = identities.get(i).chain().getFirst();
      List<String> names;
      try {
        names = covered(certificate).dnsNames();
      } catch (CertificateParsingException e) {
        // Reported where the contexts are made.
        continue;
      }
      for (String name : names) {
        String key = certificate.getPublicKey().getAlgorithm() + " " + name;
        Integer other = seen.putIfAbsent(key, i);
        if (other != null && other != i) {
          return Optional.of(new Clash(other, i, name));
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public Optional<SslContext> choose(Offer offer) {
    Optional<EnumMap<KeyKind, SslContext>> exact = offer.serverName().flatMap(this::exact);
    Optional<EnumMap<KeyKind, SslContext>> wildcard = offer.serverName().flatMap(this::wildcard);
    if (exact.isEmpty() && wildcard.isEmpty()) {
      return rules.unknown() == UnknownName.REFUSE
          ? Optional.empty()
          : Optional.of(verified(usual, offer).orElse(contexts.getFirst()));
    }
    return exact
        .flatMap(some -> verified(some, offer))
        .or(() -> wildcard.flatMap(some -> verified(some, offer)))
        // The client can verify none of them; the handshake ends with that alert.
        .or(() -> exact.or(() -> wildcard).map(some -> some.values().iterator().next()));
  }

  private Optional<EnumMap<KeyKind, SslContext>> exact(String name) {
    return Optional.ofNullable(byName.get(name.toLowerCase(Locale.ROOT)));
  }

  private Optional<EnumMap<KeyKind, SslContext>> wildcard(String name) {
    int dot = name.indexOf('.');
    return dot <= 0
        ? Optional.empty()
        : Optional.ofNullable(byName.get("*" + name.substring(dot).toLowerCase(Locale.ROOT)));
  }

  private static Optional<SslContext> verified(EnumMap<KeyKind, SslContext> some, Offer offer) {
    for (Map.Entry<KeyKind, SslContext> entry : some.entrySet()) {
      if (offer.verifies().contains(entry.getKey())) {
        return Optional.of(entry.getValue());
      }
    }
    return Optional.empty();
  }

  /**
   * Uses these keys for tickets from now on; connections are accepted meanwhile. Where clients have
   * certificates there are no tickets: a resumed session would skip the check of them.
   */
  void use(TicketKeys keys) {
    if (rules.clients().isEmpty()) {
      contexts.forEach(keys::applyTo);
    }
  }

  /**
   * Sends these responses of OCSP from now on (RFC 6066 section 8); on any thread.
   *
   * @param responses DER, for each of the identities; without one nothing is sent with it
   */
  public void staple(List<Optional<byte[]>> responses) {
    for (int i = 0; i < contexts.size(); i++) {
      contexts.get(i).attributes().attr(STAPLE).set(responses.get(i).orElse(null));
    }
  }

  /** By which rules it was made. */
  public Rules rules() {
    return rules;
  }

  /** What it was made of, in that order. */
  public List<Identity> identities() {
    return identities;
  }

  /** Whether requests for the host, or for all of a wildcard, are taken where its name is sent. */
  public boolean takes(String host) {
    Optional<SslContext> shown = choose(new Offer(Optional.of(host), EnumSet.allOf(KeyKind.class)));
    if (shown.isEmpty()) {
      return false;
    }
    CoveredHosts covered = shown.get().attributes().attr(COVERED).get();
    return covered == null || covered.covers(host);
  }

  private static KeyKind kind(Identity identity) {
    PublicKey key = identity.chain().getFirst().getPublicKey();
    if (key instanceof ECPublicKey ec) {
      return ec.getParams().getCurve().getField().getFieldSize() == P256_BITS
          ? KeyKind.EC_P256
          : KeyKind.EC_P384;
    }
    return KeyKind.RSA;
  }

  private static CoveredHosts covered(X509Certificate certificate)
      throws CertificateParsingException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    return CoveredHosts.of(names == null ? List.of() : names);
  }
}
