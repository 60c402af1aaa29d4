package io.landfall.control;

import io.landfall.control.ControlEffect.Subject;
import io.landfall.core.HostAddress;
import io.landfall.trust.Duplicates;
import io.landfall.trust.Holder;

/** Names every clash over an identity: in the log, and for views and metrics. */
final class DuplicateReports {
  private final Step step;
  private final HostAddress own;
  private final Duplicates duplicates = new Duplicates();

  /** No clash yet, over this identity of ours or any other. */
  DuplicateReports(Step step, HostAddress own) {
    this.step = step;
    this.own = own;
  }

  /** Two places, or two certificates, claim one identity; the newcomer is refused. */
  void of(Holder live, Holder newcomer) {
    log(duplicates.refused(live, newcomer, step.wallMillis()), newcomer);
  }

  /** Two identities claim one name; the newcomer is refused. */
  void ofName(Holder live, Holder newcomer) {
    log(duplicates.refusedForItsName(live, newcomer, step.wallMillis()), newcomer);
  }

  /** Another node shows this node's identity. */
  void ofOurselves(Holder other) {
    log(duplicates.ofOurselves(other, step.wallMillis()), other);
  }

  /** A peer rejected this node's connection; that counts when it is because of a duplicate. */
  void rejectedBy(Holder peer, String words) {
    if (Duplicates.isRejection(words)) {
      log(duplicates.refusedThere(own, peer, words, step.wallMillis()), peer);
    }
  }

  private void log(Duplicates.Noted noted, Holder other) {
    if (noted.log()) {
      step.warn(
          Subject.OVERLAY,
          noted.row().kind() == Duplicates.Kind.OF_A_NAME
              ? "newcomer refused, duplicate name"
              : "newcomer refused, duplicate identity",
          LogField.field("peer", other.certificate().name()),
          LogField.field("identity", noted.row().identity()),
          LogField.field("remote", other.at()),
          LogField.field("times", noted.row().count()),
          LogField.field("why", noted.row().sentence()));
    }
  }

  /** For views. */
  Duplicates duplicates() {
    return duplicates;
  }
}
