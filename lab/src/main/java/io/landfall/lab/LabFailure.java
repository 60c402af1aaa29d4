package io.landfall.lab;

/** The lab cannot go on, for a reason that the person in front of it should read. */
public final class LabFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** For the person in front of it. */
  public LabFailure(String message) {
    super(message);
  }

  LabFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
