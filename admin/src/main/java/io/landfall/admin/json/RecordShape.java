package io.landfall.admin.json;

import io.landfall.core.InvariantBroken;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/** The components of records, looked up once for each class. */
final class RecordShape {
  private static final ClassValue<RecordComponent[]> COMPONENTS =
      new ClassValue<>() {
        @Override
        protected RecordComponent[] computeValue(Class<?> type) {
          RecordComponent[] components = type.getRecordComponents();
          if (components == null) {
            throw new InvariantBroken(type + " is no record");
          }
          return components;
        }
      };

  private RecordShape() {}

  static RecordComponent[] of(Class<?> type) {
    return COMPONENTS.get(type);
  }

  /** The constructor that takes every component. */
  static Constructor<?> constructor(Class<?> type) {
    try {
      return type.getDeclaredConstructor(
          Arrays.stream(of(type)).map(RecordComponent::getType).toArray(Class[]::new));
    } catch (NoSuchMethodException e) {
      throw new InvariantBroken("every record has its canonical constructor: " + type, e);
    }
  }
}
