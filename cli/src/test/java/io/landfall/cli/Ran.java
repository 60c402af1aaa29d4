package io.landfall.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What one command printed, and its exit code. */
record Ran(int code, String out, String err) {
  static Ran landfall(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out), new PrintWriter(err), args);
    return new Ran(code, out.toString(), err.toString());
  }
}
