package io.landfall.cache;

import java.util.List;

/**
 * What decisions need of a stored response, made once when it is stored, so that a hit reads longs
 * and bits and no text.
 *
 * @param status its status code
 * @param freshness its times
 * @param validators what it can be validated with
 * @param vary which fields of a request select it
 * @param omittedFields names of fields that are not stored: those of no-cache and private with
 *     fields, in lower case
 * @param tags what it can be purged by (Surrogate-Key and Cache-Tag)
 * @param groups its groups (RFC 9875)
 */
public record StoredMeta(
    int status,
    Freshness freshness,
    Validators validators,
    Vary vary,
    List<String> omittedFields,
    List<String> tags,
    List<String> groups) {}
