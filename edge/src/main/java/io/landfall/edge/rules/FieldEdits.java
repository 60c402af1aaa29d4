package io.landfall.edge.rules;

import io.landfall.edge.ClientClaims.Lookalikes;
import io.landfall.edge.TrafficSettings.Field;
import io.landfall.edge.TrafficSettings.FieldChanges;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a service sets and removes of the fields of its requests, or of its responses. */
public final class FieldEdits {
  private final AsciiString[] names;
  private final AsciiString[] values;
  private final Set<AsciiString> gone;

  /** Whether what backends could take for one of these goes as well. */
  private final boolean lookalikes;

  private FieldEdits(List<Field> set, List<AsciiString> remove, boolean lookalikes) {
    this.lookalikes = lookalikes;
    names = set.stream().map(field -> FieldNames.intern(field.name())).toArray(AsciiString[]::new);
    values = set.stream().map(Field::value).toArray(AsciiString[]::new);
    // A set without an order: it is only asked whether it has a name.
    gone = new HashSet<>(List.of(names));
    remove.forEach(name -> gone.add(FieldNames.intern(name)));
  }

  /** The edits; null if nothing changes. */
  static @Nullable FieldEdits of(FieldChanges changes) {
    return changes.set().isEmpty() && changes.remove().isEmpty()
        ? null
        : new FieldEdits(changes.set(), changes.remove(), false);
  }

  /**
   * The edits of requests; null if nothing changes.
   *
   * @param lookalikes what becomes of names with an underscore or a dot that backends which know
   *     fields as variables (CGI, PHP) take for those that are set or removed
   */
  static @Nullable FieldEdits ofRequests(FieldChanges changes, Lookalikes lookalikes) {
    return changes.set().isEmpty() && changes.remove().isEmpty()
        ? null
        : new FieldEdits(changes.set(), changes.remove(), lookalikes == Lookalikes.DROP);
  }

  /** The same without a field that it may not set. */
  static FieldChanges withoutSetting(FieldChanges changes, AsciiString name) {
    List<Field> set = new ArrayList<>(changes.set());
    set.removeIf(field -> field.name().equals(name));
    return new FieldChanges(set, changes.remove());
  }

  /** The fields as they are to be; those given are used for it, and not used any more. */
  public FieldLines applyTo(FieldLines fields) {
    for (int i = 0; i < fields.size(); i++) {
      if (isGone(fields.name(i))) {
        return copyOf(fields);
      }
    }
    return addTo(fields);
  }

  /** The fields as they are to be; those given stay as they are. */
  public FieldLines copyOf(FieldLines fields) {
    return addTo(without(fields));
  }

  /** The fields without those that are set or removed, as trailers are to be. */
  public FieldLines without(FieldLines fields) {
    FieldLines kept = new FieldLines(fields.size() + names.length);
    for (int i = 0; i < fields.size(); i++) {
      if (!isGone(fields.name(i))) {
        kept.add(fields.name(i), fields.value(i));
      }
    }
    return kept;
  }

  /**
   * Adds what is set to fields of a response that this node made, but for what that has itself: it
   * describes another content than a backend's.
   */
  public void addMissing(FieldLines own) {
    for (int i = 0; i < names.length; i++) {
      if (!own.has(names[i])) {
        own.add(names[i], values[i]);
      }
    }
  }

  private boolean isGone(AsciiString name) {
    return gone.contains(name)
        || (lookalikes && FieldNames.mayBeLookalike(name) && gone.contains(FieldNames.meant(name)));
  }

  private FieldLines addTo(FieldLines fields) {
    for (int i = 0; i < names.length; i++) {
      fields.add(names[i], values[i]);
    }
    return fields;
  }
}
