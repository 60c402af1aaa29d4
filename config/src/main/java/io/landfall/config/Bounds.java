package io.landfall.config;

/**
 * How much of everything a config may ask for, and defaults that are not the config's own. Each is
 * the bound of the room that does the work; the config knows no room, so it has them once more, and
 * ConfigBoundsTest of room node asserts that they agree.
 */
public final class Bounds {
  /** The most services that a node knows. */
  public static final int SERVICES = 4_096;

  /** The most backends of one service. */
  public static final int BACKENDS = 256;

  /** The largest weight of a backend. */
  public static final int BACKEND_WEIGHT = 1_000;

  /** The most hosts that may announce one service over BGP. */
  public static final int HOSTS_OF_A_SERVICE = 64;

  /** The most service hosts. */
  public static final int SERVICE_HOSTS = 256;

  /** The most services that one service host may announce. */
  public static final int SERVICES_OF_A_HOST = 1_024;

  /** The most places where other nodes might be. */
  public static final int CANDIDATES = 4_096;

  /** The most neighbours of the overlay. */
  public static final int OVERLAY_PEERS = 4_096;

  /** The most paths that may be kept of one peer: some gigabytes. */
  public static final int OVERLAY_PATHS = 4_000_000;

  /** The most anycast prefixes. */
  public static final int PREFIXES = 64;

  /** The most prefixes of clients that may purge: a PURGE looks at them one by one. */
  public static final int PURGE_SOURCES = 64;

  /** The most prefixes of proxies that are trusted: a request looks at them one by one. */
  public static final int TRUSTED_PROXIES = 64;

  /** The most server names of one TCP service. */
  public static final int SERVER_NAMES = 256;

  /** The most prefixes whose connections begin with a PROXY header: each new one is looked up. */
  public static final int PROXY_SOURCES = 64;

  /** The most certificates of one listener: each has a context of TLS with its own memory. */
  public static final int CERTIFICATES = 1_024;

  /** The most names of one certificate that is ordered by ACME: what public CAs take. */
  public static final int ACME_NAMES = 100;

  /** The most certificates of all listeners that are ordered by ACME. */
  public static final int ACME_CERTIFICATES = 256;

  /** The most people whom a CA may write to. */
  public static final int ACME_CONTACTS = 8;

  /** The most names in one list of a service's cache: a request looks at them one by one. */
  public static final int CACHE_NAMES = 64;

  /** The most protocols that a service may allow a request to switch to. */
  public static final int UPGRADES = 16;

  /** The most statuses that a circuit counts as failures: each response is compared with them. */
  public static final int CIRCUIT_STATUSES = 16;

  /** The most redirects of a service: a request looks at them one by one. */
  public static final int REDIRECTS = 256;

  /** The most fields that a service may set and remove, of requests or of responses. */
  public static final int FIELD_CHANGES = 64;

  /** The most prefixes of clients that a service may allow, or deny. */
  public static final int ACCESS_PREFIXES = 1_024;

  /** The most rate limits of a service: each has a table of half a megabyte. */
  public static final int RATE_LIMITS = 8;

  /** The most requests of a rate limit. */
  public static final int RATE_LIMIT_REQUESTS = 1_000_000;

  /** The most requests of a service that may wait. */
  public static final int QUEUE = 100_000;

  /** The longest that a request may wait: clients have left by then. */
  public static final long QUEUE_MILLIS = 60_000;

  /** The most requests of a service that may wait for its authorization service. */
  public static final int AUTHORIZATIONS = 10_000;

  /** The longest that an authorization service may take. */
  public static final long AUTHORIZATION_MILLIS = 30_000;

  /** The most disks of the cache: each has threads, buffers and a journal of its own. */
  public static final int CACHE_DISKS = 16;

  /** The most upstream routers. */
  public static final int UPSTREAMS = 16;

  /** The most words of a probe's command. */
  public static final int PROBE_WORDS = 64;

  /** The most failures or successes in a row that a probe may wait for. */
  public static final int PROBE_COUNT = 100;

  /** The longest host that a probe may send: a name and a port. */
  public static final int PROBE_HOST_CHARS = 261;

  /** The most requests of probes on one connection. */
  public static final int PROBE_REQUESTS = 1000;

  /** The shortest interval of a probe. */
  public static final long LEAST_PROBE_INTERVAL_MILLIS = 50;

  /** The longest interval of a probe. */
  public static final long MOST_PROBE_INTERVAL_MILLIS = 3_600_000;

  /** The shortest interval of BFD. */
  public static final int LEAST_BFD_INTERVAL_MILLIS = 50;

  /** The longest interval of BFD. */
  public static final int MOST_BFD_INTERVAL_MILLIS = 60_000;

  /** The largest multiplier of BFD: one byte (RFC 5880 section 4.1). */
  public static final int MOST_BFD_MULTIPLIER = 255;

  /** The interval of BFD when the config gives none. */
  public static final int DEFAULT_BFD_INTERVAL_MILLIS = 200;

  /** The multiplier of BFD when the config gives none. */
  public static final int DEFAULT_BFD_MULTIPLIER = 3;

  private Bounds() {}
}
