package io.landfall.edge.http;

import io.landfall.edge.ClientClaims.Lookalikes;
import io.netty.util.AsciiString;
import java.util.Set;

/**
 * The field names that the edge knows, in lower case, each as one shared object, so that comparing
 * a received name with one of them nearly always ends at the identity check.
 */
public final class FieldNames {
  private static final int LONGEST = 32;
  private static final AsciiString[][] BY_LENGTH = new AsciiString[LONGEST + 1][0];

  public static final AsciiString ACCEPT = known("accept");
  public static final AsciiString ACCEPT_ENCODING = known("accept-encoding");
  public static final AsciiString AGE = known("age");
  public static final AsciiString ALLOW = known("allow");
  public static final AsciiString CACHE_CONTROL = known("cache-control");
  public static final AsciiString CACHE_STATUS = known("cache-status");
  private static final AsciiString CACHE_TAG = known("cache-tag");
  public static final AsciiString CDN_LOOP = known("cdn-loop");
  public static final AsciiString CLIENT_CERT = known("client-cert");
  private static final AsciiString CLIENT_CERT_CHAIN = known("client-cert-chain");

  /**
   * Of a request, the certificate of its client's connection. No client can send it: it is no name
   * of a field, over HTTP/1 nor over HTTP/2.
   */
  public static final AsciiString CONNECTION_CERT = known(":client-cert");

  public static final AsciiString CONNECTION = known("connection");
  public static final AsciiString CONTENT_LENGTH = known("content-length");
  public static final AsciiString COOKIE = known("cookie");
  public static final AsciiString CONTENT_RANGE = known("content-range");
  public static final AsciiString CONTENT_TYPE = known("content-type");
  public static final AsciiString DATE = known("date");
  public static final AsciiString ETAG = known("etag");
  public static final AsciiString EXPECT = known("expect");
  public static final AsciiString FORWARDED = known("forwarded");
  public static final AsciiString HOST = known("host");
  static final AsciiString HTTP2_SETTINGS = known("http2-settings");
  public static final AsciiString IF_MATCH = known("if-match");
  public static final AsciiString IF_MODIFIED_SINCE = known("if-modified-since");
  public static final AsciiString IF_NONE_MATCH = known("if-none-match");
  public static final AsciiString IF_RANGE = known("if-range");
  public static final AsciiString IF_UNMODIFIED_SINCE = known("if-unmodified-since");
  public static final AsciiString KEEP_ALIVE = known("keep-alive");
  public static final AsciiString LANDFALL_CACHE_CONTROL = known("landfall-cache-control");
  public static final AsciiString LANDFALL_CAUSE = known("landfall-cause");
  public static final AsciiString LANDFALL_CLIENT = known("landfall-client");
  public static final AsciiString LANDFALL_DECLINE = known("landfall-decline");
  public static final AsciiString LANDFALL_IDENTITY = known("landfall-identity");
  public static final AsciiString LANDFALL_SAMPLED = known("landfall-sampled");
  public static final AsciiString LANDFALL_UPGRADED = known("landfall-upgraded");
  public static final AsciiString MAX_FORWARDS = known("max-forwards");
  public static final AsciiString PROXY_AUTHENTICATE = known("proxy-authenticate");
  static final AsciiString PROXY_AUTHENTICATION_INFO = known("proxy-authentication-info");
  public static final AsciiString PROXY_AUTHORIZATION = known("proxy-authorization");
  static final AsciiString PROXY_CONNECTION = known("proxy-connection");
  public static final AsciiString PROXY_STATUS = known("proxy-status");
  public static final AsciiString RANGE = known("range");
  public static final AsciiString RETRY_AFTER = known("retry-after");
  public static final AsciiString SEC_WEBSOCKET_ACCEPT = known("sec-websocket-accept");
  public static final AsciiString SEC_WEBSOCKET_KEY = known("sec-websocket-key");
  public static final AsciiString SET_COOKIE = known("set-cookie");
  private static final AsciiString SURROGATE_KEY = known("surrogate-key");
  public static final AsciiString TE = known("te");
  public static final AsciiString TRAILER = known("trailer");
  public static final AsciiString TRANSFER_ENCODING = known("transfer-encoding");
  public static final AsciiString UPGRADE = known("upgrade");
  public static final AsciiString VARY = known("vary");
  public static final AsciiString VIA = known("via");
  public static final AsciiString X_FORWARDED_FOR = known("x-forwarded-for");
  static final AsciiString X_FORWARDED_HOST = known("x-forwarded-host");
  static final AsciiString X_FORWARDED_PORT = known("x-forwarded-port");
  static final AsciiString X_FORWARDED_PROTO = known("x-forwarded-proto");
  static final AsciiString X_REAL_IP = known("x-real-ip");

  /** Of one hop only (RFC 9110 section 7.6.1), or consumed by this hop. */
  private static final Set<AsciiString> HOP_BY_HOP =
      Set.of(
          CONNECTION,
          HTTP2_SETTINGS,
          KEEP_ALIVE,
          PROXY_AUTHENTICATE,
          PROXY_AUTHENTICATION_INFO,
          PROXY_AUTHORIZATION,
          PROXY_CONNECTION,
          TE,
          TRAILER,
          TRANSFER_ENCODING,
          UPGRADE);

  /** What only a hop that we trust may say of the way that a request came. */
  private static final Set<AsciiString> HOP_MARKS =
      Set.of(
          FORWARDED,
          X_FORWARDED_FOR,
          X_FORWARDED_HOST,
          X_FORWARDED_PORT,
          X_FORWARDED_PROTO,
          X_REAL_IP,
          CLIENT_CERT,
          CLIENT_CERT_CHAIN,
          known("cf-connecting-ip"),
          known("client-ip"),
          known("fastly-client-ip"),
          known("forwarded-for"),
          known("front-end-https"),
          known("proxy-client-ip"),
          known("ssl-client-cert"),
          known("ssl-client-verify"),
          known("true-client-ip"),
          known("wl-proxy-client-ip"),
          known("x-appengine-user-ip"),
          known("x-azure-clientip"),
          known("x-client-ip"),
          known("x-cluster-client-ip"),
          known("x-forwarded"),
          known("x-forwarded-by"),
          known("x-forwarded-client-cert"),
          known("x-forwarded-method"),
          known("x-forwarded-path"),
          known("x-forwarded-prefix"),
          known("x-forwarded-scheme"),
          known("x-forwarded-server"),
          known("x-forwarded-ssl"),
          known("x-forwarded-uri"),
          known("x-host"),
          known("x-original-forwarded-for"),
          known("x-original-host"),
          known("x-original-uri"),
          known("x-original-url"),
          known("x-originating-ip"),
          known("x-proxyuser-ip"),
          known("x-rewrite-url"),
          known("x-scheme"),
          known("x-ssl-client-cert"),
          known("x-url-scheme"));

  /** What asks for another method, or another target, than the request line has. */
  private static final Set<AsciiString> OVERRIDES =
      Set.of(
          known("x-http-method"),
          known("x-http-method-override"),
          known("x-method-override"),
          intern("x-original-uri"),
          intern("x-original-url"),
          intern("x-rewrite-url"));

  /** CGI turns it into HTTP_PROXY, which clients of HTTP obey ("httpoxy"); no request needs it. */
  private static final AsciiString PROXY = known("proxy");

  /**
   * What a Connection field cannot take away, because we or the next hop rely on it. Without this a
   * client could strip the loop mark (RFC 8586 section 2) or the framing.
   */
  private static final Set<AsciiString> NOT_NOMINABLE =
      Set.of(CDN_LOOP, CONTENT_LENGTH, DATE, FORWARDED, HOST, PROXY_STATUS, VIA);

  static {
    for (String name :
        new String[] {
          "accept-encoding",
          "accept-language",
          "authorization",
          "cache-control",
          "content-encoding",
          "cookie",
          "etag",
          "last-modified",
          "location",
          "origin",
          "referer",
          "server",
          "user-agent"
        }) {
      known(name);
    }
  }

  private FieldNames() {}

  static boolean isHopByHop(AsciiString name) {
    return HOP_BY_HOP.contains(name);
  }

  /** Whether it carries a client's certificate (RFC 9440). */
  static boolean isClientCertificate(AsciiString name) {
    return name.equals(CLIENT_CERT) || name.equals(CLIENT_CERT_CHAIN);
  }

  /** Whether it is taken from a trusted hop only. */
  public static boolean isHopMark(AsciiString name) {
    return HOP_MARKS.contains(name);
  }

  /**
   * Whether no request may carry the field to a backend, from any client. Names with an underscore
   * or a dot are the same as those with a hyphen to backends that know them as variables (CGI,
   * PHP), so one that stands for a field that is dropped or written anew here is dropped too,
   * unless it is to pass.
   */
  static boolean isNeverPassed(AsciiString name, Lookalikes lookalikes) {
    return name.equals(PROXY)
        || (lookalikes == Lookalikes.DROP && mayBeLookalike(name) && isLookalike(name));
  }

  /** Whether backends that know fields as variables may take it for one with hyphens. */
  public static boolean mayBeLookalike(AsciiString name) {
    return name.indexOf('_', 0) >= 0 || name.indexOf('.', 0) >= 0;
  }

  /** The name with hyphens that such backends may take it for. */
  public static AsciiString meant(AsciiString name) {
    return mayBeLookalike(name) ? intern(name.replace('_', '-').replace('.', '-')) : name;
  }

  private static boolean isLookalike(AsciiString name) {
    AsciiString meant = meant(name);
    return isHopByHop(meant)
        || isHopMark(meant)
        || isPrivate(meant)
        || !isNominable(meant)
        || meant.equals(EXPECT)
        || meant.equals(MAX_FORWARDS)
        || meant.equals(PROXY);
  }

  /**
   * Whether the field asks for another method or target than the request has: with it, some
   * frameworks answer a GET as something else, and a cache would give that to all. Also with
   * underscores or dots, which are hyphens to backends that know fields as variables (CGI, PHP).
   */
  public static boolean isOverride(AsciiString name) {
    return OVERRIDES.contains(meant(name));
  }

  static boolean isNominable(AsciiString name) {
    return !NOT_NOMINABLE.contains(name);
  }

  /**
   * Whether the field speaks between our own nodes and must not come from or go to anybody else.
   */
  public static boolean isPrivate(AsciiString name) {
    return name.length() > 9 && name.byteAt(0) == 'l' && name.startsWith("landfall-");
  }

  /** Whether the field of a response is meant for the caches of this CDN, and for no client. */
  static boolean isForCaches(AsciiString name) {
    return name.equals(LANDFALL_CACHE_CONTROL)
        || name.equals(SURROGATE_KEY)
        || name.equals(CACHE_TAG);
  }

  /** The shared object for a lower-case name, or a view of the given bytes. */
  public static AsciiString intern(byte[] bytes, int offset, int length) {
    if (length <= LONGEST) {
      for (AsciiString candidate : BY_LENGTH[length]) {
        if (sameBytes(candidate, bytes, offset)) {
          return candidate;
        }
      }
    }
    return new AsciiString(bytes, offset, length, false);
  }

  /** The shared object for a lower-case name, or the name as it is. */
  public static AsciiString intern(CharSequence name) {
    AsciiString text = AsciiString.of(name);
    return intern(text.array(), text.arrayOffset(), text.length());
  }

  private static boolean sameBytes(AsciiString candidate, byte[] bytes, int offset) {
    byte[] known = candidate.array();
    for (int i = 0; i < known.length; i++) {
      if (known[i] != bytes[offset + i]) {
        return false;
      }
    }
    return true;
  }

  private static AsciiString known(String name) {
    AsciiString text = AsciiString.cached(name);
    AsciiString[] sameLength = BY_LENGTH[text.length()];
    AsciiString[] longer = java.util.Arrays.copyOf(sameLength, sameLength.length + 1);
    longer[sameLength.length] = text;
    BY_LENGTH[text.length()] = longer;
    return text;
  }
}
