package io.landfall.cli.lab;

/** The lab cannot go on, for a reason that the person in front of it should read. */
final class LabFailure extends Exception {
  private static final long serialVersionUID = 1L;

  LabFailure(String message) {
    super(message);
  }

  LabFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
