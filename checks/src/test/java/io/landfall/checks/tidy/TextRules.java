package io.landfall.checks.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The rules of house style that can be read off the lines of a file. */
final class TextRules {
  /** The longest file of main code. */
  static final int MOST_LINES = 400;

  /** A page: the longest decision record. */
  static final int MOST_DECISION_LINES = 60;

  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
  private static final Pattern SLEEP = Pattern.compile("\\b(sleep|parkNanos|parkUntil)\\(");
  private static final Pattern MACHINE_PATH =
      Pattern.compile("(?<![\\w.}*])/(work|root|home/\\w+|Users/\\w+)/(?!\\*)");

  /** The room, its artifact, its command, its types. */
  private static final Pattern THE_LAB =
      Pattern.compile(
          "\\bio\\.landfall\\.lab\\b|\\blandfall[- ]lab\\b|\"lab\"|\\bLab([A-Z]\\w*)?\\b");

  /**
   * A failure, by the names that the code gives it, as its message or whole beside other text; one
   * in lower case is compared, and not shown.
   */
  private static final Pattern RAW_FAILURE =
      Pattern.compile(
          "(\\+ |String\\.valueOf\\()\\w+(\\.get(Cause)?\\(\\))?\\.getMessage\\(\\)(?!\\)\\.toLowerCase)"
              + "|(\" \\+ |addKeyValue\\(\"[\\w-]+\", )(e|cause|failure|thrown|why\\.getCause\\(\\))\\)");

  private static final Pattern CODE_IN_COMMENT =
      Pattern.compile(
          "^\\s*//\\s*("
              + "(return|throw|break|continue)\\b[^.]*;"
              + "|(import|package)\\s+[\\w.*]+;"
              + "|(if|for|while|switch|try|catch|else)\\b.*\\{"
              + "|(public|private|protected|static|final)\\s+\\w.*[;{]"
              + "|[\\w.<>\\[\\]]+(\\s+\\w+)?\\s*[-+]?=[^=].*;"
              + "|[\\w.]+\\(.*\\);"
              + "|@\\w+(\\(.*\\))?"
              + "|\\}\\s*;?)\\s*$");

  private TextRules() {}

  static List<String> tooLong(String text, int mostLines) {
    long lines = text.lines().count();
    return lines > mostLines
        ? List.of("has " + lines + " lines, more than " + mostLines)
        : List.of();
  }

  static List<String> unfinished(String text) {
    return lines(text, UNFINISHED, "says that it is not finished");
  }

  static List<String> commentedOutCode(String text) {
    return lines(text, CODE_IN_COMMENT, "looks like code in a comment");
  }

  static List<String> rawFailures(String text) {
    return lines(text, RAW_FAILURE, "shows a failure as Java has it; use FailureText");
  }

  static List<String> namesTheLab(String text) {
    return lines(text, THE_LAB, "names the lab, which the launcher adds");
  }

  static List<String> machinePaths(String text) {
    return lines(text, MACHINE_PATH, "names a folder of one machine");
  }

  /**
   * A test that waits for a time instead of a condition is slow when it passes and lies later; a
   * sleep that is no such wait says in a comment, on its line or the one before, what it is.
   */
  static List<String> sleeps(String text) {
    List<String> complaints = new ArrayList<>();
    String before = "";
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      boolean explained = line.matches(".*;\\s*//.+") || before.strip().startsWith("//");
      if (SLEEP.matcher(line).find() && !explained) {
        complaints.add(
            "line " + number + " sleeps; wait for a condition, or comment why it is right");
      }
      before = line;
    }
    return complaints;
  }

  /** Of a page: a table that lost its head is shown as text. */
  static List<String> headlessTables(String text) {
    List<String> complaints = new ArrayList<>();
    String[] all = text.split("\n", -1);
    for (int i = 0; i < all.length; i++) {
      boolean begins = all[i].startsWith("|") && (i == 0 || !all[i - 1].startsWith("|"));
      if (begins && (i + 1 == all.length || !all[i + 1].matches("\\|( *:?-+:? *\\|)+ *"))) {
        complaints.add("line " + (i + 1) + " begins a table without a head");
      }
    }
    return complaints;
  }

  private static List<String> lines(String text, Pattern pattern, String complaint) {
    List<String> complaints = new ArrayList<>();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      if (pattern.matcher(line).find()) {
        complaints.add("line " + number + " " + complaint + ": " + line.strip());
      }
    }
    return complaints;
  }
}
