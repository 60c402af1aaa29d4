package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Reads that need no picocli mean the same as with it, and nothing else passes for one. */
class PlainReadTest {
  @TempDir Path temp;

  private static Optional<PlainRead> read(String... args) {
    return PlainRead.of(List.of(args), Map.of());
  }

  @Test
  void aReadIsRecognisedWhereverItsOptionsStand() {
    PlainRead routes =
        new PlainRead(
            Path.of("/s"),
            true,
            new RoutesRead(Optional.of("10.32.1.10"), Optional.empty(), true, false));
    assertThat(read("--socket", "/s", "--json", "show", "routes", "for", "10.32.1.10", "all"))
        .contains(routes);
    assertThat(read("show", "routes", "all", "--socket=/s", "for", "10.32.1.10", "--json"))
        .contains(routes);
    assertThat(read("show", "peers", "nyc"))
        .contains(
            new PlainRead(
                Path.of(Landfall.DEFAULT_SOCKET),
                false,
                new ViewRead("peers", Optional.of("nyc"))));
    assertThat(read("show", "services", "shop*"))
        .contains(
            new PlainRead(
                Path.of(Landfall.DEFAULT_SOCKET),
                false,
                new FilteredRead("services", new QueryText().with("name", "shop*"))));
    assertThat(PlainRead.of(List.of("explain", "a.lab"), Map.of("LANDFALL_SOCKET", "/e")))
        .contains(new PlainRead(Path.of("/e"), false, new ExplainRead("a.lab")));
  }

  @Test
  void mistakesHelpAndOtherCommandsAreLeftToPicocli() {
    assertThat(
            List.of(
                read(),
                read("show"),
                read("show", "rotes"),
                read("show", "routes", "--help"),
                read("show", "routes", "for"),
                read("show", "routes", "nonsense"),
                read("show", "tunnels", "shop"),
                read("show", "services", "a", "b"),
                read("show", "services", "--site", "nyc"),
                read("show", "decisions", "shop"),
                read("show", "peers", "a", "b"),
                read("--json", "--json", "show", "routes"),
                read("--socket", "/a", "--socket", "/b", "show", "routes"),
                read("--socket", "--json", "show", "routes"),
                read("show", "routes", "--socket"),
                read("show", "routes", "@words"),
                read("show", "peers", ""),
                read("explain", "a", "b"),
                read("drain", "node")))
        .allSatisfy(each -> assertThat(each).isEmpty());
  }

  @Test
  void everyViewOfTheShowCommandIsAPlainRead() {
    CommandLine show = new CommandLine(new ShowCommand());
    assertThat(show.getSubcommands().keySet())
        .hasSizeGreaterThan(5)
        .allSatisfy(view -> assertThat(read("show", view)).isPresent());
    TreeSet<String> views = new TreeSet<>(ViewRead.WHOLE);
    views.addAll(ViewRead.OF_PEERS);
    assertThat(views).hasSize(ViewRead.WHOLE.size() + ViewRead.OF_PEERS.size());
  }

  @Test
  void outputThatCannotBeWrittenIsAFailureWithItsReason() throws IOException {
    assertThat(toDisk("No space left on device"))
        .isEqualTo(new Ran(1, "", "landfall: cannot write the output: No space left on device\n"));
    assertThat(toDisk("Broken pipe")).isEqualTo(new Ran(0, "", ""));
  }

  private Ran toDisk(String error) throws IOException {
    Path socket = temp.resolve(error.substring(0, 2));
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(error);
          }
        };
    StringWriter err = new StringWriter();
    try (FakeNode node = new FakeNode(socket, Map.of("GET /v1/show/routes", FakeNode.ok("[]")))) {
      int code =
          Main.run(
              new CommandOutput(full),
              new PrintWriter(err),
              List.of(),
              "--socket",
              socket.toString(),
              "show",
              "routes",
              "--json");
      assertThat(node.requests).hasSize(1);
      return new Ran(code, "", err.toString());
    }
  }
}
