package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a question names, in the order in which it was added: values by the name of a parameter. */
final class QueryText {
  private final SequencedMap<String, String> values = new LinkedHashMap<>();

  /** Nothing is named. */
  QueryText() {}

  /** With a value, if there is one. */
  QueryText with(String name, @Nullable String value) {
    Optional.ofNullable(value).ifPresent(given -> values.put(name, given));
    return this;
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  /** A path with it. */
  String of(String path) {
    return isEmpty()
        ? path
        : values.entrySet().stream()
            .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8))
            .collect(Collectors.joining("&", path + "?", ""));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof QueryText text && values.equals(text.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return of("");
  }
}
