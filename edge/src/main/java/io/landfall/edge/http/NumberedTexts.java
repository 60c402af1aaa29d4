package io.landfall.edge.http;

import io.netty.util.AsciiString;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Values of fields that have a number in them and are sent again and again, such as an Age or a
 * Content-Length: the newest of each slot is kept. Any thread may ask. Two that write one slot at
 * once do no harm: what is kept cannot change, and names its own number.
 */
public final class NumberedTexts {
  /** Slots of one table; numbers from 0 to below this never take each other's place. */
  static final int SLOTS = 2048;

  /** Numbers alone. */
  public static final NumberedTexts DECIMALS = new NumberedTexts(Long::toString);

  private record Text(long number, AsciiString text) {}

  private final @Nullable Text[] kept = new @Nullable Text[SLOTS];
  private final LongFunction<String> form;

  /** None yet, in a form that depends on the number alone. */
  public NumberedTexts(LongFunction<String> form) {
    this.form = form;
  }

  /** The text for a number. */
  public AsciiString of(long number) {
    int slot = (int) number & (SLOTS - 1);
    Text known = kept[slot];
    if (known == null || known.number() != number) {
      known = new Text(number, AsciiString.of(form.apply(number)));
      kept[slot] = known;
    }
    return known.text();
  }
}
