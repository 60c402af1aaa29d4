package io.landfall.cache;

import java.util.List;

/**
 * What of a request, beside scheme, authority and path, makes another response.
 *
 * @param fields names of request fields that are part of the key, in lower case
 * @param query what of the query is
 */
public record KeyPolicy(List<String> fields, QueryRules query) {
  /** The whole query, and no field. */
  public static final KeyPolicy DEFAULT = new KeyPolicy(List.of(), QueryRules.WHOLE);

  /** Copies its list. */
  public KeyPolicy {
    fields = List.copyOf(fields);
  }
}
