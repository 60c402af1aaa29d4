package io.landfall.cli;

import io.landfall.admin.json.JsonWriter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/** Answers of a node with every member there, made from what the model's records have. */
final class SampleAnswers {
  /** Longer than what a terminal has left of a line. */
  static final String SENTENCE =
      "Cease/Administrative Shutdown: this site is taken out of service for the whole night, and"
          + " the next one may be too";

  /** Members that have sentences; other texts are words. */
  private static final Set<String> SENTENCES =
      Set.of(
          "why", "text", "lastError", "lastReset", "lastDown", "what", "meaning", "cold", "held");

  private static final Instant TIME = Instant.parse("2026-11-26T09:14:33.120Z");

  private SampleAnswers() {}

  /** One object, as JSON. */
  static String of(Class<? extends Record> type) {
    return JsonWriter.text(sample(type, ""));
  }

  private static Object sample(Type type, String name) {
    if (type instanceof ParameterizedType generic) {
      Type first = generic.getActualTypeArguments()[0];
      Class<?> raw = (Class<?>) generic.getRawType();
      if (raw == Optional.class) {
        return Optional.of(sample(first, name));
      }
      if (Map.class.isAssignableFrom(raw)) {
        return Map.of("word", sample(generic.getActualTypeArguments()[1], name));
      }
      return List.of(sample(first, ""), sample(first, ""));
    }
    Class<?> plain = (Class<?>) type;
    if (plain.isRecord()) {
      return record(plain);
    }
    if (plain == OptionalDouble.class) {
      return OptionalDouble.of(number(name));
    }
    if (plain == OptionalLong.class) {
      return OptionalLong.of((long) number(name));
    }
    if (plain == String.class) {
      return SENTENCES.contains(name) ? SENTENCE : "word";
    }
    if (plain == Instant.class) {
      return TIME;
    }
    if (plain == boolean.class) {
      return true;
    }
    if (plain == double.class) {
      return number(name);
    }
    return plain == int.class ? (Object) (int) number(name) : (Object) (long) number(name);
  }

  private static double number(String name) {
    if (name.endsWith("Millis")) {
      return 12_345;
    }
    return name.endsWith("Seconds") ? 7_754.25 : 3;
  }

  private static Object record(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = sample(components[i].getGenericType(), components[i].getName());
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no sample of " + type + " of " + Arrays.toString(values), e);
    }
  }
}
