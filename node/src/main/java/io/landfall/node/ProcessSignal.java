package io.landfall.node;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A signal of the system, for which the JDK's only door is {@code sun.misc.Signal} in {@code
 * jdk.unsupported}. It is opened by reflection, since javac warns of that class and of it alone
 * whatever is annotated.
 */
final class ProcessSignal {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  private ProcessSignal() {}

  /**
   * Runs this at each such signal, on a thread of its own, in place of ending the process. A
   * process that was started with it ignored (nohup, say) goes on ignoring it.
   *
   * @param name without SIG, such as {@code HUP}
   */
  static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      MethodHandle run =
          MethodHandles.lookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(action);
      Object acting =
          MethodHandleProxies.asInterfaceInstance(
              handler, MethodHandles.dropArguments(run, 0, signal));
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), acting);
    } catch (InvocationTargetException e) {
      cannot(name, String.valueOf(e.getCause()));
    } catch (ReflectiveOperationException e) {
      cannot(name, e.toString());
    }
  }

  private static void cannot(String name, String why) {
    log.atWarn().addKeyValue("signal", name).addKeyValue("why", why).log("signal not handled");
  }
}
