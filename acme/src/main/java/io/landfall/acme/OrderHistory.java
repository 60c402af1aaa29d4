package io.landfall.acme;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What has been ordered for one certificate, kept over restarts: a node that starts over and over
 * does not use up what a CA allows.
 *
 * @param orders when orders began, the oldest first; of the last day
 * @param failures how many have failed since the last that did not
 * @param notBefore before when none is tried again; {@link Instant#EPOCH} for no bound
 * @param why what the last one failed with; empty if it did not
 */
public record OrderHistory(List<Instant> orders, int failures, Instant notBefore, String why) {
  /** Nothing was ordered. */
  static final OrderHistory NONE = new OrderHistory(List.of(), 0, Instant.EPOCH, "");

  /** The most orders for one certificate in {@link #DAY}. */
  public static final int MAX_ORDERS_A_DAY = 10;

  static final Duration DAY = Duration.ofDays(1);

  /** The wait after the first failure; it doubles with each. */
  static final Duration FIRST_WAIT = Duration.ofMinutes(1);

  /** The longest wait of our own; a CA may ask for more. */
  static final Duration LONGEST_WAIT = Duration.ofHours(12);

  private static final int MAX_DOUBLINGS = 12;
  private static final String ORDER = "order ";
  private static final String FAILURES = "failures ";
  private static final String NOT_BEFORE = "not-before ";
  private static final String WHY = "why ";

  /** Copies the list. */
  public OrderHistory {
    orders = List.copyOf(orders);
  }

  /** With an order that begins. */
  OrderHistory begun(Instant now) {
    List<Instant> recent = new ArrayList<>(recent(now));
    recent.add(now);
    return new OrderHistory(recent, failures, notBefore, why);
  }

  /** With a certificate. */
  OrderHistory issued() {
    return new OrderHistory(orders, 0, Instant.EPOCH, "");
  }

  /**
   * With a failure.
   *
   * @param jitter between 0 and 1, by which the wait is longer, up to a half
   */
  OrderHistory failed(AcmeFailure failure, Instant now, double jitter) {
    Duration own = FIRST_WAIT.multipliedBy(1L << Math.min(failures, MAX_DOUBLINGS));
    Duration wait = own.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : own;
    wait = wait.plusMillis((long) (wait.toMillis() * jitter / 2));
    Duration asked = failure.retryAfter().orElse(Duration.ZERO);
    return new OrderHistory(
        orders, failures + 1, now.plus(asked.compareTo(wait) > 0 ? asked : wait), failure.why());
  }

  private List<Instant> recent(Instant now) {
    // One of the future is of a clock that was wrong.
    return orders.stream().filter(at -> at.isAfter(now.minus(DAY)) && !at.isAfter(now)).toList();
  }

  /** The earliest moment of the next order, as far as what was ordered counts. */
  Instant earliest(Instant now) {
    List<Instant> recent = recent(now);
    Instant budget =
        recent.size() < MAX_ORDERS_A_DAY
            ? Instant.EPOCH
            : recent.get(recent.size() - MAX_ORDERS_A_DAY).plus(DAY);
    // A bound that is further off than any that is set is of a clock that was wrong.
    Instant bound =
        notBefore.isAfter(now.plus(AcmeHttp.MAX_RETRY_AFTER).plus(DAY)) ? Instant.EPOCH : notBefore;
    return budget.isAfter(bound) ? budget : bound;
  }

  /** As it is kept in a file. */
  String text() {
    StringBuilder out = new StringBuilder();
    orders.forEach(at -> out.append(ORDER).append(at.getEpochSecond()).append('\n'));
    out.append(FAILURES).append(failures).append('\n');
    out.append(NOT_BEFORE).append(notBefore.getEpochSecond()).append('\n');
    if (!why.isEmpty()) {
      out.append(WHY).append(AcmeFailure.clean(why)).append('\n');
    }
    return out.toString();
  }

  /** What a file has; what it has of anything else is left out. */
  static OrderHistory parse(String text) {
    List<Instant> orders = new ArrayList<>();
    int failures = 0;
    Instant notBefore = Instant.EPOCH;
    String why = "";
    for (String line : text.lines().toList()) {
      try {
        if (line.startsWith(ORDER)) {
          orders.add(Instant.ofEpochSecond(Long.parseLong(line.substring(ORDER.length()))));
        } else if (line.startsWith(FAILURES)) {
          failures = Math.max(0, Integer.parseInt(line.substring(FAILURES.length())));
        } else if (line.startsWith(NOT_BEFORE)) {
          notBefore = Instant.ofEpochSecond(Long.parseLong(line.substring(NOT_BEFORE.length())));
        } else if (line.startsWith(WHY)) {
          why = line.substring(WHY.length());
        }
      } catch (NumberFormatException | DateTimeException e) {
        // A damaged line is as none.
      }
    }
    return new OrderHistory(orders, failures, notBefore, why);
  }
}
