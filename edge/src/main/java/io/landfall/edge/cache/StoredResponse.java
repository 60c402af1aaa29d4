package io.landfall.edge.cache;

import io.landfall.cache.CodedFields;
import io.landfall.cache.Coding;
import io.landfall.cache.CompressionPolicy;
import io.landfall.cache.CompressionRule;
import io.landfall.cache.ContentRange;
import io.landfall.cache.StoredFields;
import io.landfall.cache.StoredMeta;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response that is kept: its head as it is sent again, what decisions need of it, and its body.
 * Holds its body, and the room that it takes itself.
 */
final class StoredResponse extends Counted {
  /** What an object of this kind takes of the heap, with its place in the index, in bytes. */
  private static final int OBJECT_BYTES = 512;

  /** What one field line takes beside its characters. */
  private static final int LINE_BYTES = 64;

  /** What a string in a list takes beside its characters. */
  private static final int TEXT_BYTES = 56;

  private final Head head;
  private final FieldLines toClients;
  private final byte[] encodedToClients;
  private final boolean fieldsOfContent;
  private final StoredMeta meta;
  private final long[] marks;
  private final Body body;
  private final Body.Room room;
  private final long headBytes;

  private final Ties ties;

  /** Up to which purge it is known to be valid. */
  private volatile long validAtEpoch;

  /**
   * The head of a stored response.
   *
   * @param fields the fields that are sent again, without Age and what is of one hop
   * @param version11 whether it came as HTTP/1.1 or later
   * @param fromNode whether another node sent it
   * @param codable whether there may be variants of it in further codings
   */
  record Head(FieldLines fields, boolean version11, boolean fromNode, boolean codable) {
    /** One of which it is not decided whether it has variants. */
    Head(FieldLines fields, boolean version11, boolean fromNode) {
      this(fields, version11, fromNode, false);
    }

    /**
     * The same, with that decided.
     *
     * @param length the length of the body, {@link Body#UNKNOWN} before its end
     */
    Head judged(StoredMeta meta, long length, CompressionPolicy policy) {
      boolean has = CompressionRule.isCodable(meta, fields, length, policy);
      return has == codable ? this : new Head(fields, version11, fromNode, has);
    }
  }

  /**
   * What a response hangs on beside its key.
   *
   * @param askedAtEpoch the latest purge when it was asked for
   * @param place where it is told that its URL was made invalid
   * @param ticket what its fetch took before it asked
   * @param part which part of the whole its body is; null if it is the whole
   */
  record Ties(long askedAtEpoch, int place, long ticket, @Nullable ContentRange part) {
    /** Whether it is dropped by its key, so that it may also lie on disk. */
    boolean isOfKey() {
      return place == InvalidatedUrls.NOWHERE;
    }

    /** Of a whole response that is dropped by its key. */
    static Ties ofKey(long askedAtEpoch) {
      return new Ties(askedAtEpoch, InvalidatedUrls.NOWHERE, 0, null);
    }
  }

  /**
   * One that takes over a body, and room that was taken.
   *
   * @param marks what it can be purged by
   * @param askedAtEpoch the latest purge when it was asked for
   * @param headBytes the room that was taken for it beside its body
   */
  StoredResponse(
      Head head, StoredMeta meta, long[] marks, long askedAtEpoch, Body body, long headBytes) {
    this(head, meta, marks, Ties.ofKey(askedAtEpoch), body, headBytes);
  }

  /** The same, with what it hangs on. */
  StoredResponse(Head head, StoredMeta meta, long[] marks, Ties ties, Body body, long headBytes) {
    this.ties = ties;
    this.head = head;
    this.toClients = toClients(head, meta);
    this.encodedToClients = toClients.encode();
    this.fieldsOfContent = hasFieldsOfContent(toClients);
    this.meta = meta;
    this.marks = marks;
    this.validAtEpoch = ties.askedAtEpoch();
    this.body = body;
    this.room = body.room();
    this.headBytes = headBytes;
  }

  /** The room that a response with such a head takes beside its body. */
  static long bytes(FieldLines fields, int keyBytes, int marks, StoredMeta meta) {
    long bytes = OBJECT_BYTES + 2L * keyBytes + (long) Long.BYTES * marks;
    bytes += ofTexts(meta.tags()) + ofTexts(meta.groups()) + ofTexts(meta.omittedFields());
    bytes += ofTexts(meta.vary().names()) + meta.validators().etag().length();
    for (int i = 0; i < fields.size(); i++) {
      // Twice: as fields, and as they are sent.
      bytes += LINE_BYTES + 2L * (fields.name(i).length() + fields.value(i).length());
    }
    return bytes;
  }

  private static long ofTexts(List<String> texts) {
    long bytes = 0;
    for (String each : texts) {
      bytes += TEXT_BYTES + each.length();
    }
    return bytes;
  }

  /** What clients are sent of the fields: not what is said to caches, nor the length. */
  private static FieldLines toClients(Head head, StoredMeta meta) {
    FieldLines in = head.fields();
    FieldLines out = new FieldLines(in.size() + 1);
    for (int i = 0; i < in.size(); i++) {
      AsciiString name = in.name(i);
      if (!name.equals(FieldNames.CONTENT_LENGTH) && !StoredFields.isForCachesOnly(name)) {
        out.add(name, in.value(i));
      }
    }
    if (head.codable() && CodedFields.needsVary(meta)) {
      out.add(FieldNames.VARY, FieldNames.ACCEPT_ENCODING);
    }
    return out;
  }

  private static boolean hasFieldsOfContent(FieldLines fields) {
    for (int i = 0; i < fields.size(); i++) {
      if (StoredFields.isOfContent(fields.name(i))) {
        return true;
      }
    }
    return false;
  }

  /** Whether it has fields that are about all of its bytes, and so of no part of them. */
  boolean hasFieldsOfContent() {
    return fieldsOfContent;
  }

  /** The fields of a variant in a coding for a client, to which others may be added. */
  FieldLines fieldsOf(Coding coding, int more) {
    FieldLines out = new FieldLines(toClients.size() + 1 + more);
    CodedFields.write(
        toClients,
        coding,
        (name, value) -> out.add(FieldNames.intern(name), AsciiString.of(value)));
    return out;
  }

  /** The fields that clients are sent. */
  FieldLines toClients() {
    return toClients;
  }

  /** The fields for a client, to which others may be added. */
  FieldLines fieldsForClient(int more) {
    return FieldLines.startingWith(toClients, encodedToClients, more);
  }

  Head head() {
    return head;
  }

  StoredMeta meta() {
    return meta;
  }

  /** What it can be purged by. */
  long[] marks() {
    return marks;
  }

  long validAtEpoch() {
    return validAtEpoch;
  }

  /** It was found valid. Another loop may have found that of a later purge: checked once more. */
  void validAtEpoch(long epoch) {
    validAtEpoch = epoch;
  }

  Body body() {
    return body;
  }

  Ties ties() {
    return ties;
  }

  /** Which part of the whole its body is; null if it is the whole. */
  @Nullable ContentRange part() {
    return ties.part();
  }

  /** The room that it takes, with its body. */
  long weight() {
    return headBytes + body.takenBytes() + body.codedBytes();
  }

  @Override
  void free() {
    body.release();
    room.give(headBytes);
  }
}
