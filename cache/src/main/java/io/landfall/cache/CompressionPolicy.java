package io.landfall.cache;

import java.util.List;

/**
 * What is stored in further codings, and which.
 *
 * @param codings the codings, the one that is preferred among equals first; none: nothing is
 * @param types patterns of media types in lower case: {@code type/subtype}, {@code type/*}, or
 *     {@code *+suffix}
 * @param minBytes shorter bodies are not
 * @param maxBytes longer bodies are not
 * @param savingPercent a variant has to be shorter by so many of 100 bytes, else it is not kept
 * @param levels how much is done for a small result
 * @param withCredentials whether requests with Cookie or Authorization get variants too, and
 *     responses with Set-Cookie have them: a secret beside what an attacker chooses can be guessed
 *     from the length (BREACH)
 */
public record CompressionPolicy(
    List<Coding> codings,
    List<String> types,
    long minBytes,
    long maxBytes,
    int savingPercent,
    Levels levels,
    boolean withCredentials) {
  /**
   * How much is done for a small result, by coding.
   *
   * @param gzip 1 to 9
   * @param brotli 0 to 11
   * @param zstd 1 to 19; more needs a window that RFC 9659 forbids
   */
  public record Levels(int gzip, int brotli, int zstd) {
    /** The level of a coding. */
    public int of(Coding coding) {
      return switch (coding) {
        case GZIP -> gzip;
        case BROTLI -> brotli;
        case ZSTD -> zstd;
      };
    }
  }

  /** Media types whose bodies are text, or like it, unless the operator names others. */
  public static final List<String> DEFAULT_TYPES =
      List.of(
          "text/*",
          "*+json",
          "*+xml",
          "application/javascript",
          "application/json",
          "application/wasm",
          "application/xml",
          "application/vnd.ms-fontobject",
          "font/otf",
          "font/ttf",
          "image/bmp",
          "image/vnd.microsoft.icon",
          "image/x-icon");

  /**
   * What is used where the operator decides nothing but that variants are made: a variant is made
   * once, so its level may cost more than one that is made for each response.
   */
  public static final CompressionPolicy DEFAULT =
      new CompressionPolicy(
          List.of(Coding.BROTLI, Coding.ZSTD, Coding.GZIP),
          DEFAULT_TYPES,
          1L << 10,
          10L << 20,
          10,
          new Levels(6, 5, 6),
          false);

  /** No variants. */
  public static final CompressionPolicy NONE = DEFAULT.with(List.of());

  /** Copies its lists. */
  public CompressionPolicy {
    codings = List.copyOf(codings);
    types = List.copyOf(types);
  }

  /** This with other codings. */
  public CompressionPolicy with(List<Coding> others) {
    return new CompressionPolicy(
        others, types, minBytes, maxBytes, savingPercent, levels, withCredentials);
  }

  /** Whether variants are made at all. */
  public boolean isOn() {
    return !codings.isEmpty();
  }

  /** Whether a body of such a length is worth a variant. */
  public boolean takes(long length) {
    return length >= minBytes && length <= maxBytes;
  }

  /** How long a variant of a body may be. */
  public long mostBytes(long length) {
    return length - (length * savingPercent + 99) / 100;
  }

  /** Whether a media type in lower case, without parameters, is one of those. */
  boolean hasType(String type) {
    for (String each : types) {
      boolean matches =
          each.endsWith("/*")
              ? type.startsWith(each.substring(0, each.length() - 1))
              : each.startsWith("*+") ? type.endsWith(each.substring(1)) : type.equals(each);
      if (matches) {
        return true;
      }
    }
    return false;
  }
}
