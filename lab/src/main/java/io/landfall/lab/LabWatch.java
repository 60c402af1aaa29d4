package io.landfall.lab;

import io.landfall.core.FailureText;
import io.landfall.lab.host.ChildProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What the lab does while people play: says which process has ended, and does what is typed. A lab
 * whose standard input is empty or closed just goes on until it is told to end.
 */
final class LabWatch {
  private static final long POLL_MILLIS = 100;
  private static final String HELP =
      "commands: start NAME, kill NAME, list, help; NAME is fra for a node, shop@fra for a backend";

  private final Lab lab;
  private final LabReport report;
  private final LabConsole console;

  LabWatch(Lab lab, LabReport report, LabConsole console) {
    this.lab = lab;
    this.report = report;
    this.console = console;
  }

  /** Runs until this thread is interrupted or the process ends. */
  void run() throws InterruptedException {
    Thread.ofPlatform().daemon().name("lab-commands").start(this::readCommands);
    while (true) {
      for (String name : lab.childNames()) {
        ChildProcess child = lab.child(name).orElseThrow();
        if (child.diedUnasked() && !lab.isClosed()) {
          console.progress(
              child.title() + " " + child.ending() + "; 'start " + name + "' brings it back");
        }
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private void readCommands() {
    try {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          console.progress(obey(line.strip()));
        }
      }
    } catch (IOException e) {
      console.error("no more commands: " + FailureText.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String obey(String line) throws IOException, InterruptedException {
    String[] words = line.split("\\s+", 2);
    String name = words.length > 1 ? words[1] : "";
    Optional<ChildProcess> child = lab.child(name);
    return switch (words[0]) {
      case "list" -> list();
      case "start", "kill" ->
          child.isEmpty()
              ? "there is no '" + name + "'; there are " + String.join(", ", lab.childNames())
              : words[0].equals("start") ? start(child.get()) : kill(child.get());
      default -> HELP;
    };
  }

  private String start(ChildProcess child) throws IOException {
    if (child.isAlive()) {
      return child.title() + " is running, pid " + child.pid();
    }
    child.restart();
    report.writeJson();
    return child.title() + " started, pid " + child.pid();
  }

  private static String kill(ChildProcess child) throws InterruptedException {
    child.kill();
    return child.title() + " killed";
  }

  private String list() {
    StringBuilder text = new StringBuilder("processes:");
    for (String name : lab.childNames()) {
      ChildProcess child = lab.child(name).orElseThrow();
      text.append(
          "%n  %-10s pid %-8d %s"
              .formatted(name, child.pid(), child.isAlive() ? "runs" : child.ending()));
    }
    return text.toString();
  }
}
