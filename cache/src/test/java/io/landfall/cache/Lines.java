package io.landfall.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Field lines of a test: {@code Lines.of("Cache-Control: max-age=5", "ETag: \"a\"")}. */
final class Lines implements FieldSection, FieldSink {
  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  static Lines of(String... lines) {
    Lines fields = new Lines();
    for (String line : lines) {
      int colon = line.indexOf(':');
      fields.add(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    return fields;
  }

  @Override
  public void add(CharSequence name, CharSequence value) {
    names.add(name.toString().toLowerCase(Locale.ROOT));
    values.add(value.toString());
  }

  @Override
  public int size() {
    return names.size();
  }

  @Override
  public CharSequence name(int index) {
    return names.get(index);
  }

  @Override
  public CharSequence value(int index) {
    return values.get(index);
  }

  /** All values of a name, joined; null if there is none. */
  @Nullable String get(String name) {
    StringJoiner joined = new StringJoiner(", ");
    boolean found = false;
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equals(name)) {
        joined.add(values.get(i));
        found = true;
      }
    }
    return found ? joined.toString() : null;
  }

  @Override
  public String toString() {
    StringJoiner lines = new StringJoiner(" | ");
    for (int i = 0; i < names.size(); i++) {
      lines.add(names.get(i) + ": " + values.get(i));
    }
    return lines.toString();
  }
}
