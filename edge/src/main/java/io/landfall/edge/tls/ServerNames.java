package io.landfall.edge.tls;

import io.landfall.core.FailureText;
import io.landfall.edge.CoveredHosts;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.AttributeKey;
import io.netty.util.Mapping;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of one listener by the server name that a client sends (RFC 6066 section 3): the
 * certificate with that DNS name, else the one with a wildcard for it (RFC 9525 section 6.3), else
 * the first.
 */
public final class ServerNames implements Mapping<String, SslContext> {
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

  /** The same with HTTP/2, which is chosen before HTTP/1.1 (RFC 9113 section 3.2). */
  private static final ApplicationProtocolConfig HTTP_2 =
      new ApplicationProtocolConfig(
          ApplicationProtocolConfig.Protocol.ALPN,
          ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
          ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2,
          ApplicationProtocolNames.HTTP_1_1);

  private final Map<String, SslContext> byName;
  private final SslContext first;

  private ServerNames(Map<String, SslContext> byName, SslContext first) {
    this.byName = byName;
    this.first = first;
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

  /**
   * The contexts of a listener's identities; there must be one at least.
   *
   * @param http2 whether HTTP/2 is offered
   */
  public static Result of(List<Identity> identities, Hosts hosts, boolean http2) {
    Map<String, SslContext> byName = new TreeMap<>();
    @Nullable SslContext first = null;
    try {
      for (Identity identity : identities) {
        SslContext context = context(identity, http2 ? HTTP_2 : HTTP_1);
        first = first == null ? context : first;
        CoveredHosts covered = covered(identity.chain().getFirst());
        if (hosts == Hosts.CERTIFIED_ONLY) {
          context.attributes().attr(COVERED).set(covered);
        }
        for (String name : covered.dnsNames()) {
          byName.putIfAbsent(name, context);
        }
      }
    } catch (SSLException e) {
      return new Result.Unusable("TLS refuses it: " + FailureText.of(e));
    } catch (CertificateParsingException e) {
      return new Result.Unusable("a certificate has unreadable names: " + FailureText.of(e));
    }
    return first == null
        ? new Result.Unusable("no certificate")
        : new Result.Usable(new ServerNames(byName, first));
  }

  @Override
  public SslContext map(@Nullable String name) {
    if (name == null) {
      return first;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    SslContext exact = byName.get(lower);
    if (exact != null) {
      return exact;
    }
    int dot = lower.indexOf('.');
    return dot < 0 ? first : byName.getOrDefault("*" + lower.substring(dot), first);
  }

  /** Whether requests for the host, or for all of a wildcard, are taken where its name is sent. */
  public boolean takes(String host) {
    CoveredHosts covered = map(host).attributes().attr(COVERED).get();
    return covered == null || covered.covers(host);
  }

  private static SslContext context(Identity identity, ApplicationProtocolConfig protocols)
      throws SSLException {
    return SslContextBuilder.forServer(
            identity.key(), identity.chain().toArray(new X509Certificate[0]))
        .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
        .protocols("TLSv1.3", "TLSv1.2")
        .applicationProtocolConfig(protocols)
        .build();
  }

  private static CoveredHosts covered(X509Certificate certificate)
      throws CertificateParsingException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    return CoveredHosts.of(names == null ? List.of() : names);
  }
}
