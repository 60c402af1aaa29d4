package io.landfall.admin.json;

import io.landfall.core.InvariantBroken;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Values as JSON: a record is an object whose keys are its components, in their order, all of them;
 * what is empty is null. Times are in UTC to the millisecond (RFC 3339), other numbers with a
 * fraction to the thousandth.
 */
public final class JsonWriter {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final double THOUSANDTHS = 1_000.0;

  private final JsonGenerator json;

  private JsonWriter(JsonGenerator json) {
    this.json = json;
  }

  /** One value as text, with an end of line. */
  public static String text(Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      new JsonWriter(json).value(value);
    }
    return text.append('\n').toString();
  }

  private void value(@Nullable Object value) {
    switch (value) {
      case null -> json.writeNull();
      case Optional<?> optional -> value(optional.orElse(null));
      case OptionalLong number -> value(number.isPresent() ? number.getAsLong() : null);
      case OptionalInt number -> value(number.isPresent() ? (long) number.getAsInt() : null);
      case OptionalDouble number -> value(number.isPresent() ? number.getAsDouble() : null);
      case JsonObject object -> members(object.members());
      case Map<?, ?> map -> members(map);
      case Record object -> {
        json.writeStartObject();
        components(object);
        json.writeEndObject();
      }
      case Collection<?> list -> {
        json.writeStartArray();
        list.forEach(this::value);
        json.writeEndArray();
      }
      case Boolean truth -> json.writeBoolean(truth);
      case Double number -> json.writeNumber(Math.round(number * THOUSANDTHS) / THOUSANDTHS);
      case Number number -> json.writeNumber(number.longValue());
      case Instant time -> json.writeString(time.truncatedTo(ChronoUnit.MILLIS).toString());
      default -> json.writeString(value.toString());
    }
  }

  private void members(Map<?, ?> members) {
    json.writeStartObject();
    members.forEach(
        (name, member) -> {
          json.writeName(name.toString());
          value(member);
        });
    json.writeEndObject();
  }

  private void components(Record object) {
    for (RecordComponent component : RecordShape.of(object.getClass())) {
      Object member = member(object, component);
      if (!component.isAnnotationPresent(Inline.class)) {
        json.writeName(component.getName());
        value(member);
      } else if (member instanceof Record inner) {
        components(inner);
      } else if (member instanceof Optional<?> optional && optional.isPresent()) {
        components((Record) optional.get());
      }
    }
  }

  private static @Nullable Object member(Record object, RecordComponent component) {
    try {
      return component.getAccessor().invoke(object);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new InvariantBroken("a record's accessor only reads: " + component, e);
    }
  }
}
