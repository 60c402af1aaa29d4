package io.landfall.cache;

/**
 * The field lines of a message (RFC 9110 section 5), in the order in which they came, as the rules
 * of this room read them. A port: the edge's own fields implement it, so nothing is copied.
 *
 * <p>Names are in lower case. Values have no white space around them and no control byte but HTAB;
 * whoever receives messages checks that. A character is one byte (ISO 8859-1).
 */
public interface FieldSection {
  /** How many lines there are. */
  int size();

  /** The name of a line, in lower case. */
  CharSequence name(int index);

  /** The value of a line. */
  CharSequence value(int index);
}
