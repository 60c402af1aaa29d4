package io.landfall.decision;

/** Why a decision came out as it did. Each code belongs to exactly one outcome. */
public enum Reason {
  /** Serve: a fresh answer is in this node's cache. */
  CACHE_FRESH(Outcome.SERVE, "a fresh answer is cached here"),
  /** Serve: the service is UP here and below its limit. */
  LOCAL_UP(Outcome.SERVE, "the service is up here"),
  /** Serve: the service is COLD here, and no warm site is reachable or could do better. */
  LOCAL_COLD(Outcome.SERVE, "the service is cold here, and no warm site can answer in its place"),
  /** Serve: the service is DRAINING here, and no other node can take the request. */
  LOCAL_DRAINING(Outcome.SERVE, "the service is draining here and no other site can take it"),
  /** Serve: nothing else is there, and the stale answer's headers allow it. */
  CACHE_STALE(Outcome.SERVE, "no site can answer and a stale answer is allowed"),

  /** Forward: this node does not host the service, or it is down here. */
  REMOTE_UP(Outcome.FORWARD, "the service is not up here and another site advertises it"),
  /** Forward: the local service is at its limit. */
  LOCAL_FULL(Outcome.FORWARD, "the service is at its limit here and another site advertises it"),
  /** Forward: the local service drains. */
  LOCAL_LEAVING(Outcome.FORWARD, "the service is draining here and another site advertises it"),
  /** Forward: the local cache is cold, and a warm site is reachable. */
  WARM_ELSEWHERE(Outcome.FORWARD, "the cache is cold here and another site's is warm"),
  /** Forward: the cache has no answer, and another site asks the origin for all. */
  SHIELD(Outcome.FORWARD, "the cache has no answer, and another site asks the origin"),
  /**
   * Forward: the path to every site that advertises the service is held for dead, and that may be
   * wrong.
   */
  LAST_RESORT(
      Outcome.FORWARD, "the path to each site that advertises it is held for dead; one is tried"),

  /** Decline: no service answers for this host and path (421, RFC 9110 section 15.5.20). */
  UNKNOWN_HOST(Outcome.DECLINE, "no service here answers for this host and path"),
  /** Decline: no site advertises the service (503). */
  NO_SITE(Outcome.DECLINE, "no site advertises this service now"),
  /** Decline: sites advertise the service, and no request can be handed to any (503). */
  NO_PATH(Outcome.DECLINE, "sites advertise this service, and none of them can be reached now"),
  /** Decline: none of the sites that ask the origin can be reached, and no other may (503). */
  NO_SHIELD(
      Outcome.DECLINE, "none of the sites that ask the origin can be reached, and no other may"),
  /**
   * Decline: the service is at its limit here and no other node can take the request (503); or
   * another node forwarded it, which asks the next one.
   */
  OVERLOADED(Outcome.DECLINE, "the service is at its limit here and no other site can take it"),
  /** Decline: the request passed this node before (502). */
  LOOP(Outcome.DECLINE, "the request already passed this node"),
  /**
   * Decline, to a node only: a forwarded request cannot be served here (not hosted, or down), and
   * is not forwarded again.
   */
  NOT_HERE(Outcome.DECLINE, "the request was forwarded here, and cannot be served here"),

  /** Serve: a CA verifies a name of a site (RFC 8555 section 8.3). The edge gives it. */
  ACME_CHALLENGE(Outcome.SERVE, "a CA verifies a name, and its challenge is answered here"),
  /** Serve: a rule of the service redirects it (RFC 9110 section 15.4). The edge gives it. */
  REDIRECTED(Outcome.SERVE, "a rule of the service redirects the request"),
  /** Decline: the client's address may not use the service (403). The edge gives it. */
  CLIENT_DENIED(Outcome.DECLINE, "this client's address is not allowed to use the service"),
  /** Decline: the client has sent more requests than it may (429). The edge gives it. */
  RATE_LIMITED(Outcome.DECLINE, "this client has sent more requests than it may"),
  /** Decline: the operator has put the service into maintenance (503). The edge gives it. */
  MAINTENANCE(Outcome.DECLINE, "the service is under maintenance"),
  /**
   * Decline: the authorization service of the service has refused the request; the client gets what
   * that answered. The edge gives it.
   */
  AUTHORIZATION_DENIED(Outcome.DECLINE, "the authorization service has refused the request"),
  /** Decline: the authorization service gave no answer that counts (503). The edge gives it. */
  AUTHORIZATION_FAILED(
      Outcome.DECLINE, "the authorization service of this service gives no answer now");

  private final Outcome outcome;
  private final String text;

  Reason(Outcome outcome, String text) {
    this.outcome = outcome;
    this.text = text;
  }

  /** The outcome that this reason explains. */
  public Outcome outcome() {
    return outcome;
  }

  /**
   * Whether no place is known that could take the request, which a node that has just started may
   * only not know yet.
   */
  public boolean isForWantOfPlaces() {
    return this == NO_SITE || this == NO_PATH || this == NO_SHIELD;
  }

  /** Whether the edge gives it before the decision is asked, mostly by a rule of the service. */
  public boolean isOfRule() {
    return this == ACME_CHALLENGE
        || this == REDIRECTED
        || this == CLIENT_DENIED
        || this == RATE_LIMITED
        || this == MAINTENANCE
        || this == AUTHORIZATION_DENIED
        || this == AUTHORIZATION_FAILED;
  }

  /** A sentence for people. */
  public String text() {
    return text;
  }

  /** The three things that can happen to a request. */
  public enum Outcome {
    /** Answer it here. */
    SERVE,
    /** Hand it to one other site. */
    FORWARD,
    /** Refuse it, with the reason. */
    DECLINE
  }
}
