package io.landfall.admin.model;

import java.util.List;
import java.util.Optional;

/**
 * What a node has stored of one URL, as {@code show cache URL} has it.
 *
 * @param node the node's name
 * @param url the URL asked about
 * @param service the service that answers for it
 * @param cold why the cache of the service is cold; empty when it is warm, or the service does not
 *     run here
 * @param stored the stored responses, of both schemes, with the default port named or not
 */
public record CacheUrlReport(
    String node, String url, String service, Optional<String> cold, List<Stored> stored) {
  /** Copies the list. */
  public CacheUrlReport {
    stored = List.copyOf(stored);
  }

  /**
   * A stored response.
   *
   * @param url the URL as its key has it
   * @param state what it may be used for: fresh, stale, softly-purged or purged
   * @param status its status
   * @param bytes the length of its body
   * @param ageSeconds since the origin gave it or said that it is right
   * @param ttlSeconds for how long it is fresh yet; negative: for how long it has been stale
   * @param selectedBy where its body is, and what it is found by
   */
  public record Stored(
      String url,
      String state,
      int status,
      long bytes,
      long ageSeconds,
      long ttlSeconds,
      Found selectedBy) {}

  /**
   * Where a response is, and what it is found by.
   *
   * @param tier where its body is: {@code memory}, {@code disk}, {@code memory+disk}, or how many
   *     of its slices are in memory
   * @param varies the request fields that select it
   * @param tags what it can be purged by
   * @param variants the further codings in which it is there
   */
  public record Found(String tier, List<String> varies, List<String> tags, List<Variant> variants) {
    /** Copies the lists. */
    public Found {
      varies = List.copyOf(varies);
      tags = List.copyOf(tags);
      variants = List.copyOf(variants);
    }
  }

  /**
   * A response in a further coding.
   *
   * @param coding as Content-Encoding has it
   * @param bytes the length of its body
   */
  public record Variant(String coding, long bytes) {}
}
