package io.landfall.config;

import io.landfall.config.CompressionConfig.Coding;
import io.landfall.config.CompressionConfig.Levels;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Reads {@code services.NAME.cache.compress}. */
final class CacheCompressionReader {
  private static final long MOST_BYTES = 64L << 20;

  /** The keys of a service's cache that are read here. */
  private static final Keys KEYS = CacheSectionReader.KEYS;

  private static final Keys COMPRESS_KEYS = new Keys("services.NAME.cache.compress");

  /** The sections that are read here. */
  static final List<Keys> SECTIONS = List.of(COMPRESS_KEYS);

  private static final String PATTERN =
      "[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/(?:\\*|[a-z0-9][a-z0-9!#$&^_.+-]{0,126})"
          + "|\\*\\+[a-z0-9][a-z0-9!#$&^_.-]{0,126}";

  private static final ValueRule<String> TYPE =
      ValueRule.of(
          new Shape.Text("media type", "^(?:" + PATTERN + ")$"), CacheCompressionReader::type);

  private static final Key<?> COMPRESS =
      KEYS.section("compress")
          .otherwiseAs("no response is compressed here")
          .is(
              "Stored responses are kept in further codings too, which are made of them once"
                  + " (docs/caching.md); `{}` is enough.");
  private static final Key<Coding> CODINGS =
      COMPRESS_KEYS
          .values("codings", ValueRules.oneOf(Coding.class))
          .otherwiseAs("[br, zstd, gzip]")
          .is(
              "The codings: of those that a client likes as much as others the first one here is"
                  + " sent.");
  private static final Key<String> TYPES =
      COMPRESS_KEYS
          .values("types", TYPE)
          .otherwiseAs("text, JSON, XML, JavaScript, WebAssembly, fonts and images like it")
          .atMost(Bounds.CACHE_NAMES)
          .is("Media types in lower case: `text/html`, `text/*`, or `*+json` for all that end so.");
  private static final Key<Long> MIN_SIZE =
      COMPRESS_KEYS
          .value("min-size", ValueRules.size(1, MOST_BYTES))
          .otherwise(CompressionConfig.DEFAULT.minBytes())
          .is("Shorter bodies are not compressed.");
  private static final Key<Long> MAX_SIZE =
      COMPRESS_KEYS
          .value("max-size", ValueRules.size(1, MOST_BYTES))
          .otherwise(CompressionConfig.DEFAULT.maxBytes())
          .is("Longer bodies are not compressed; nor those that are on disk only.");
  private static final Key<Integer> MIN_SAVING =
      COMPRESS_KEYS
          .value("min-saving", ValueRules.count(1, 90))
          .otherwise(CompressionConfig.DEFAULT.savingPercent())
          .is("What does not become shorter by so many percent is not kept.");
  private static final Key<Integer> GZIP_LEVEL =
      COMPRESS_KEYS
          .value("gzip-level", ValueRules.count(1, 9))
          .otherwise(CompressionConfig.DEFAULT.levels().gzip())
          .is("How much is done for a small result.");
  private static final Key<Integer> BR_LEVEL =
      COMPRESS_KEYS
          .value("br-level", ValueRules.count(0, 11))
          .otherwise(CompressionConfig.DEFAULT.levels().br())
          .is("The same; from 10 on it takes many times as long.");
  private static final Key<Integer> ZSTD_LEVEL =
      COMPRESS_KEYS
          .value("zstd-level", ValueRules.count(1, 19))
          .otherwise(CompressionConfig.DEFAULT.levels().zstd())
          .is("The same; higher ones need more memory than clients must have (RFC 9659).");
  private static final Key<Boolean> WITH_CREDENTIALS =
      COMPRESS_KEYS
          .value("with-credentials", ValueRules.FLAG)
          .otherwise(CompressionConfig.DEFAULT.withCredentials())
          .is(
              "Whether requests with Cookie or Authorization are answered compressed, and responses"
                  + " with Set-Cookie are: if such a response has a secret, its length can betray"
                  + " it (BREACH).");

  private CacheCompressionReader() {}

  /** What a service's cache says of it. */
  static Optional<CompressionConfig> read(Section at) {
    return at.section(COMPRESS).map(CacheCompressionReader::compression);
  }

  private static CompressionConfig compression(Section at) {
    List<Coding> codings = at.values(CODINGS).orElse(CompressionConfig.DEFAULT.codings());
    if (new HashSet<>(codings).size() != codings.size()) {
      at.problem(CODINGS.name(), "has a coding twice", "name each coding once");
    }
    Optional<List<String>> types = at.values(TYPES);
    at.atMost(TYPES, types.map(List::size).orElse(0), "write 'text/*' for all that begin so");
    long min = at.valueOrDefault(MIN_SIZE);
    long max = at.valueOrDefault(MAX_SIZE);
    if (min > max) {
      at.problem(
          MIN_SIZE.name(),
          "is above max-size: no body is in between",
          "make min-size smaller, or max-size larger");
    }
    CompressionConfig read =
        new CompressionConfig(
            codings,
            types,
            min,
            max,
            at.valueOrDefault(MIN_SAVING),
            new Levels(
                at.valueOrDefault(GZIP_LEVEL),
                at.valueOrDefault(BR_LEVEL),
                at.valueOrDefault(ZSTD_LEVEL)),
            at.valueOrDefault(WITH_CREDENTIALS));
    at.end();
    return read;
  }

  private static String type(String text) throws BadValue {
    if (!text.matches(PATTERN)) {
      throw new BadValue(
          "'" + text + "' is no media type in lower case",
          "write 'text/html', 'text/*' or '*+json'");
    }
    return text;
  }
}
