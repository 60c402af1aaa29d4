package io.landfall.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.TestJvm;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What children of a lab are started with. */
class JvmTest {
  /** Prints the options of the JVM that runs it. */
  static final class Printed {
    private Printed() {}

    @SuppressWarnings("SystemOut") // What the test reads.
    public static void main(String[] arguments) {
      System.out.print(String.join(" ", Jvm.current().options()));
    }
  }

  @Test
  void theOptionsAreThereHoweverLongTheClassPathIs() throws Exception {
    List<String> command =
        TestJvm.command(
            List.of("-Xmx64m", "-Dlab.long=" + "x".repeat(20_000)), Printed.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(text).contains("-Xmx64m -Dlab.long=xxx");
  }
}
