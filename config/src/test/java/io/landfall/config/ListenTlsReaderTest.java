package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.EdgeConfig.KeyPairFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three ways to write the certificates of a listener, and what is wrong with others. */
class ListenTlsReaderTest {
  private static final String ONE = "{certificate: site.pem, key: site.key}";

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void folder() {
    folder = new ConfigFolder(temp);
  }

  private ListenTlsConfig read(String tls) {
    return folder
        .valid(ConfigFolder.GOOD.replace(ONE, tls))
        .edge()
        .orElseThrow()
        .listen()
        .getFirst()
        .tls()
        .orElseThrow();
  }

  private String problem(String tls) {
    List<String> problems = folder.problems(ONE, tls);
    assertThat(problems).hasSize(1);
    return problems.getFirst();
  }

  @Test
  void oneAListAndAListWithMoreKeysAreTheSame() {
    KeyPairFiles pair = new KeyPairFiles(temp.resolve("site.pem"), temp.resolve("site.key"));
    ListenTlsConfig usual = new ListenTlsConfig(List.of(pair));
    assertThat(read(ONE)).isEqualTo(usual);
    assertThat(read("[" + ONE + "]")).isEqualTo(usual);
    assertThat(read("{certificates: [" + ONE + "]}")).isEqualTo(usual);
    assertThat(read("{certificates: [" + ONE + ", " + ONE + "], unknown-name: refuse}"))
        .isEqualTo(
            new ListenTlsConfig(
                List.of(pair, pair),
                ListenTlsConfig.UnknownName.REFUSE,
                Optional.empty(),
                Optional.empty()));
    assertThat(read("{certificate: site.pem, key: site.key, tickets: {keys: ca.pem}}").ticketKeys())
        .contains(temp.resolve("ca.pem"));
  }

  @Test
  void certificatesOfClientsAreRequiredUnlessTheyAreOptional() {
    String start = "{certificate: site.pem, key: site.key, client-ca: ca.pem";
    assertThat(read(start + "}").clients())
        .contains(
            new ListenTlsConfig.Clients(temp.resolve("ca.pem"), ListenTlsConfig.Demand.REQUIRED));
    assertThat(read(start + ", client-certificate: optional}").clients().orElseThrow().demand())
        .isEqualTo(ListenTlsConfig.Demand.OPTIONAL);
  }

  @Test
  void whatIsMissingOrTooMuchIsNamed() {
    assertThat(problem("{certificate: site.pem}")).contains("tls.key: is missing");
    assertThat(problem("{key: site.key}")).contains("tls.certificate: is missing");
    assertThat(problem("{certificates: []}")).contains("tls.certificates: is empty");
    assertThat(problem("[]")).contains("edge.listen[0].tls: has no certificate");
    assertThat(problem("{certificates: [" + ONE + "], certificate: site.pem}"))
        .contains("tls.certificates: stands beside certificate or key");
    assertThat(problem("{certificates: [{certificate: site.pem}]}"))
        .contains("tls.certificates[0].key: is missing");
    assertThat(problem("{certificates: [{certificate: gone.pem, key: site.key}]}"))
        .contains("tls.certificates[0].certificate: there is no file");
    assertThat(problem("[{certificate: site.pem, key: site.key, unknown-name: refuse}]"))
        .contains("edge.listen[0].tls: is a list of certificates, whose items have certificate");
    assertThat(problem("{certificate: site.pem, key: site.key, client-certificate: optional}"))
        .contains("tls.client-certificate: there is no client-ca to verify");
    assertThat(problem("{certificate: site.pem, key: site.key, client-ca: gone.pem}"))
        .contains("tls.client-ca: there is no file");
    assertThat(problem("{certificate: site.pem, key: site.key, tickets: {}}"))
        .contains("tls.tickets.keys: is missing");
    assertThat(problem("{certificate: site.pem, key: site.key, tickets: {keys: gone}}"))
        .contains("tls.tickets.keys: there is no file");
    assertThat(problem("{certificate: site.pem, key: site.key, tickets: ticket.keys}"))
        .contains("tls.tickets: must be a mapping, not a single value; write {keys: ...}");
    assertThat(problem("site.pem"))
        .contains(
            "tls: must be a mapping, not a single value; write {certificate: ..., key: ...,"
                + " certificates: ..., ...}");
    assertThat(problem("{certificate: site.pem, key: site.key, unknown-name: none}"))
        .contains("tls.unknown-name: ");
    String many = (ONE + ", ").repeat(Bounds.CERTIFICATES) + ONE;
    assertThat(problem("{certificates: [" + many + "]}"))
        .contains("tls.certificates: has 1025 entries, more than 1024");
  }
}
