package io.landfall.cache;

import java.util.ArrayList;
import java.util.List;

/**
 * The stored responses of one primary key, the newest first (RFC 9111 section 4.1). Immutable: a
 * store keeps one object per key and swaps it.
 *
 * @param <T> what the store keeps of a response
 */
public final class Variants<T> {
  /** Responses of one primary key, unless a smaller bound is given; the oldest one goes. */
  public static final int MOST_VARIANTS = 64;

  /** What {@link #select} gives if the request selects none. */
  public static final int NONE = -1;

  private record Variant<T>(Vary vary, String key, String language, T value) {}

  private final List<Variant<T>> variants;
  private final int most;

  private Variants(List<Variant<T>> variants, int most) {
    this.variants = variants;
    this.most = most;
  }

  /** None yet, and at most so many. */
  public static <T> Variants<T> none(int most) {
    return new Variants<>(List.of(), Math.clamp(most, 1, MOST_VARIANTS));
  }

  /** How many there are. */
  public int size() {
    return variants.size();
  }

  /** What is kept of one; 0 is the newest. */
  public T value(int index) {
    return variants.get(index).value();
  }

  /**
   * The newest one that a request selects, or {@link #NONE}. A response in the one language that
   * the request prefers to all others is selected whatever else its Accept-Language says.
   */
  public int select(FieldSection request) {
    Vary vary = Vary.NONE;
    String key = "";
    for (int i = 0; i < variants.size(); i++) {
      Variant<T> variant = variants.get(i);
      if (!variant.vary().equals(vary)) {
        vary = variant.vary();
        key = vary.secondaryKey(request);
      }
      if (key.equals(variant.key()) || matchesByLanguage(variant, request, key)) {
        return i;
      }
    }
    return NONE;
  }

  private static boolean matchesByLanguage(
      Variant<?> variant, FieldSection request, String requestKey) {
    int at = variant.vary().names().indexOf(CacheFields.ACCEPT_LANGUAGE);
    return at >= 0
        && !variant.language().isEmpty()
        && variant.language().equals(NormalForm.preferredLanguage(request))
        && Vary.sameBut(at, variant.key(), requestKey);
  }

  /**
   * These with a further one, in place of those that the same request selects; the oldest one goes
   * if there are too many.
   *
   * @param meta what was decided of the response
   * @param request the fields of the request that it answers
   * @param response its fields
   */
  public Variants<T> with(StoredMeta meta, FieldSection request, FieldSection response, T value) {
    Vary vary = meta.vary();
    CharSequence language = CacheFields.only(response, CacheFields.CONTENT_LANGUAGE);
    // One that a malformed field selected may differ from what that language selects.
    String spoken =
        language == null || !NormalForm.hasLanguages(request)
            ? ""
            : AsciiText.lowerCase(language, 0, language.length());
    Variant<T> added = new Variant<>(vary, vary.secondaryKey(request), spoken, value);
    List<Variant<T>> all = new ArrayList<>(variants.size() + 1);
    all.add(added);
    for (Variant<T> each : variants) {
      boolean sameKey = each.vary().equals(vary) && each.key().equals(added.key());
      if (!sameKey && all.size() < most) {
        all.add(each);
      }
    }
    return new Variants<>(List.copyOf(all), most);
  }

  /** These without one. */
  public Variants<T> without(int index) {
    List<Variant<T>> rest = new ArrayList<>(variants);
    rest.remove(index);
    return new Variants<>(List.copyOf(rest), most);
  }
}
