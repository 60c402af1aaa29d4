package io.landfall.edge.cache;

import io.landfall.cache.StoredFields;
import io.landfall.cache.StoredMeta;
import io.landfall.edge.http.FieldLines;
import io.netty.util.AsciiString;

/**
 * The fields of a response that only the request gets which it was fetched for: what no-cache and
 * private name.
 */
record AskerFields(FieldLines fields) {
  static final AskerFields NONE = new AskerFields(new FieldLines(0));

  /** Those of a response. */
  static AskerFields of(FieldLines response, StoredMeta meta) {
    FieldLines out = new FieldLines(1);
    StoredFields.writeOmitted(
        response, meta, (name, value) -> KeptFields.add(out, name, value, false));
    return new AskerFields(out);
  }

  /** Adds those that are not there. */
  void addTo(FieldLines out) {
    int before = out.size();
    for (int i = 0; i < fields.size(); i++) {
      AsciiString name = fields.name(i);
      boolean there = false;
      for (int at = 0; at < before && !there; at++) {
        there = out.name(at).equals(name);
      }
      if (!there) {
        out.add(name, fields.value(i));
      }
    }
  }
}
