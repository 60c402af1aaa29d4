package io.landfall.edge.cache;

import io.landfall.cache.CacheRequest;
import io.landfall.cache.Validators;
import io.landfall.cache.Vary;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.RequestHead;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** The fields of a client's request that go with a fetch whose response others may get. */
final class FetchFields {
  /** The cache's own: conditions, a range, and Accept-Encoding as it is compared. */
  private static final int MORE_FIELDS = 4;

  private FetchFields() {}

  /**
   * The head that a fetch sends for a client's request.
   *
   * @param target what is asked for, as the key has it
   * @param range the value of Range; null for the whole
   * @param conditions what is stored is validated with these; null if nothing is
   */
  static RequestHead request(
      RequestHead head, String target, @Nullable String range, @Nullable Validators conditions) {
    FieldLines out = of(head.fields());
    if (range != null) {
      out.add(FieldNames.RANGE, AsciiString.of(range));
    }
    if (conditions != null) {
      conditions.addConditions(
          (name, value) -> out.add(FieldNames.intern(name), AsciiString.of(value)));
    }
    return new RequestHead(
        head.method(),
        head.scheme(),
        // As it is keyed: an origin that repeats it would give one client's letters to all.
        head.authority().toLowerCase(),
        head.host(),
        target,
        head.version(),
        out,
        Framing.NONE);
  }

  /**
   * Without the client's conditions, its Range, its certificate, what overrides the request line,
   * and what a trusted proxy reports of the way: of that the scheme is in the key, and written anew
   * with the host. Its Accept-Encoding as the cache compares it, so that the origin sees no more
   * than what selects a response.
   */
  private static FieldLines of(FieldLines in) {
    FieldLines out = new FieldLines(in.size() + MORE_FIELDS);
    for (int i = 0; i < in.size(); i++) {
      AsciiString name = in.name(i);
      boolean ofCache =
          name.equals(FieldNames.RANGE)
              || name.equals(FieldNames.IF_RANGE)
              || name.equals(FieldNames.IF_NONE_MATCH)
              || name.equals(FieldNames.IF_MODIFIED_SINCE)
              || name.equals(FieldNames.ACCEPT_ENCODING);
      if (!ofCache && !isUnkeyed(name)) {
        out.add(name, in.value(i));
      }
    }
    String accepted = acceptEncoding(in);
    if (accepted != null) {
      out.add(FieldNames.ACCEPT_ENCODING, AsciiString.of(accepted));
    }
    return out;
  }

  /** Whether an origin may answer by a field that no key has and no Vary names. */
  private static boolean isUnkeyed(AsciiString name) {
    return FieldNames.isOverride(name)
        || name.equals(FieldNames.CONNECTION_CERT)
        || (FieldNames.isHopMark(name) && !name.equals(FieldNames.X_FORWARDED_FOR));
  }

  /**
   * Whether a request is HEAD, and was sent as its key has it: only then does the answer tell of
   * what is stored under that.
   */
  static boolean isHeadAsKeyed(RequestHead head, CacheRequest keyed) {
    boolean asKeyed =
        head.isHead()
            && AsciiString.contentEquals(keyed.target(), head.target())
            && head.authority().equals(head.authority().toLowerCase())
            && hasComparedEncoding(head.fields());
    for (int i = 0; i < head.fields().size() && asKeyed; i++) {
      asKeyed = !isUnkeyed(head.fields().name(i));
    }
    return asKeyed;
  }

  /** Whether a request was sent with the very Accept-Encoding that it is compared by. */
  static boolean hasComparedEncoding(FieldLines fields) {
    String accepted = acceptEncoding(fields);
    AsciiString sent = fields.first(FieldNames.ACCEPT_ENCODING);
    return accepted == null || (sent != null && sent.contentEqualsIgnoreCase(accepted));
  }

  private static @Nullable String acceptEncoding(FieldLines in) {
    StringBuilder all = null;
    for (int i = 0; i < in.size(); i++) {
      if (in.name(i).equals(FieldNames.ACCEPT_ENCODING)) {
        all = all == null ? new StringBuilder() : all.append(',');
        all.append(in.value(i));
      }
    }
    return all == null ? null : Vary.sentAcceptEncoding(all);
  }
}
