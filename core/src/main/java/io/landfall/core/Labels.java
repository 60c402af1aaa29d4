package io.landfall.core;

/** The one rule for names: a lower-case DNS label. */
final class Labels {
  private static final int MAX_LENGTH = 63;

  private Labels() {}

  static void check(String what, String value) {
    boolean good = !value.isEmpty() && value.length() <= MAX_LENGTH;
    for (int i = 0; good && i < value.length(); i++) {
      char c = value.charAt(i);
      boolean inner = i > 0 && i < value.length() - 1;
      good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && inner);
    }
    if (!good) {
      throw new IllegalArgumentException(
          what
              + " '"
              + value
              + "' is not a lower-case DNS label: 1 to 63 of a-z, 0-9 and '-', neither first nor"
              + " last a '-'");
    }
  }
}
