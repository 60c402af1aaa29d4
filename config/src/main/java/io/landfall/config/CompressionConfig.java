package io.landfall.config;

import java.util.List;
import java.util.Optional;

/**
 * The codings in which stored responses of a service are kept beside.
 *
 * @param codings the codings, the one that is preferred among equals first
 * @param types patterns of media types, none for none; empty: those that are text, or like it
 * @param minBytes shorter bodies have no variants
 * @param maxBytes longer bodies have none
 * @param savingPercent a variant has to be shorter by so much
 * @param levels how much is done for a small result
 * @param withCredentials whether what has credentials has variants too
 */
public record CompressionConfig(
    List<Coding> codings,
    Optional<List<String>> types,
    long minBytes,
    long maxBytes,
    int savingPercent,
    Levels levels,
    boolean withCredentials) {
  /** What is used unless the config has something else. */
  public static final CompressionConfig DEFAULT =
      new CompressionConfig(
          List.of(Coding.BR, Coding.ZSTD, Coding.GZIP),
          Optional.empty(),
          1L << 10,
          10L << 20,
          10,
          new Levels(6, 5, 6),
          false);

  /** Copies the lists. */
  public CompressionConfig {
    codings = List.copyOf(codings);
    types = types.map(List::copyOf);
  }

  /** A content coding. */
  public enum Coding {
    /** Brotli. */
    BR,
    /** Zstandard. */
    ZSTD,
    /** Gzip. */
    GZIP
  }

  /**
   * How much is done for a small result.
   *
   * @param gzip 1 to 9
   * @param br 0 to 11
   * @param zstd 1 to 19
   */
  public record Levels(int gzip, int br, int zstd) {}
}
