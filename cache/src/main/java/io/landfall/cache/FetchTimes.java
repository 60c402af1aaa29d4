package io.landfall.cache;

/**
 * When a response was asked for and received (RFC 9111 section 4.2.3).
 *
 * @param requestMillis when the request was sent, on the cache's clock, which never runs backwards
 * @param responseMillis when the response's head was received, on the cache's clock
 * @param wallMillis the time of day when it was received, in milliseconds since 1970, to compare
 *     with what Date and Expires tell
 */
public record FetchTimes(long requestMillis, long responseMillis, long wallMillis) {}
