package io.landfall.checks.interop;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.cli.Main;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.TestJvm;
import io.landfall.trust.TrustDomain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A node as its operator has it: {@code landfall run} with a config of its own, in a network
 * namespace, asked by {@code landfall} over its admin socket.
 *
 * @param process the running node
 * @param socket its admin socket
 */
record WholeNode(ChildProcess process, Path socket) {
  private static final TrustDomain DOMAIN = new TrustDomain("cdn.example");

  /**
   * Starts a node with a certificate of its own in NAME.pem and NAME.key, the CA in ca.pem, and the
   * TCP MD5 key {@code swordfish} in md5.key.
   *
   * @param dir where its folder is made
   * @param services what its certificate entitles it to
   * @param config writes its config into a folder; its admin socket is NAME.sock there
   */
  static WholeNode start(
      NetworkNamespace host,
      Path dir,
      CertificateAuthority ca,
      NodeName name,
      HostAddress identity,
      List<ServiceName> services,
      Function<Path, Path> config)
      throws IOException {
    Path folder = Files.createDirectory(dir.resolve(name.value()));
    ca.save(folder.resolve("ca.pem"), folder.resolve("ca.key"));
    CertificateRequest request =
        CertificateRequest.node(
            DOMAIN,
            name,
            identity,
            services,
            System.currentTimeMillis(),
            TimeUnit.DAYS.toMillis(1));
    CertificateAuthority.save(
        ca.issue(request), folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
    Files.writeString(folder.resolve("md5.key"), "swordfish\n");
    ChildProcess process =
        host.start(
            name.value(),
            dir,
            TestJvm.small(128, Main.class.getName(), "run", "-c", config.apply(folder).toString()));
    return new WholeNode(process, folder.resolve(name + ".sock"));
  }

  /** What {@code landfall} prints for a command to this node. */
  String tell(String... command) {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    String[] arguments = new String[2 + command.length];
    arguments[0] = "--socket";
    arguments[1] = socket.toString();
    System.arraycopy(command, 0, arguments, 2, command.length);
    Main.run(writer, writer, arguments);
    writer.flush();
    return text.toString();
  }
}
