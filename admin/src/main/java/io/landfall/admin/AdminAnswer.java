package io.landfall.admin;

import io.landfall.admin.json.JsonWriter;
import io.landfall.admin.model.Problem;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * One answer of the admin API.
 *
 * @param status the HTTP status
 * @param contentType the media type
 * @param body the body
 * @param charset how the body becomes bytes
 * @param stream events to be written for as long as the other side wants them, in place of a body
 * @param fields further header fields; one of a name that each answer has is in its place
 */
record AdminAnswer(
    int status,
    String contentType,
    String body,
    Charset charset,
    Optional<MonitorWatch> stream,
    Map<String, String> fields) {
  /** Copies the fields. */
  AdminAnswer {
    fields = Map.copyOf(fields);
  }

  AdminAnswer(int status, String contentType, String body) {
    this(status, contentType, body, StandardCharsets.UTF_8, Optional.empty(), Map.of());
  }

  /** The same with these header fields. */
  AdminAnswer with(Map<String, String> more) {
    return new AdminAnswer(status, contentType, body, charset, stream, more);
  }

  /** A body that is no text: each character of it is one byte. */
  static AdminAnswer bytes(String contentType, byte[] body) {
    Charset oneByte = StandardCharsets.ISO_8859_1;
    return new AdminAnswer(
        200, contentType, new String(body, oneByte), oneByte, Optional.empty(), Map.of());
  }

  static AdminAnswer stream(MonitorWatch watch) {
    return new AdminAnswer(
        200, "application/x-ndjson", "", StandardCharsets.UTF_8, Optional.of(watch), Map.of());
  }

  /** A value of the model, or a list of such. */
  static AdminAnswer json(Object value) {
    return json(200, value);
  }

  static AdminAnswer json(int status, Object value) {
    return new AdminAnswer(status, "application/json", JsonWriter.text(value));
  }

  static AdminAnswer problem(int status, String detail) {
    String title =
        switch (status) {
          case 400 -> "Bad Request";
          case 401 -> "Unauthorized";
          case 403 -> "Forbidden";
          case 404 -> "Not Found";
          case 405 -> "Method Not Allowed";
          case 409 -> "Conflict";
          case 413 -> "Content Too Large";
          case 503 -> "Service Unavailable";
          default -> "Internal Server Error";
        };
    return new AdminAnswer(
        status,
        "application/problem+json",
        JsonWriter.text(new Problem("about:blank", title, status, detail)));
  }
}
