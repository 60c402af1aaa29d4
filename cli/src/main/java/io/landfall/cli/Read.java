package io.landfall.cli;

import java.io.PrintWriter;

/** One read of a running node: what is asked, and what is printed of the answer. */
interface Read {
  /**
   * Asks and prints; the exit code.
   *
   * @param client whom to ask
   * @param json whether to print the answer as it came
   * @param out where to print
   * @throws CliFailure when there is no answer, or the answer is no
   */
  int run(AdminClient client, boolean json, PrintWriter out);

  /**
   * The same, where an answer that is none of the model is a failure too.
   *
   * @throws CliFailure when there is no answer, one that is not understood, or the answer is no
   */
  default int answer(AdminClient client, boolean json, PrintWriter out) {
    try {
      return run(client, json, out);
    } catch (IllegalArgumentException notOfTheModel) {
      throw CliFailure.notUnderstood(notOfTheModel);
    }
  }
}
