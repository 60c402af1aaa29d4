package io.landfall.cache;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The normal form of a request's selecting fields (RFC 9111 section 4.1): lines joined, white space
 * around commas gone; Accept-Encoding and Accept-Language as what they accept, so that what differs
 * in writing only selects the same response. Accept-Encoding is sent in this form too; of all else
 * nothing is merged that an origin may tell apart: what is malformed is compared as it was written.
 */
final class NormalForm {
  /** Languages of one field; a longer list is compared as it was written. */
  private static final int MOST_LANGUAGES = 32;

  private static final int FULL_WEIGHT = 1000;

  private static final String LANGUAGE =
      "[ \\t]*+(?:\\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*+)"
          + "(?:[ \\t]*+;[ \\t]*+[qQ]=(?:0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?))?+[ \\t]*+";

  private static final Pattern LANGUAGES =
      Pattern.compile(LANGUAGE + "(?:," + LANGUAGE + "){0," + (MOST_LANGUAGES - 1) + "}+");

  private NormalForm() {}

  /** Appends the normal form of all lines of a name. */
  static void append(StringBuilder out, FieldSection request, String name) {
    CharSequence value = CacheFields.combined(request, name);
    if (value == null) {
      return;
    }
    switch (name) {
      case CacheFields.ACCEPT_ENCODING -> out.append(codings(value));
      case CacheFields.ACCEPT_LANGUAGE -> out.append(languages(value));
      default -> appendMembers(out, value);
    }
  }

  private static void appendMembers(StringBuilder out, CharSequence value) {
    int at = 0;
    while (at <= value.length()) {
      int from = AsciiText.skipSpaces(value, at, value.length());
      int end = ListMembers.endOfMember(value, from);
      // An empty member too: an origin need not read the field as a list.
      out.append(at == 0 ? "" : ",").append(value, from, AsciiText.trimEnd(value, from, end));
      at = end + 1;
    }
  }

  /** Whether a value is one of Accept-Language (RFC 9110 section 12.5.4), and no more. */
  private static boolean isLanguages(CharSequence value) {
    return LANGUAGES.matcher(value).matches();
  }

  /**
   * The codings that a request accepts, of those that this cache knows: in the order of their
   * names, {@code *} as all of them, and {@code identity;q=0} if nothing but a coding will do.
   */
  static String codings(CharSequence value) {
    SortedMap<String, Integer> weights = weights(value);
    TreeSet<String> accepted = new TreeSet<>();
    int rest = weights.getOrDefault("*", 0);
    for (String coding : List.of("br", "gzip", "zstd")) {
      if (weights.getOrDefault(coding, rest) > 0) {
        accepted.add(coding);
      }
    }
    if (!accepted.contains("gzip") && weights.getOrDefault("x-gzip", 0) > 0) {
      accepted.add("gzip");
    }
    boolean onlyCoded =
        weights.containsKey("identity")
            ? weights.getOrDefault("identity", 0) == 0
            : weights.containsKey("*") && rest == 0;
    return String.join(",", accepted) + (onlyCoded ? ",identity;q=0" : "");
  }

  /** Whether each coding of a response is one of those that the request's normal form has. */
  static boolean accepts(FieldSection request, CharSequence contentEncoding) {
    CharSequence accept = CacheFields.combined(request, CacheFields.ACCEPT_ENCODING);
    List<String> codings = accept == null ? List.of() : List.of(codings(accept).split(","));
    ListMembers members = new ListMembers(contentEncoding);
    while (members.next()) {
      String coding = AsciiText.lowerCase(contentEncoding, members.from(), members.to());
      String known = coding.equals("x-gzip") ? "gzip" : coding;
      if (!known.equals("identity") && !codings.contains(known)) {
        return false;
      }
    }
    return true;
  }

  /** Languages in the order of what is preferred; those of one weight by name. */
  private static CharSequence languages(CharSequence value) {
    if (!isLanguages(value)) {
      return value;
    }
    SortedMap<String, Integer> weights = weights(value);
    List<String> names = new ArrayList<>(weights.keySet());
    names.sort(Comparator.comparingInt((String name) -> -weights.getOrDefault(name, 0)));
    StringBuilder out = new StringBuilder();
    int last = FULL_WEIGHT;
    for (String name : names) {
      int weight = weights.getOrDefault(name, 0);
      // What orders the list is told; how large a weight is does not select a response.
      out.append(weight == last || out.isEmpty() ? "," : ";").append(name);
      out.append(weight == 0 ? "!" : "");
      last = weight;
    }
    return out;
  }

  /** Whether a request has a well-formed Accept-Language, or none. */
  static boolean hasLanguages(FieldSection request) {
    CharSequence value = CacheFields.combined(request, CacheFields.ACCEPT_LANGUAGE);
    return value == null || isLanguages(value);
  }

  /**
   * The one language that a request prefers to all others, or null; a response in that language
   * answers it.
   */
  static @Nullable String preferredLanguage(FieldSection request) {
    CharSequence value = CacheFields.combined(request, CacheFields.ACCEPT_LANGUAGE);
    if (value == null || !isLanguages(value)) {
      return null;
    }
    String best = null;
    int most = 0;
    for (var each : weights(value).entrySet()) {
      if (each.getValue() > most) {
        best = each.getKey();
        most = each.getValue();
      } else if (each.getValue() == most) {
        best = null;
      }
    }
    return best == null || best.equals("*") ? null : best;
  }

  /** Members in lower case, each with its weight in thousandths (RFC 9110 section 12.4.2). */
  static SortedMap<String, Integer> weights(CharSequence value) {
    SortedMap<String, Integer> weights = new TreeMap<>();
    ListMembers members = new ListMembers(value);
    while (members.next()) {
      int end = members.from();
      while (end < members.to() && value.charAt(end) != ';') {
        end++;
      }
      String name =
          AsciiText.lowerCase(value, members.from(), AsciiText.trimEnd(value, members.from(), end));
      weights.merge(name, weight(value, end, members.to()), Math::max);
    }
    return weights;
  }

  /** The weight that parameters give; what is no weight counts as all of it. */
  private static int weight(CharSequence value, int from, int to) {
    int at = from;
    while (at < to) {
      at = AsciiText.skipSpaces(value, at + 1, to);
      if (at + 1 < to && AsciiText.lower(value.charAt(at)) == 'q' && value.charAt(at + 1) == '=') {
        return thousandths(value, at + 2, to);
      }
      while (at < to && value.charAt(at) != ';') {
        at++;
      }
    }
    return FULL_WEIGHT;
  }

  private static int thousandths(CharSequence value, int from, int to) {
    if (from >= to || value.charAt(from) != '0') {
      return FULL_WEIGHT;
    }
    int weight = 0;
    int scale = 100;
    for (int i = from + 2; i < to && scale > 0 && AsciiText.isDigit(value.charAt(i)); i++) {
      weight += scale * (value.charAt(i) - '0');
      scale /= 10;
    }
    return weight;
  }
}
