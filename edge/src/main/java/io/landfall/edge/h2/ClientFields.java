package io.landfall.edge.h2;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.HttpViolation;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a client's request, bounded in number and octets as over HTTP/1.1: HPACK can make
 * many of few (RFC 7541 section 7.3). The crumbs of a Cookie field become one field again (RFC 9113
 * section 8.2.3), for HTTP/1.1 behind this node knows one only.
 */
final class ClientFields {
  /** What HTTP/1.1 writes for a line besides the name and the value. */
  private static final int LINE_BYTES = 4;

  private static final AsciiString BETWEEN = AsciiString.cached("; ");

  private final EdgeLimits.Messages limits;
  private final FieldLines fields;
  private @Nullable AsciiString cookie;
  private @Nullable List<AsciiString> crumbs;
  private int bytes;

  ClientFields(Http2Headers in, EdgeLimits limits) throws BadMessage {
    this.limits = limits.messages();
    this.fields = new FieldLines(Math.min(in.size(), this.limits.maxFields()) + 2);
    for (Map.Entry<CharSequence, CharSequence> entry : in) {
      CharSequence name = entry.getKey();
      count(name, entry.getValue());
      if (!H2Heads.isPseudo(name)) {
        add(H2Heads.name(name), H2Heads.value(entry.getValue()));
      }
    }
    addCookie();
  }

  FieldLines fields() {
    return fields;
  }

  private void count(CharSequence name, CharSequence value) throws BadMessage {
    bytes += name.length() + value.length() + LINE_BYTES;
    if (bytes > limits.maxHeadBytes()) {
      throw new BadMessage(HttpViolation.HEAD_TOO_LARGE);
    }
  }

  private void add(AsciiString name, AsciiString value) throws BadMessage {
    if (name.equals(FieldNames.COOKIE)) {
      addCrumb(value);
    } else if (fields.size() == limits.maxFields()) {
      throw new BadMessage(HttpViolation.TOO_MANY_FIELDS);
    } else {
      fields.add(name, value);
    }
  }

  private void addCrumb(AsciiString crumb) throws BadMessage {
    AsciiString first = cookie;
    if (first == null) {
      cookie = crumb;
      return;
    }
    List<AsciiString> all = crumbs;
    if (all == null) {
      all = new ArrayList<>();
      all.add(first);
      crumbs = all;
    }
    if (all.size() == H2Profile.MAX_COOKIE_CRUMBS) {
      throw new BadMessage(HttpViolation.TOO_MANY_FIELDS);
    }
    all.add(crumb);
  }

  private void addCookie() throws BadMessage {
    AsciiString whole = cookie;
    if (whole == null) {
      return;
    }
    if (fields.size() == limits.maxFields()) {
      throw new BadMessage(HttpViolation.TOO_MANY_FIELDS);
    }
    List<AsciiString> all = crumbs;
    fields.add(FieldNames.COOKIE, all == null ? whole : joined(all));
  }

  private static AsciiString joined(List<AsciiString> crumbs) {
    int length = -BETWEEN.length();
    for (AsciiString crumb : crumbs) {
      length += BETWEEN.length() + crumb.length();
    }
    byte[] whole = new byte[length];
    int at = 0;
    for (int i = 0; i < crumbs.size(); i++) {
      if (i > 0) {
        BETWEEN.copy(0, whole, at, BETWEEN.length());
        at += BETWEEN.length();
      }
      AsciiString crumb = crumbs.get(i);
      crumb.copy(0, whole, at, crumb.length());
      at += crumb.length();
    }
    return new AsciiString(whole, false);
  }
}
