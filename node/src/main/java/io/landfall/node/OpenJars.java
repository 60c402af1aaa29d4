package io.landfall.node;

import io.landfall.core.FailureText;
import java.io.IOException;
import java.io.InputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the JVM open all jars of the program, as soon as a node runs. It opens each when it needs the
 * first class of it, which may be days later: by then an upgrade of the package has put another one
 * in its place, whose classes do not fit those that are loaded. One that is open stays what it was.
 */
final class OpenJars {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  /** What every jar has, or a jar opened in vain lacks. */
  private static final String ANY = "META-INF/MANIFEST.MF";

  private OpenJars() {}

  /** Opens them; blocks for the disk. */
  static void all() {
    ClassLoader program = ClassLoader.getSystemClassLoader();
    ModuleLayer.boot().modules().stream()
        .filter(module -> program.equals(module.getClassLoader()))
        .forEach(OpenJars::open);
    // Those of the class path are opened in turn by who looks for what none of them has.
    program.getResource("landfall/is/in/none");
  }

  private static void open(Module module) {
    try (InputStream found = module.getResourceAsStream(ANY)) {
      log.atDebug()
          .addKeyValue("module", module.getName())
          .addKeyValue("found", found != null)
          .log("jar opened");
    } catch (IOException e) {
      log.atWarn().addKeyValue("why", FailureText.of(e)).log("a jar cannot be opened");
    }
  }
}
