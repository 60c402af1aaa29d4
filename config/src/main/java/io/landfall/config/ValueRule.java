package io.landfall.config;

/** What a text must be, and what it then means. */
@FunctionalInterface
interface ValueRule<T> {
  /** The meaning of the text. */
  T read(String text) throws BadValue;

  /** How the text is written. */
  default Shape shape() {
    return Shapes.ANY;
  }

  /** The same rule for texts of a shape. */
  static <T> ValueRule<T> of(Shape shape, ValueRule<T> rule) {
    return new ValueRule<>() {
      @Override
      public T read(String text) throws BadValue {
        return rule.read(text);
      }

      @Override
      public Shape shape() {
        return shape;
      }
    };
  }
}
