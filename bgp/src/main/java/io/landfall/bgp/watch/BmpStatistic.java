package io.landfall.bgp.watch;

import io.landfall.bgp.Family;

/**
 * One line of a Statistics Report (RFC 7854 section 4.8). A counter has 32 bits and wraps; a gauge
 * has 64.
 */
public sealed interface BmpStatistic {
  /** Prefixes rejected by inbound policy. */
  int REJECTED_BY_POLICY = 0;

  /** UPDATEs invalidated because of a CLUSTER_LIST loop. */
  int CLUSTER_LIST_LOOP = 3;

  /** UPDATEs invalidated because of an ORIGINATOR_ID loop. */
  int ORIGINATOR_ID_LOOP = 5;

  /** Routes in the Adj-RIB-In. */
  int ADJ_RIB_IN_ROUTES = 7;

  /** Routes in the Loc-RIB. */
  int LOC_RIB_ROUTES = 8;

  /** Routes in the Adj-RIB-In of one family. */
  int FAMILY_ADJ_RIB_IN_ROUTES = 9;

  /** Routes in the Loc-RIB of one family. */
  int FAMILY_LOC_RIB_ROUTES = 10;

  /** UPDATEs subjected to treat-as-withdraw (RFC 7606). */
  int TREAT_AS_WITHDRAW = 11;

  /** A counter of 32 bits. */
  record Counter(int type, long count) implements BmpStatistic {}

  /** A gauge of 64 bits. */
  record Gauge(int type, long value) implements BmpStatistic {}

  /** A gauge of one family. */
  record FamilyGauge(int type, Family family, long value) implements BmpStatistic {}
}
