package io.landfall.cache;

import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What an Accept-Encoding field accepts (RFC 9110 section 12.5.3), as weights in thousandths; 0 is
 * not accepted.
 *
 * @param gzip the weight of gzip, and of x-gzip, which is the same
 * @param brotli the weight of br
 * @param zstd the weight of zstd
 * @param identity the weight of no coding, if the field names it; else {@link #UNNAMED}: accepted,
 *     and preferred to nothing
 */
public record AcceptedCodings(int gzip, int brotli, int zstd, int identity) {
  /** Identity is not named. */
  public static final int UNNAMED = -1;

  /** Of a request without the field: any coding would do, so none is the safe one. */
  public static final AcceptedCodings ABSENT = new AcceptedCodings(0, 0, 0, UNNAMED);

  /** What a field value accepts, all its lines joined. */
  public static AcceptedCodings of(CharSequence value) {
    SortedMap<String, Integer> weights = NormalForm.weights(value);
    int rest = weights.getOrDefault("*", 0);
    int gzip = weights.getOrDefault("gzip", weights.getOrDefault("x-gzip", rest));
    return new AcceptedCodings(
        gzip,
        weights.getOrDefault(Coding.BROTLI.token(), rest),
        weights.getOrDefault(Coding.ZSTD.token(), rest),
        weights.getOrDefault("identity", UNNAMED));
  }

  /** The field of a request as one value; null if it has none. */
  public static @Nullable CharSequence value(FieldSection request) {
    return CacheFields.combined(request, CacheFields.ACCEPT_ENCODING);
  }

  /** The weight of a coding. */
  public int weight(Coding coding) {
    return switch (coding) {
      case GZIP -> gzip;
      case BROTLI -> brotli;
      case ZSTD -> zstd;
    };
  }

  /**
   * The best one.
   *
   * @param offered what there is; the first of those with the same weight is taken
   * @return null for no coding
   */
  public @Nullable Coding best(List<Coding> offered) {
    Coding best = null;
    int most = 0;
    for (int i = 0; i < offered.size(); i++) {
      int weight = weight(offered.get(i));
      if (weight > most) {
        best = offered.get(i);
        most = weight;
      }
    }
    return identity > most ? null : best;
  }
}
