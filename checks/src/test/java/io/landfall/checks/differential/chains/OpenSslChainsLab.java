package io.landfall.checks.differential.chains;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.differential.chains.ChainCases.Chain;
import io.landfall.checks.lab.LabRequirements;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import io.landfall.trust.Admission;
import io.landfall.trust.AdmissionConfig;
import io.landfall.trust.AdmissionResult;
import io.landfall.trust.Pem;
import io.landfall.trust.TrustDomain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Landfall beside {@code openssl verify}: the same chains, the same verdicts. OpenSSL is asked at
 * security level 2, for both ends of TLS, and takes every configured CA as an anchor.
 *
 * <p>Where the verdicts differ, Landfall is the stricter one, and the reason stands here.
 */
class OpenSslChainsLab {
  private static final String TLS_KEYS = "a node's key has to work with BoringSSL, which has no ";

  private static final String CN_OF_A_CA =
      "the JDK takes the common name of a CA without names for a DNS name, if it looks like one";

  private static final Map<String, String> STRICTER =
      Map.ofEntries(
          Map.entry("an IPv4-mapped address", "it is no identity of an IPv4 block"),
          Map.entry(
              "an IPv4-mapped address that its CA excludes as IPv4",
              "it is no identity of an IPv4 block, and passes constraints on IPv4 names"),
          Map.entry("a leaf that may sign", "a node is no CA"),
          Map.entry("leaf key usage 132", "a node is no CA"),
          Map.entry("leaf key usage 8", "TLS 1.3 signs, and key agreement does not"),
          Map.entry("anchor above a CA permits DNS domain", CN_OF_A_CA),
          Map.entry("anchor above a CA permits DNS name", CN_OF_A_CA),
          Map.entry("leaf key P-521", TLS_KEYS + "P-521"),
          Map.entry("leaf key Ed25519", TLS_KEYS + "Ed25519 certificates by default"));

  @TempDir Path dir;

  @BeforeEach
  void openSslIsThere() {
    LabRequirements.require("openssl");
  }

  @Test
  void bothJudgeEveryChainAlike() throws Exception {
    List<String> laxer = new ArrayList<>();
    Map<String, String> stricter = new TreeMap<>();
    for (Map.Entry<String, Chain> each : ChainCases.all().entrySet()) {
      AdmissionResult ours = admission(each.getValue()).check(each.getValue().shown(), Mint.NOW);
      String theirs = openSsl(each.getValue());
      boolean admitted = ours instanceof AdmissionResult.Admitted;
      if (admitted && !theirs.isEmpty()) {
        laxer.add(each.getKey() + ": " + theirs);
      } else if (!admitted && theirs.isEmpty()) {
        stricter.put(each.getKey(), ours.toString());
      }
    }
    assertThat(laxer).as("chains that only Landfall takes").isEmpty();
    assertThat(stricter)
        .as("chains that only OpenSSL takes, each with a reason in this class")
        .containsOnlyKeys(STRICTER.keySet());
  }

  private static Admission admission(Chain chain) {
    Block block = Block.parse("10.32.0.0/23");
    return new Admission(
        new AdmissionConfig(
            new TrustDomain("cdn.example"),
            block,
            chain.authorities(),
            new NodeName("fra"),
            block.parseHost("10.32.0.1")));
  }

  /** What OpenSSL has against a chain; empty when nothing. */
  private String openSsl(Chain chain) throws Exception {
    String server = openSsl(chain, "sslserver");
    return server.isEmpty() ? openSsl(chain, "sslclient") : server;
  }

  private String openSsl(Chain chain, String purpose) throws Exception {
    Path authorities = write("authorities.pem", chain.authorities());
    Path untrusted = write("untrusted.pem", chain.shown().subList(1, chain.shown().size()));
    Path leaf = write("leaf.pem", chain.shown().subList(0, 1));
    List<String> command =
        new ArrayList<>(List.of("openssl", "verify", "-purpose", purpose, "-auth_level", "2"));
    command.addAll(List.of("-attime", String.valueOf(Mint.NOW / 1000), "-partial_chain"));
    command.addAll(List.of("-no-CApath", "-no-CAstore", "-CAfile", authorities.toString()));
    if (chain.shown().size() > 1) {
      command.addAll(List.of("-untrusted", untrusted.toString()));
    }
    command.add(leaf.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() == 0 ? "" : text.strip().replace('\n', ' ');
  }

  private Path write(String name, List<X509Certificate> certificates)
      throws IOException, CertificateEncodingException {
    StringBuilder text = new StringBuilder();
    for (X509Certificate each : certificates) {
      text.append(Pem.format("CERTIFICATE", each.getEncoded()));
    }
    return Files.writeString(dir.resolve(name), text);
  }
}
