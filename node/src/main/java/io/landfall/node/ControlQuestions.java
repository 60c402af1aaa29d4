package io.landfall.node;

import io.landfall.admin.Unavailable;
import io.landfall.core.FailureText;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Has the control thread answer, and waits for it; so never on the control thread itself. */
final class ControlQuestions implements TableSlices.Asker {
  /** How long an answer may take. */
  static final long ANSWER_MILLIS = 5_000;

  private final ControlLoop control;
  private final long millis;

  ControlQuestions(ControlLoop control) {
    this(control, ANSWER_MILLIS);
  }

  /** Whose answers may take so long. */
  ControlQuestions(ControlLoop control, long millis) {
    this.control = control;
    this.millis = millis;
  }

  /**
   * Asks and waits.
   *
   * @throws Unavailable when the control thread does not answer in time; then nothing is done
   */
  @Override
  public <T> T ask(Callable<T> question) {
    try {
      return control.askWithin(millis, question);
    } catch (TimeoutException e) {
      throw new Unavailable(
          "the control thread did not answer within " + millis + " ms; try again");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Unavailable unavailable) {
        throw unavailable;
      }
      throw new IllegalStateException(FailureText.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the node stops");
    }
  }
}
