package io.landfall.trust;

import io.landfall.core.Addresses;
import io.landfall.core.FailureText;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.trust.AdmissionResult.Admitted;
import io.landfall.trust.AdmissionResult.Refused;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;

/**
 * Who a certificate chain proves: the only door through which an identity enters Landfall.
 *
 * <p>A certificate that is believed has exactly one URI name, a SPIFFE node name of our trust
 * domain; exactly one IP name, the node's identity in the block; and DNS names that each entitle
 * the node to one service ({@code <service>.service.<trust-domain>}). The trust domain is read
 * first and picks the CAs, so that the CA of one domain cannot mint names of another. Then the
 * chain is verified to a CA (RFC 5280 section 6, no network), and only then is any other name
 * looked at. A name that gives no right here is refused rather than ignored: a certificate with
 * surprising names was meant for something else, and the operator should know of it now.
 *
 * <p>Refusals are counted by rule. Nothing else changes, so this object may be asked from any
 * thread; the list of revocations is one reference that is replaced as a whole.
 */
public final class Admission {
  /** How many services one certificate may entitle to. */
  public static final int MAX_SERVICES = 1000;

  private final AdmissionConfig config;
  private final ChainVerifier verifier;
  // Filled once and then only read, so any thread may look up a counter.
  private final Map<AdmissionRule, LongAdder> refusals = new EnumMap<>(AdmissionRule.class);
  private volatile Revocations revocations = Revocations.NONE;

  /** An admission that has no revocations yet. */
  public Admission(AdmissionConfig config) {
    this.config = config;
    this.verifier = new ChainVerifier(config.authorities());
    for (AdmissionRule rule : AdmissionRule.values()) {
      refusals.put(rule, new LongAdder());
    }
  }

  /** Believes this list of revocations from now on, in place of the one before. */
  public void revoke(Revocations replacement) {
    revocations = replacement;
  }

  /** The list of revocations that is believed now. */
  public Revocations revocations() {
    return revocations;
  }

  /** The CA certificates that are believed. */
  public List<X509Certificate> authorities() {
    return config.authorities();
  }

  /** How often each rule has refused a peer, by its label; only rules that have. */
  public SortedMap<String, Long> refusals() {
    TreeMap<String, Long> counts = new TreeMap<>();
    refusals.forEach(
        (rule, counter) -> {
          long count = counter.sum();
          if (count > 0) {
            counts.put(rule.label(), count);
          }
        });
    return Collections.unmodifiableSortedMap(counts);
  }

  /**
   * Who a peer's chain proves, counting a refusal.
   *
   * @param chain the certificates that the peer showed, its own first
   * @param wallMillis wall-clock time, milliseconds since 1970
   */
  public AdmissionResult check(List<X509Certificate> chain, long wallMillis) {
    AdmissionResult result = decide(chain, wallMillis);
    if (result instanceof Admitted(PeerIdentity peer)) {
      Optional<Refused> own = refuseOurselves(peer);
      if (own.isPresent()) {
        result = own.get();
      }
    }
    if (result instanceof Refused refused) {
      count(refused.rule());
    }
    return result;
  }

  private void count(AdmissionRule rule) {
    LongAdder counter = refusals.get(rule);
    if (counter != null) {
      counter.increment();
    }
  }

  /**
   * Whether this node's own chain proves what its configuration makes it; asked once at start, so
   * that a wrong certificate is an error here and not a riddle at every peer.
   */
  public AdmissionResult checkOwn(List<X509Certificate> chain, long wallMillis) {
    AdmissionResult result = decide(chain, wallMillis);
    if (result instanceof Admitted(PeerIdentity own)
        && !(own.name().equals(config.ownName()) && own.identity().equals(config.ownIdentity()))) {
      return new Refused(
          AdmissionRule.NOT_OURS,
          "the certificate is for "
              + own.label()
              + ", but this node is configured as "
              + config.ownName()
              + " ("
              + config.ownIdentity()
              + ")");
    }
    return result;
  }

  private AdmissionResult decide(List<X509Certificate> shown, long wallMillis) {
    if (shown.isEmpty()) {
      return new Refused(AdmissionRule.NO_CERTIFICATE, "the peer showed no certificate");
    }
    if (shown.size() > ChainVerifier.MAX_CHAIN) {
      return new Refused(
          AdmissionRule.CHAIN_TOO_LONG,
          "the peer showed "
              + shown.size()
              + " certificates; at most "
              + ChainVerifier.MAX_CHAIN
              + " are read");
    }
    List<X509Certificate> chain;
    CertificateNames names;
    try {
      chain = ChainVerifier.reparse(shown);
      names = CertificateNames.of(chain.getFirst());
    } catch (CertificateException e) {
      return new Refused(
          AdmissionRule.UNREADABLE, "the certificate is unreadable: " + FailureText.of(e));
    }
    return switch (nodeName(names)) {
      case NameCheck.Bad(Refused refused) -> refused;
      case NameCheck.Good(NodeName name) -> prove(name, names, chain, wallMillis);
    };
  }

  private AdmissionResult prove(
      NodeName name, CertificateNames names, List<X509Certificate> chain, long wallMillis) {
    return switch (verifier.verify(chain, wallMillis)) {
      case ChainVerifier.Verdict.NotProved(Refused refused) -> refused;
      case ChainVerifier.Verdict.Proved(List<X509Certificate> path) -> identify(name, names, path);
    };
  }

  private sealed interface NameCheck {
    record Good(NodeName name) implements NameCheck {}

    record Bad(Refused refused) implements NameCheck {}
  }

  private NameCheck nodeName(CertificateNames names) {
    if (names.uris().isEmpty()) {
      return bad(
          AdmissionRule.NO_URI_NAME,
          "the certificate has no URI name; it needs spiffe://"
              + config.trustDomain()
              + "/node/<name>");
    }
    if (names.uris().size() > 1) {
      return bad(
          AdmissionRule.TWO_URI_NAMES,
          "the certificate has "
              + names.uris().size()
              + " URI names, "
              + Printable.list(names.uris())
              + "; exactly one is allowed");
    }
    String uri = names.uris().getFirst();
    return switch (SpiffeId.read(uri)) {
      case SpiffeId.Reading.Invalid(String why) ->
          bad(AdmissionRule.NOT_A_SPIFFE_ID, Printable.text(uri) + " is no SPIFFE name: " + why);
      case SpiffeId.Reading.NotANode(TrustDomain domain, String why) ->
          domain.equals(config.trustDomain())
              ? bad(AdmissionRule.NOT_A_NODE, Printable.text(uri) + " names no node: " + why)
              : foreign(domain);
      case SpiffeId.Reading.Node(SpiffeId id) ->
          id.trustDomain().equals(config.trustDomain())
              ? new NameCheck.Good(id.node())
              : foreign(id.trustDomain());
    };
  }

  private NameCheck foreign(TrustDomain domain) {
    return bad(
        AdmissionRule.WRONG_TRUST_DOMAIN,
        "the certificate is of trust domain " + domain + ", not " + config.trustDomain());
  }

  private static NameCheck bad(AdmissionRule rule, String sentence) {
    return new NameCheck.Bad(new Refused(rule, sentence));
  }

  private AdmissionResult identify(
      NodeName name, CertificateNames names, List<X509Certificate> path) {
    List<byte[]> addresses = names.addresses();
    if (addresses.size() != 1) {
      return addresses.isEmpty()
          ? new Refused(
              AdmissionRule.NO_IDENTITY,
              "the certificate of " + name + " has no IP name, so it proves no identity")
          : new Refused(
              AdmissionRule.TWO_IDENTITIES,
              "the certificate of "
                  + name
                  + " has "
                  + addresses.size()
                  + " IP names, "
                  + Printable.list(addresses.stream().map(Admission::addressText).toList())
                  + "; exactly one is allowed");
    }
    byte[] address = addresses.getFirst();
    Optional<HostAddress> identity = config.block().host(address);
    if (identity.isEmpty()) {
      return new Refused(
          AdmissionRule.IDENTITY_OUTSIDE_BLOCK,
          "the identity of "
              + name
              + ", "
              + addressText(address)
              + ", lies outside the block "
              + config.block());
    }
    TreeSet<ServiceName> services = new TreeSet<>();
    Optional<Refused> refusal = addServices(name, names, services);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    X509Certificate leaf = path.getFirst();
    PeerIdentity peer =
        new PeerIdentity(
            name,
            identity.get(),
            services,
            Fingerprints.sha256(leaf),
            path.stream().map(each -> Fingerprints.sha256(each.getPublicKey())).toList(),
            leaf.getNotAfter().toInstant().toEpochMilli(),
            leaf.getSerialNumber().toString(16));
    Optional<String> revoked = revocations.reasonFor(peer);
    return revoked.isPresent()
        ? new Refused(AdmissionRule.REVOKED, peer.label() + " is revoked: " + revoked.get())
        : new Admitted(peer);
  }

  /** An IP name for people; what is IPv4 in the form of IPv6 is marked as such. */
  private static String addressText(byte[] address) {
    return address.length == 4 || address.length == 16
        ? Addresses.format(address)
        : "an address of " + address.length + " bytes";
  }

  private Optional<Refused> addServices(
      NodeName name, CertificateNames names, Set<ServiceName> services) {
    if (names.dnsNames().size() > MAX_SERVICES) {
      return Optional.of(
          new Refused(
              AdmissionRule.TOO_MANY_SERVICES,
              "the certificate of " + name + " has more than " + MAX_SERVICES + " DNS names"));
    }
    for (String dnsName : names.dnsNames()) {
      Optional<ServiceName> service = config.trustDomain().serviceOf(dnsName);
      if (service.isEmpty()) {
        return Optional.of(
            new Refused(
                AdmissionRule.UNKNOWN_NAME,
                "the certificate of "
                    + name
                    + " has the DNS name "
                    + Printable.text(dnsName)
                    + ", which is not <service>.service."
                    + config.trustDomain()));
      }
      services.add(service.get());
    }
    if (!names.otherKinds().isEmpty()) {
      return Optional.of(
          new Refused(
              AdmissionRule.UNKNOWN_NAME,
              "the certificate of "
                  + name
                  + " has a name of a kind not used here: "
                  + names.otherKinds().getFirst()));
    }
    return Optional.empty();
  }

  private Optional<Refused> refuseOurselves(PeerIdentity peer) {
    if (peer.identity().equals(config.ownIdentity())) {
      return Optional.of(
          new Refused(
              AdmissionRule.OWN_IDENTITY,
              peer.name().equals(config.ownName())
                  ? "the peer is this node itself, or has its certificate: " + peer.label()
                  : "two nodes claim identity "
                      + peer.identity()
                      + ": "
                      + peer.name()
                      + ", and this node, "
                      + config.ownName(),
              Optional.of(peer)));
    }
    if (peer.name().equals(config.ownName())) {
      return Optional.of(
          new Refused(
              AdmissionRule.OWN_NAME,
              "the peer has this node's name, "
                  + peer.name()
                  + ", with identity "
                  + peer.identity()));
    }
    return Optional.empty();
  }
}
