package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.ConfigProblem;
import io.landfall.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose certificates are ordered, before there are any: it serves, and tells. */
class OrderedCertificatesTest {
  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;

  @BeforeEach
  void site() {
    world = new TestWorld(folder);
    fra = world.site("fra", 1);
    fra.config(
        """
        edge:
          acme: {directory: "https://127.0.0.1:1/dir", folder: acme, accept-terms: true}
          listen:
            - address: "%s"
              tls: {certificates: [{acme: [shop.test, www.shop.test]}]}
        """
            .formatted(TestSite.text(fra.http)));
  }

  @AfterEach
  void stop() {
    world.close();
  }

  @Test
  void aNodeWithoutTheCertificateStartsAndTellsWhyThereIsNone() {
    fra.start();
    Await.until(
        "the failed order is told",
        () -> fra.show("show/tls").contains("no answer from https://127.0.0.1:1/dir"),
        () -> fra.show("show/tls"));
    assertThat(fra.show("show/tls"))
        .contains("\"isIssued\":false", "\"names\":[\"shop.test\",\"www.shop.test\"]")
        .contains("CN=not issued");
  }

  private List<String> warnings(NodeCheck.Purpose purpose) throws Exception {
    world.credentials("fra", 1);
    Path file = fra.write();
    return NodeCheck.of(file, purpose).warnings().stream().map(ConfigProblem::toString).toList();
  }

  @Test
  void theCheckTellsWhatStandsInTheWayAndMakesNothing() throws Exception {
    fra.start();
    assertThat(warnings(NodeCheck.Purpose.CHECK_HERE))
        .anyMatch(each -> each.contains("no certificate for shop.test was issued yet"))
        .anyMatch(each -> each.contains("no listener without TLS has port 80"))
        .anyMatch(each -> each.contains("no listener with TLS has port 443"));
  }

  @Test
  void aFolderThatCannotBeUsedIsAProblem() throws Exception {
    fra.start();
    Path file = fra.write();
    Path acme = file.resolveSibling("other");
    Files.writeString(acme, "no folder");
    Files.writeString(file, Files.readString(file).replace("folder: acme", "folder: other"));
    assertThat(NodeCheck.of(file, NodeCheck.Purpose.CHECK_HERE).problems())
        .anyMatch(
            each -> each.key().equals("edge.acme.folder") && each.rule().contains("no folder"));
  }
}
