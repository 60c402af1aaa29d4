package io.landfall.lab;

/**
 * The lab cannot go on, for a reason that the person in front of it should read. A test that uses
 * the lab's hosts fails by it.
 */
public final class LabFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** For the person in front of it. */
  public LabFailure(String message) {
    super(message);
  }

  /** For the person in front of it, and who looks for the cause. */
  public LabFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
