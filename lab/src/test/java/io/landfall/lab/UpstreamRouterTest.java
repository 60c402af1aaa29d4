package io.landfall.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Family;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.PrefixCodec;
import io.landfall.bgp.Session;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionEffect;
import io.landfall.bgp.SessionEvent;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Asn;
import io.landfall.core.Direction;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class UpstreamRouterTest {
  /** The lab's anycast prefix, as a node would send it. */
  private static final PrefixCodec<Ipv4Prefix> SENDING =
      new PrefixCodec<>() {
        @Override
        public Verdict<Ipv4Prefix> read(Family family, int lengthBits, byte[] address) {
          return new Verdict.Refused<>("nothing is imported");
        }

        @Override
        public Family family(Ipv4Prefix prefix) {
          return Family.IPV4_UNICAST;
        }

        @Override
        public int lengthBits(Ipv4Prefix prefix) {
          return 24;
        }

        @Override
        public byte[] address(Ipv4Prefix prefix) {
          return new byte[] {(byte) 198, 51, 100, 0};
        }
      };

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(5); // Between two looks at the condition.
    }
  }

  private static Session<Ipv4Prefix> nodeSession(LabPlan.Site site) {
    SessionConfig config =
        new SessionConfig(
            new Asn(LabPlan.EDGE_ASN),
            new Asn(site.routerAsn()),
            0x0A200001,
            OptionalLong.empty(),
            9,
            List.of(Family.IPV4_UNICAST),
            SessionConfig.Opening.PASSIVE,
            new SessionConfig.Options(
                SessionConfig.AddPath.NONE, SessionConfig.Role.CUSTOMER, 0, 5, 10));
    return new Session<>(config, SENDING, bound -> 0);
  }

  private static List<SessionEffect<Ipv4Prefix>> step(
      Session<Ipv4Prefix> session, SessionEvent event) {
    List<SessionEffect<Ipv4Prefix>> effects = new ArrayList<>();
    session.step(event, System.nanoTime(), effects::add);
    return effects;
  }

  private static void write(Socket socket, List<? extends SessionEffect<Ipv4Prefix>> effects)
      throws Exception {
    for (SessionEffect<Ipv4Prefix> effect : effects) {
      if (effect instanceof SessionEffect.Write<Ipv4Prefix> bytes) {
        socket.getOutputStream().write(bytes.bytes());
      }
    }
  }

  @Test
  void itHearsAnAnnouncementAndForgetsItWithTheSession() throws Exception {
    try (FreeNet net = FreeNet.find(List.of("fra"), ProcessHandle.current().pid()).get();
        UpstreamRouter router = UpstreamRouter.start(net.plan().sites().getFirst())) {
      LabPlan.Site site = net.plan().sites().getFirst();
      Session<Ipv4Prefix> session = nodeSession(site);
      try (Socket socket =
          new Socket(site.router().getAddress(), site.router().getPort(), null, 0)) {
        write(socket, step(session, new SessionEvent.Start()));
        write(socket, step(session, new SessionEvent.Connected(1, Direction.OUTGOING)));
        byte[] buffer = new byte[4096];
        // The node's own end must be established, or it sends no UPDATE: the router is so first.
        boolean established = false;
        while (!established) {
          int read = socket.getInputStream().read(buffer);
          assertThat(read).isPositive();
          byte[] bytes = Arrays.copyOf(buffer, read);
          List<SessionEffect<Ipv4Prefix>> effects =
              step(session, new SessionEvent.Received(1, bytes));
          established = effects.stream().anyMatch(SessionEffect.Established.class::isInstance);
          write(socket, effects);
        }
        PathAttributes attributes =
            new PathAttributes(
                Origin.IGP,
                List.of(Asn.of(LabPlan.EDGE_ASN)),
                Optional.of(InetAddress.ofLiteral("127.0.0.1")),
                OptionalLong.empty(),
                OptionalLong.empty(),
                PathAttributes.Reflection.NONE,
                PathAttributes.Communities.NONE,
                OptionalLong.empty());
        List<Nlri<Ipv4Prefix>> announced = List.of(new Nlri<>(new Ipv4Prefix(LabPlan.ANYCAST), 0));
        write(
            socket,
            session.send(
                new UpdateMessage<>(
                    List.of(), announced, Optional.of(attributes), List.of(), Optional.empty()),
                System.nanoTime()));
        await(() -> router.heard().announced().equals(List.of(LabPlan.ANYCAST)));
        assertThat(router.heard().updates()).isEqualTo(1);
      }
      await(() -> !router.heard().established() && router.heard().announced().isEmpty());
    }
  }
}
