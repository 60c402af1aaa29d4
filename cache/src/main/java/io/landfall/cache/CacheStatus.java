package io.landfall.cache;

import org.jspecify.annotations.Nullable;

/**
 * Writes this node's entry of Cache-Status (RFC 9211); it goes behind those of caches nearer to the
 * origin, and the field itself stands in no stored response of ours.
 */
public final class CacheStatus {
  /** The name of the field. */
  public static final String FIELD = "cache-status";

  private static final long NO_TTL = Long.MIN_VALUE;

  private final String hitPrefix;
  private final String forwardPrefix;

  /** The entries of a cache of that name: the node's. */
  public CacheStatus(String name) {
    String cache = name.matches("[A-Za-z*][-A-Za-z0-9!#$%&'*+.^_`|~:/]*") ? name : quoted(name);
    hitPrefix = cache + "; hit; ttl=";
    forwardPrefix = cache + "; fwd=";
  }

  /**
   * What a forwarded request met; built up by its methods, each of which gives a new one.
   *
   * @param reason why it was forwarded
   * @param status the status that the next hop answered, or 0
   * @param ttlSeconds for how long the response is fresh here, if it has a value
   * @param stored whether it was stored
   * @param collapsed whether it waited for another request's response
   * @param detail a word of our own, or empty: a {@link StoreRefusal#detail}
   */
  public record Forwarded(
      Forwarding reason,
      int status,
      long ttlSeconds,
      boolean stored,
      boolean collapsed,
      String detail) {
    /** A request forwarded for a reason, of which no more is known. */
    public static Forwarded because(Forwarding reason) {
      return new Forwarded(reason, 0, NO_TTL, false, false, "");
    }

    /** With the status that came back. */
    public Forwarded answered(int code) {
      return new Forwarded(reason, code, ttlSeconds, stored, collapsed, detail);
    }

    /** With a response that was stored. */
    public Forwarded storedFor(long ttl) {
      return new Forwarded(reason, status, ttl, true, collapsed, detail);
    }

    /** With a response that was not stored. */
    public Forwarded notStored(StoreRefusal refusal) {
      return new Forwarded(reason, status, ttlSeconds, false, collapsed, refusal.detail());
    }

    /** With the response to another request. */
    public Forwarded collapsedOnto() {
      return new Forwarded(reason, status, ttlSeconds, stored, true, detail);
    }
  }

  /** The entry of a response from the store; a negative time is how long it has been stale. */
  public String hit(long ttlSeconds) {
    return hitPrefix + ttlSeconds;
  }

  /** The same, of a variant in a coding, which is its detail; null for what is stored as it is. */
  public String hit(long ttlSeconds, @Nullable Coding coding) {
    String entry = hit(ttlSeconds);
    return coding == null ? entry : entry + "; detail=" + coding.token();
  }

  /** The entry of a hit up to the number that ends it, for heads that are made beforehand. */
  public String hitPrefix() {
    return hitPrefix;
  }

  /** The entry of a response that came from the next hop. */
  public String forwarded(Forwarded what) {
    StringBuilder text = new StringBuilder(80).append(forwardPrefix).append(what.reason().word());
    if (what.status() != 0) {
      text.append("; fwd-status=").append(what.status());
    }
    if (what.ttlSeconds() != NO_TTL) {
      text.append("; ttl=").append(what.ttlSeconds());
    }
    text.append(what.stored() ? "; stored" : "").append(what.collapsed() ? "; collapsed" : "");
    if (!what.detail().isEmpty()) {
      text.append("; detail=").append(what.detail());
    }
    return text.toString();
  }

  /** An entry with the key, for operators who ask for it (section 2.7). */
  public static String withKey(String entry, String key) {
    return entry + "; key=" + quoted(key);
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c >= ' ' && c < 0x7f ? c : '?');
    }
    return out.append('"').toString();
  }
}
