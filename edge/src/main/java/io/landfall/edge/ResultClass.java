package io.landfall.edge;

/** How a request, or one attempt on a backend or node, ended: a bounded label for metrics. */
public enum ResultClass {
  /** A status from 100 to 199: of a request always 101 (Switching Protocols). */
  INFORMATIONAL("1xx"),
  /** A status from 200 to 299. */
  SUCCESS("2xx"),
  /** A status from 300 to 399. */
  REDIRECTION("3xx"),
  /** A status from 400 to 499. */
  CLIENT_ERROR("4xx"),
  /** A status from 500 to 599. */
  SERVER_ERROR("5xx"),
  /** Of a request: the 503 of a service in maintenance, which is no error. */
  MAINTENANCE("maintenance"),
  /** Of a request: the response broke off after its head was sent, and not by the client. */
  ABORTED("aborted"),
  /** Of a request: the client left before the end of the response, or read no more of it. */
  CLIENT_CLOSED("client_closed"),
  /** Of an attempt: the place gave no whole response. */
  FAILED("failed"),
  /** Of an attempt: the node declined the request, which may go elsewhere. */
  DECLINED("declined"),
  /** Of an attempt: it ended before a response, for a reason that is not the place's. */
  GIVEN_UP("given_up");

  private static final int HUNDRED = 100;

  private final String label;

  ResultClass(String label) {
    this.label = label;
  }

  /** The value of the label. */
  public String label() {
    return label;
  }

  /** That of a status; a status outside 100..599 is {@link #SERVER_ERROR}. */
  public static ResultClass ofStatus(int status) {
    return switch (status / HUNDRED) {
      case 1 -> INFORMATIONAL;
      case 2 -> SUCCESS;
      case 3 -> REDIRECTION;
      case 4 -> CLIENT_ERROR;
      default -> SERVER_ERROR;
    };
  }
}
