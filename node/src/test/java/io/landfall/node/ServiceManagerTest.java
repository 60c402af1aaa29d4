package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.landfall.testkit.Await;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service manager gets on its socket; the test is the manager. */
class ServiceManagerTest {
  private static final String OWN_PID = Long.toString(ProcessHandle.current().pid());

  @TempDir Path folder;
  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final ControlLoop control = new ControlLoop(loop, () -> {});
  private final Socket manager = socket();
  private String name = "";

  private static Socket socket() {
    Epoll.ensureAvailability();
    return Socket.newSocketDomainDgram();
  }

  @BeforeEach
  void listen() throws IOException {
    name = folder.resolve("notify").toString();
    manager.bind(new DomainSocketAddress(name));
  }

  @AfterEach
  void end() throws IOException {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    manager.close();
  }

  private List<String> received() {
    try {
      return arrived();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> arrived() throws IOException {
    List<String> messages = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.allocateDirect(512);
    // The socket does not block: null when nothing has arrived.
    for (var from = manager.recvFromDomainSocket(buffer, 0, 512);
        from != null;
        from = manager.recvFromDomainSocket(buffer, 0, 512)) {
      byte[] bytes = new byte[from.receivedAmount()];
      buffer.get(0, bytes);
      messages.add(new String(bytes, StandardCharsets.UTF_8));
    }
    return messages;
  }

  private ServiceManager told(String... more) {
    Map<String, String> environment = new TreeMap<>(Map.of("NOTIFY_SOCKET", name));
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return ServiceManager.of(environment);
  }

  @Test
  void readyReloadAndStop() {
    try (ServiceManager told = told()) {
      told.ready("fra");
      told.reloading(
          () -> assertThat(received()).hasSize(2).last().asString().startsWith("RELOADING=1\n"));
      told.stopping(90_000);
    }
    assertThat(received()).containsExactly("READY=1", "STOPPING=1\nEXTEND_TIMEOUT_USEC=90000000");
  }

  @Test
  void aReloadThatFailsIsOverAllTheSame() {
    try (ServiceManager told = told()) {
      told.ready("fra");
      assertThat(
              catchThrowable(
                  () ->
                      told.reloading(
                          () -> {
                            throw new IllegalStateException("no");
                          })))
          .hasMessage("no");
    }
    assertThat(received()).last().isEqualTo("READY=1");
  }

  @Test
  void aReloadBeforeItIsReadyDoesNotMakeItReady() {
    try (ServiceManager told = told()) {
      told.starting(61_000);
      told.reloading(() -> {});
    }
    assertThat(received()).containsExactly("STATUS=starts\nEXTEND_TIMEOUT_USEC=61000000");
  }

  @Test
  void theControlThreadTellsThatItWorksTwiceInTheTimeAllowed() {
    try (ServiceManager told = told("WATCHDOG_USEC", "20000", "WATCHDOG_PID", OWN_PID)) {
      told.watch(control);
      List<String> pings = new ArrayList<>();
      Await.until(
          "three pings",
          () -> {
            pings.addAll(received());
            return pings.size() >= 3;
          });
      assertThat(pings).containsOnly("WATCHDOG=1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-5", "x", "99999999999999999999"})
  void withoutATimeThereIsNoWatchdog(String micros) {
    try (ServiceManager told = told("WATCHDOG_USEC", micros)) {
      told.watch(control);
    }
    assertThat(received()).isEmpty();
  }

  @Test
  void aWatchdogOfAnotherProcessIsNotOurs() {
    try (ServiceManager told = told("WATCHDOG_USEC", "20000", "WATCHDOG_PID", "1")) {
      told.watch(control);
    }
    assertThat(received()).isEmpty();
  }

  @Test
  void anAbstractNameIsFound() throws IOException {
    Socket abstractManager = socket();
    try (ServiceManager told =
        ServiceManager.of(Map.of("NOTIFY_SOCKET", "@landfall-test-" + OWN_PID))) {
      abstractManager.bind(new DomainSocketAddress("\0landfall-test-" + OWN_PID));
      told.ready("fra");
      ByteBuffer buffer = ByteBuffer.allocateDirect(512);
      assertThat(abstractManager.recvFromDomainSocket(buffer, 0, 512)).isNotNull();
    } finally {
      abstractManager.close();
    }
  }

  @Test
  void withoutAManagerNobodyIsTold() {
    try (ServiceManager nobody = ServiceManager.of(Map.of())) {
      nobody.ready("fra");
      nobody.watch(control);
      nobody.stopping(1);
    }
    assertThat(control.ask(() -> "works").join()).isEqualTo("works");
  }

  @Test
  void aManagerThatIsGoneIsOneLineInTheLog() throws IOException {
    manager.close();
    try (CapturedLog log = new CapturedLog();
        ServiceManager told = told()) {
      told.ready("fra");
      told.stopping(1);
      assertThat(log.with("NOTIFY_SOCKET")).hasSize(1);
    }
  }
}
