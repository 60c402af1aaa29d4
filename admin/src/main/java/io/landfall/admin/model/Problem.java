package io.landfall.admin.model;

/**
 * Problem details (RFC 9457).
 *
 * @param type {@code about:blank}: the status says what kind of problem it is
 * @param title the status in words
 * @param status the HTTP status
 * @param detail one sentence for a person
 */
public record Problem(String type, String title, int status, String detail) {}
